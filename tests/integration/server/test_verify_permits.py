"""`trunkline verify permits` says what it found, and leaves with 1 when something does not fit."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dialer.chain.store import Verdict
from server.cli import main
from server.commands.permits import problems

pytestmark = pytest.mark.integration


def test_given_no_permits_yet_then_the_chain_is_whole(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRUNKLINE_DATABASE", sqlite_url)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["trunkline", "verify", "permits"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code in (0, None)
    assert "0 links, whole" in capsys.readouterr().out


def test_given_a_chain_that_does_not_fit_then_each_fault_is_said() -> None:
    said = problems(Verdict(9, 4, 2, ("at-1", "at-2")))
    assert "link 4" in said[0]
    assert "2 permits" in said[1]
    assert "at-1, at-2" in said[2]
    assert problems(Verdict(9, None, 0, ())) == []


def test_given_another_number_than_permitted_then_it_is_said() -> None:
    assert "at-7" in problems(Verdict(9, None, 0, (), ("at-7",)))[0]


def test_given_an_earlier_look_then_a_chain_that_ends_before_it_is_broken(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = tmp_path / "permits.anchors"
    seen.write_text(f"3:{'a' * 64}\n")
    monkeypatch.setenv("TRUNKLINE_DATABASE", sqlite_url)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["trunkline", "verify", "permits", "--anchors", str(seen)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "link 1 is missing" in capsys.readouterr().out
