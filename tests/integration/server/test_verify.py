"""`trunkline verify audit`: a trail that is whole, changed, thinned out, cut or written anew; and the install's key."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from config.settings import Settings
from kernel.errors import Unavailable
from server.keys import open_vault
from tests.integration.server.test_command_line import Trunkline

pytestmark = pytest.mark.integration

MAKE = ("--name", "Somebody", "--password", "quiet-lantern-81")


@pytest.fixture
def trunkline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Trunkline:
    """The command line on a database with three lines in its trail."""
    monkeypatch.setenv("TRUNKLINE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    found = Trunkline(monkeypatch, capsys)
    assert found("migrate")[0] == 0
    for login in ("ana", "ben", "eva"):
        assert found("create-user", login, *MAKE)[0] == 0
    return found


def change(tmp_path: Path, *statements: str) -> None:
    with sqlite3.connect(tmp_path / "data" / "trunkline.db") as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_a_whole_trail_is_said_to_be_and_noted_once(trunkline: Trunkline, tmp_path: Path) -> None:
    first, second = trunkline("verify", "audit"), trunkline("verify", "audit")

    assert (first[0], second[0]) == (0, 0)
    assert "3 lines, whole; 0 earlier checks agree" in first[1]
    assert "1 earlier checks agree" in second[1]
    assert len((tmp_path / "data" / "audit.anchors").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE audit SET actor = 'systen' WHERE seq = 2", "line 2 is not what was written. 1 lines before it"),
        ("UPDATE audit SET details = replace(details, 'ben', 'bem') WHERE seq = 2", "line 2 is not what was written"),
        ("DELETE FROM audit WHERE seq = 1", "line 1 is missing"),
        ("DELETE FROM audit WHERE seq = 3", "everything from line 3 on is missing"),
        ("DELETE FROM audit", "everything from line 1 on is missing"),
    ],
)
def test_one_byte_or_one_line_is_found(trunkline: Trunkline, tmp_path: Path, statement: str, words: str) -> None:
    change(tmp_path, statement)

    code, said = trunkline("verify", "audit")

    assert code == 1
    assert words in said.replace("\n", " ")


def test_a_cut_trail_whose_head_was_cut_too_is_found_by_what_an_earlier_check_saw(
    trunkline: Trunkline, tmp_path: Path
) -> None:
    trunkline("verify", "audit")
    cut = "UPDATE audit_head SET seq = 2, hash = (SELECT hash FROM audit WHERE seq = 2)"
    change(tmp_path, "DELETE FROM audit WHERE seq = 3", cut)

    code, said = trunkline("verify", "audit")

    assert code == 1
    assert "everything from line 3 on is missing" in said.replace("\n", " ")


def test_a_trail_that_was_emptied_whole_is_found_by_what_an_earlier_check_saw(
    trunkline: Trunkline, tmp_path: Path
) -> None:
    trunkline("verify", "audit")
    change(tmp_path, "DELETE FROM audit", "DELETE FROM audit_head")
    trunkline("create-user", "zoe", *MAKE)

    code, said = trunkline("verify", "audit")

    assert code == 1
    assert "line 2" in said or "line 1" in said


def test_an_anchor_file_that_is_none_is_named(trunkline: Trunkline, tmp_path: Path) -> None:
    (tmp_path / "anchors").write_text("not:an anchor\n")

    code, said = trunkline("verify", "audit", "--anchors", str(tmp_path / "anchors"))

    assert code == 1
    assert "line 1: `number:hash` is expected" in said.replace("\n", " ")


def test_the_installs_key_is_made_once_for_this_user_only(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    sealed = open_vault(settings).seal("usr-1", "secret")
    file = tmp_path / "data" / "secret.key"

    assert open_vault(settings).open("usr-1", sealed) == "secret"
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text("half a key")
    with pytest.raises(Unavailable, match="Bring back your copy"):
        open_vault(settings)
