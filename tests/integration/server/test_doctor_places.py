"""Where the doctor looks: the private folder, files that this user may not read, an AMI across a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.settings import Settings
from cti.dialplan import installer
from lab.ports import free_tcp
from server.doctor import examine
from server.findings import Finding

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


@pytest.mark.parametrize(("tls", "exposed"), [(False, True), (True, False)])
async def test_given_an_ami_across_a_network_then_tls_is_asked_for(tmp_path: Path, tls: bool, exposed: bool) -> None:
    settings = Settings(
        data_dir=tmp_path, recordings_dir=tmp_path, ami_host="localhost.localdomain", ami_port=free_tcp(), ami_tls=tls
    )

    found = [one for one in await examine(settings, tmp_path / "none") if "without TLS" in one.words]

    assert [one.level for one in found] == (["warning"] if exposed else [])
    assert all("TRUNKLINE_AMI_TLS=true" in one.cure for one in found)
