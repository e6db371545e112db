"""Where the doctor looks: the private folder, files that this user may not read, an AMI across a network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from cti.dialplan import installer
from lab.ports import free_tcp
from server.doctor import examine
from server.findings import Finding
from tests.integration.cti.fake_ami import FakeAmi

pytestmark = pytest.mark.integration


@pytest.fixture
def switch(tmp_path: Path) -> Path:
    """Asterisk's folder with the kit in it; the platform's files are beside it in `private`."""
    folder, private = tmp_path / "asterisk", tmp_path / "private"
    folder.mkdir()
    installer.write(folder, installer.settings_for(folder, 2, private), private_dir=private)
    return folder


async def dialplan(switch: Path, phones_file: Path, private_dir: Path | None = None) -> list[Finding]:
    settings = Settings(data_dir=switch.parent, recordings_dir=switch, phones_file=phones_file, ami_port=free_tcp())
    return [one for one in await examine(settings, switch, private_dir) if one.part == "dialplan"]


def missing(findings: list[Finding]) -> set[str]:
    return {Path(one.words.partition(":")[0]).name for one in findings if "the file is missing" in one.words}


async def test_given_a_private_folder_then_it_is_that_of_the_phones_file(switch: Path) -> None:
    assert missing(await dialplan(switch, switch.parent / "private" / "phones.json")) == set()


async def test_given_the_phones_file_elsewhere_then_the_option_names_the_folder(switch: Path) -> None:
    other = switch.parent / "other" / "phones.json"

    assert missing(await dialplan(switch, other)) == {"phones.json", "ami.json"}
    assert missing(await dialplan(switch, other, switch.parent / "private")) == set()


async def test_given_files_that_this_user_may_not_read_then_who_may(
    switch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(switch / "manager.conf"))

    monkeypatch.setattr(installer, "check", denied)

    (found,) = await dialplan(switch, switch.parent / "private" / "phones.json")

    assert found.level == "warning"
    assert f"{switch}/manager.conf cannot be read by this user" in found.words
    assert f"install-dialplan --check --private-dir {switch.parent}/private` as root" in found.cure


BY_ANOTHER_NAME = "127.1"
"""This machine for whoever connects, and for us an address of which we cannot say so."""


@pytest.fixture
async def switch_elsewhere() -> AsyncIterator[FakeAmi]:
    server = FakeAmi()
    await server.start()
    yield server
    await server.stop()


async def switch_findings(port: int, folder: Path, **more: Any) -> list[Finding]:
    settings = Settings(
        data_dir=folder, recordings_dir=folder, ami_host=BY_ANOTHER_NAME, ami_port=port, ami_secret="s3cret", **more
    )
    return [one for one in await examine(settings, folder / "none") if one.part == "switch"]


async def test_given_an_ami_across_a_network_without_tls_then_an_error_and_the_secret_is_not_sent(
    switch_elsewhere: FakeAmi, tmp_path: Path
) -> None:
    (found,) = await switch_findings(switch_elsewhere.port, tmp_path)

    assert found.level == "error"
    assert "without TLS" in found.words
    assert "TRUNKLINE_AMI_TLS=true" in found.cure
    assert "TRUNKLINE_AMI_CLEAR_TEXT=true" in found.cure
    assert switch_elsewhere.connections == 0


async def test_given_a_setting_that_allows_it_then_a_warning_and_the_switch_is_looked_at(
    switch_elsewhere: FakeAmi, tmp_path: Path
) -> None:
    first, *others = await switch_findings(switch_elsewhere.port, tmp_path, ami_clear_text=True)

    assert (first.level, "without TLS" in first.words) == ("warning", True)
    assert others
    assert switch_elsewhere.named("Login")[0]["Secret"] == "s3cret"


async def test_given_tls_then_it_is_not_asked_for(tmp_path: Path) -> None:
    found = await switch_findings(free_tcp(), tmp_path, ami_tls=True)

    assert not [one for one in found if "without TLS" in one.words]
