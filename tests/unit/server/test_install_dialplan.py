"""`install-dialplan` checks by default, writes when told to, and prints cures word for word."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from kernel.errors import Unavailable
from server.commands.dialplan import install_dialplan

pytestmark = pytest.mark.unit

app = typer.Typer()
app.command()(install_dialplan)


def test_checking_writes_nothing_and_prints_each_cure_word_for_word(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["--asterisk-dir", str(tmp_path)])

    assert result.exit_code == 1
    assert "Set `enabled=yes` under [general] of" in result.output
    assert "#include cti_extensions.conf" in result.output
    assert list(tmp_path.iterdir()) == []


def test_writing_names_the_files_and_prints_no_secret(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["--asterisk-dir", str(tmp_path), "--write", "--phones", "2"])

    secret = (tmp_path / "ami.json").read_text().split('"secret": "')[1].split('"')[0]
    assert str(tmp_path / "cti_pjsip.conf") in result.output
    assert secret not in result.output


def test_check_and_write_together_are_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["--asterisk-dir", str(tmp_path), "--write", "--check"])

    assert result.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named_with_a_cure(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["--asterisk-dir", str(tmp_path / "nowhere")])

    assert isinstance(result.exception, Unavailable)
    assert "--asterisk-dir" in str(result.exception)
