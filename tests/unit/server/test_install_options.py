"""What `install-dialplan` can be told, that the next write keeps it, and what it says to options that cannot be."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from kernel.errors import Invalid, TrunklineError, Unavailable
from server.commands.dialplan import install_dialplan

pytestmark = pytest.mark.unit

app = typer.Typer()
app.command()(install_dialplan)
ELSEWHERE = (
    *("--manager-permit", "10.1.2.3", "--manager-permit", "10.9.0.0/16", "--ami-address", "10.1.2.9"),
    *("--ami-port", "5039", "--recordings-dir", "/srv/calls", "--record", "never", "--media-address", "10.1.2.9"),
)


def install(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["--asterisk-dir", str(folder), "--write", *options])


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_given_a_platform_elsewhere_then_its_options_are_in_the_files(tmp_path: Path) -> None:
    install(tmp_path, "--phones", "3", *ELSEWHERE)

    found = texts(tmp_path)
    ami = json.loads(found["ami.json"])
    assert "permit = 10.1.2.3\npermit = 10.9.0.0/16\nread" in found["cti_manager.conf"]
    assert "127.0.0.1" not in found["cti_manager.conf"]
    assert (ami["host"], ami["port"]) == ("10.1.2.9", 5039)
    assert "MixMonitor(/srv/calls/${CTI_IX}.wav" in found["cti_extensions.conf"]
    assert '= ""]?never:${GLOBAL(CTI_RECORD)}' in found["cti_extensions.conf"]
    assert found["cti_pjsip.conf"].count("media_address=10.1.2.9\n") == 3


def test_given_what_was_written_when_written_again_without_options_then_nothing_changes(tmp_path: Path) -> None:
    install(tmp_path, "--phones", "3", *ELSEWHERE)
    before = texts(tmp_path)

    install(tmp_path)

    assert texts(tmp_path) == before


def test_given_no_options_then_as_documented(tmp_path: Path) -> None:
    install(tmp_path)

    found = texts(tmp_path)
    assert len(json.loads(found["phones.json"])["phones"]) == 20
    assert "permit = 127.0.0.1/255.255.255.255\nread" in found["cti_manager.conf"]
    assert '= ""]?all:${GLOBAL(CTI_RECORD)}' in found["cti_extensions.conf"]
    assert "media_address" not in found["cti_pjsip.conf"]


def test_given_a_private_folder_that_is_not_there_then_it_is_made_for_one_user(tmp_path: Path) -> None:
    (tmp_path / "asterisk").mkdir()
    private = tmp_path / "platform" / "private"

    result = install(tmp_path / "asterisk", "--private-dir", str(private))

    assert result.exit_code == 1, "the includes are still missing"
    assert isinstance(result.exception, SystemExit)
    assert {path.name for path in private.iterdir()} == {"phones.json", "ami.json"}
    assert stat.S_IMODE(private.stat().st_mode) == 0o700


def test_given_a_private_folder_that_cannot_be_then_cause_and_cure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    result = install(tmp_path, "--private-dir", str(tmp_path / "file" / "private"))

    assert isinstance(result.exception, Unavailable)
    assert "cannot be written: Not a directory. Run this as root" in str(result.exception)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--manager-permit", "everybody"), "manager_permit names addresses or networks"),
        (("--manager-permit", "10.0.0.0/8\nwrite = all"), "manager_permit names addresses or networks"),
        (("--media-address", "pbx.example.org"), "media_address is an IP address of the switch"),
        (("--recordings-dir", "calls"), "rec_dir is an absolute path"),
        (("--recordings-dir", "/srv/a,b"), "does not allow"),
        (("--ami-address", "a b"), "does not allow"),
        (("--private-user", "nobody-of-this-name"), "this machine knows no user nobody-of-this-name"),
    ],
)
def test_given_an_option_that_cannot_be_then_it_is_named_and_nothing_is_written(
    tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    result = install(tmp_path, *options)

    assert isinstance(result.exception, Invalid)
    assert str(result.exception).startswith("Nothing was written: ")
    assert words in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_given_broken_secrets_of_before_then_they_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "phones.json").write_text("{")

    result = install(tmp_path)

    assert isinstance(result.exception, TrunklineError)
    assert "phones.json is no JSON" in str(result.exception)
    assert texts(tmp_path) == {"phones.json": "{"}
