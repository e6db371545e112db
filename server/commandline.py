"""The `trunkline` command. Errors that we expect are printed as cause and cure, without a traceback."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, NoReturn

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from rich.markup import escape
from sqlalchemy.exc import DBAPIError

from config.settings import FILE, Settings, meant_by, misspelt
from kernel.errors import TrunklineError
from server.dberrors import unusable

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

HELP = ["-h", "--help"]
COMMANDS = {
    "run": "run",
    "migrate": "check",
    "check-config": "check",
    "doctor": "check",
    "create-user": "people",
    "demo-data": "demo",
    "install-dialplan": "dialplan",
    "replay": "replay",
    "backup": "backup",
    "restore": "backup",
    "verify": "verify",
    "config": "config",
}
"""Each command, and the module of server/commands that has it under that name."""

STATUS = {"displaced": 4}
"""Exit codes of their own: for what a supervisor must not answer with another start."""

app = typer.Typer(
    name="trunkline",
    help="Trunkline: an open contact centre. Asterisk carries the calls, Trunkline decides and shows.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": HELP},
)


def load() -> None:
    """Add the command that is asked for; all of them when help is wanted. The platform is back sooner after a crash
    when it does not load what other commands need."""
    asked = sys.argv[1:2]
    for name in asked if asked and asked[0] in COMMANDS else COMMANDS:
        found = getattr(importlib.import_module(f"server.commands.{COMMANDS[name]}"), name.replace("-", "_"))
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command()(found)


@app.command(
    "lab",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
def lab(context: typer.Context) -> None:
    """A real or simulated switch to try things on."""
    from lab.cli import lab_app  # a platform on a real switch runs without the lab

    lab_app(context.args, prog_name="trunkline lab", help_option_names=HELP)


@app.command(
    "bench",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
def bench(context: typer.Context) -> None:
    """Measure a part of the platform, beside what it has to beat."""
    from bench.cli import bench_app  # its libraries are wanted by nothing else

    bench_app(context.args, prog_name="trunkline bench", help_option_names=HELP)


def main() -> None:
    """Run what is loaded; exit code 1 for an expected error (STATUS names others), 130 for Ctrl-C."""
    try:
        _warn_of_misspelt_settings()
        app()
    except TrunklineError as error:
        _fail(str(error), STATUS.get(error.id, 1))
    except ValidationError as error:
        if error.title != Settings.__name__:
            raise
        for problem in error.errors():
            _complain(_words_of(problem))
        sys.exit(1)
    except SettingsError as error:
        _fail(f"{error}. Correct that; `trunkline check-config` looks at it again.")
    except DBAPIError as error:
        _fail(str(unusable(error)))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os._exit(0)


def _words_of(problem: ErrorDetails) -> str:
    """A wrong setting: its name, and what it has to be. One of no name of ours can only stand in the file."""
    name = "_".join(str(part) for part in problem["loc"][:1])
    if problem["type"] == "extra_forbidden":
        meant = meant_by(name)
        cure = f"did you mean {meant}?" if meant else "take it out."
        return f"{FILE}: {name} is no setting; {cure}"
    return f"TRUNKLINE_{name.upper()}: {problem['msg'].removeprefix('Value error, ')}"


def _complain(words: str, sign: str = "[bold red]✗[/]") -> None:
    Console(stderr=True).print(sign, escape(words), highlight=False, soft_wrap=True)


def _fail(words: str, status: int = 1) -> NoReturn:
    _complain(words)
    sys.exit(status)


def _warn_of_misspelt_settings() -> None:
    for name, meant in misspelt(os.environ).items():
        cure = f"did you mean {meant}?" if meant else "`trunkline check-config` lists them."
        _complain(f"{name} is no setting and is ignored; {cure}", "[bold yellow]![/]")
