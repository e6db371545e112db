"""A platform that comes back after a crash loads what it needs to serve, and nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer

from server import commandline, migrate

pytestmark = pytest.mark.integration

SPARE = (
    *("alembic", "mako", "joserfc", "zxcvbn", "lab", "bench", "tests", "migrations"),
    *("server.doctor", "server.backup"),
)
"""Wanted by an upgrade, by a sign-in at a provider, by a new password, by other commands."""
START = """
import asyncio, gc, sys
from server import cli, commandline
commandline.main = lambda: None
sys.argv = ["trunkline", "run"]
cli.main()
assert gc.isenabled() and gc.get_freeze_count() > 10_000, "what was loaded is looked through no more"
from server import migrate
asyncio.run(migrate.upgrade(sys.stdin.read()))
print(*sys.modules)
"""


def test_given_a_current_database_then_a_start_loads_nothing_that_it_can_do_without(sqlite_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", START], input=sqlite_url, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr
    loaded = done.stdout.split()
    assert "server.serve" in loaded
    assert [name for name in loaded if any(f"{name}.".startswith(f"{one}.") for one in SPARE)] == []


def test_the_versions_are_those_that_alembic_knows() -> None:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(migrate.config())

    assert migrate.versions() == [one.revision for one in script.walk_revisions()][::-1]
    assert migrate.versions()[-1] == script.get_current_head()


def test_given_no_command_then_all_are_loaded_for_the_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["trunkline", "--help"])
    commandline.load()

    group = typer.main.get_command(commandline.app)
    assert isinstance(group, typer.core.TyperGroup)
    assert {*group.commands} == {*commandline.COMMANDS, "lab", "bench"}
    assert all(one.help for one in group.commands.values())
