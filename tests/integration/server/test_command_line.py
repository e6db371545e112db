"""What `trunkline` says to bad input: cause and cure, exit code 1, and never a traceback."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from server.cli import main

pytestmark = pytest.mark.integration

PASSWORD = "quiet-lantern-81"
PROGRAM = str(Path(sys.executable).parent / "trunkline")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def trunkline(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Trunkline:
    return Trunkline(monkeypatch, capsys)


class Trunkline:
    """The command line in this process: `trunkline("migrate")` gives exit code and all that was printed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._patch = monkeypatch
        self._capsys = capsys

    def __call__(self, *words: str, **settings: str) -> tuple[int, str]:
        self._patch.setattr(sys, "argv", ["trunkline", *words])
        with self._patch.context() as patch:
            for name, value in settings.items():
                patch.setenv(f"TRUNKLINE_{name}", value)
            with pytest.raises(SystemExit) as ended:
                main()
        said = self._capsys.readouterr()
        code = ended.value.code
        return (code if isinstance(code, int) else 0), said.out + said.err


def run_platform(**settings: str) -> tuple[int, str, float]:
    """`trunkline run` in a process of its own: exit code, what it said, seconds."""
    env = {**os.environ, **{f"TRUNKLINE_{name}": value for name, value in settings.items()}}
    began = time.monotonic()
    done = subprocess.run([PROGRAM, "run"], env=env, capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stdout + done.stderr, time.monotonic() - began


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"PORT": "99999"}, "TRUNKLINE_PORT: Input should be less than or equal to 65535"),
        ({"PBX": "panasonic"}, "TRUNKLINE_PBX: Input should be 'auto', 'asterisk', 'lab' or 'sim'"),
        ({"DEMO": "perhaps"}, "TRUNKLINE_DEMO: Input should be a valid boolean"),
        ({"LOG_LEVEL": "loud"}, "TRUNKLINE_LOG_LEVEL: one of debug, info, warning, error"),
        ({"DEFAULT_REGION": "Spain"}, "TRUNKLINE_DEFAULT_REGION: an ISO country code of two letters, such as ES"),
        ({"DATABASE": "mysql://here"}, "TRUNKLINE_DATABASE: an address such as postgresql+asyncpg://"),
    ],
)
def test_a_setting_that_cannot_be_is_named(trunkline: Trunkline, settings: dict[str, str], words: str) -> None:
    code, said = trunkline("check-config", **settings)
    assert code == 1
    assert words in said
    assert "Traceback" not in said


def test_all_wrong_settings_are_named_at_once(trunkline: Trunkline) -> None:
    _, said = trunkline("check-config", PBX="x", DEMO="x", AMI_PORT="0")
    assert [name in said for name in ("TRUNKLINE_PBX", "TRUNKLINE_DEMO", "TRUNKLINE_AMI_PORT")] == [True] * 3


def test_a_misspelt_setting_is_named_with_what_was_meant(trunkline: Trunkline) -> None:
    code, said = trunkline("check-config", AMI_SECERT="x")
    assert code == 0
    assert "TRUNKLINE_AMI_SECERT is no setting and is ignored; did you mean TRUNKLINE_AMI_SECRET?" in said


def test_a_broken_settings_file_is_named(trunkline: Trunkline, tmp_path: Path) -> None:
    (tmp_path / "trunkline.toml").write_text("port = = 1\n")
    code, said = trunkline("check-config")
    assert code == 1
    assert "trunkline.toml cannot be read" in said
    assert "line 1" in said


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("lab", "frobnicate"), "No such command 'frobnicate'"),
        (("frobnicate",), "No such command 'frobnicate'"),
        (("lab", "call", "--seconds", "0"), "Invalid value for '--seconds'"),
        (("lab", "up", "--phones", "2", "--plain-phones", "3"), "lower --plain-phones or raise --phones"),
        (("lab", "down", "--name", "nosuch"), "cure"),
    ],
)
def test_an_unknown_command_or_option_is_named(trunkline: Trunkline, words: tuple[str, ...], complaint: str) -> None:
    code, said = trunkline(*words)
    assert code in (1, 2)
    assert complaint in said
    assert "Traceback" not in said


def test_people_are_made_once_and_with_good_passwords(trunkline: Trunkline) -> None:
    ana = ("create-user", "ana", "--name", "Ana", "--password")
    absent = trunkline(*ana, PASSWORD)
    assert absent[0] == 1
    assert "`trunkline migrate` makes it" in absent[1]
    assert trunkline("migrate")[0] == 0
    weak = trunkline(*ana, "12345")
    assert weak[0] == 1
    assert "too short: use at least 10 characters" in weak[1]
    assert trunkline(*ana, PASSWORD)[0] == 0
    taken = trunkline(*ana, PASSWORD)
    assert taken[0] == 1
    assert "Somebody has this login already" in taken[1]
    for option in ("--role", "--language"):
        code, said = trunkline("create-user", "ben", "--name", "B", "--password", PASSWORD, option, "king")
        assert code == 2
        assert "king" in said
    assert PASSWORD not in weak[1] + taken[1]


@pytest.mark.parametrize("command", ["migrate", "replay", "demo-data"])
def test_a_database_server_that_is_not_there_is_named(trunkline: Trunkline, command: str) -> None:
    code, said = trunkline(command, DATABASE="postgresql+asyncpg://trunk:hidden@127.0.0.1:1/line")
    assert code == 1
    assert "The database server does not answer. Start PostgreSQL" in said
    assert "hidden" not in said


def test_a_data_folder_that_cannot_be_is_named(trunkline: Trunkline) -> None:
    code, said = trunkline("migrate", DATA_DIR="/dev/null/data")
    assert code == 1
    assert "The data folder /dev/null/data cannot be made (Not a directory)." in said


def test_a_taken_port_is_named_before_anything_is_started() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, said, seconds = run_platform(PORT=str(port), PBX="lab")
    assert code == 1
    assert f"Port {port} is taken by another program. Stop it, or set TRUNKLINE_PORT to a free port." in said
    assert "Asterisk" not in said, "no switch was begun"
    assert seconds < 15, "a slow machine needs some seconds for Python alone"


def test_a_switch_that_would_get_its_secret_in_the_clear_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    code, said, _ = run_platform(PORT="0", PBX="asterisk", AMI_HOST="pbx.example.org", AMI_SECRET="never-said")
    assert code == 1
    assert "pbx.example.org:5038 is reached without TLS" in said
    assert "TRUNKLINE_AMI_TLS=true" in said
    assert "TRUNKLINE_AMI_CLEAR_TEXT=true" in said
    assert "never-said" not in said
    assert "Traceback" not in said
    assert not (tmp_path / "data").exists(), "the database is not touched"


def test_a_read_only_database_is_named_at_the_start(trunkline: Trunkline, tmp_path: Path) -> None:
    assert trunkline("migrate")[0] == 0
    url = f"sqlite+aiosqlite:///file:{tmp_path}/data/trunkline.db?mode=ro&uri=true"
    code, said, _ = run_platform(PORT="0", PBX="sim", DATABASE=url)
    assert code == 1
    assert "The database can only be read. Give the user that runs Trunkline the right to write" in said
    assert "Traceback" not in said
    assert "Switch:" not in said


def test_a_locked_database_is_named_at_the_start(trunkline: Trunkline, tmp_path: Path) -> None:
    assert trunkline("migrate")[0] == 0
    other = sqlite3.connect(tmp_path / "data" / "trunkline.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    code, said, _ = run_platform(PORT="0", PBX="sim")
    other.close()
    assert code == 1
    assert "Another process holds the database locked. Close the other program" in said
