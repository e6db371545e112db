"""The doctor: each part that does not fit is found, with what to do about it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from config.settings import Settings
from kernel.db import connect
from lab.ports import free_tcp
from lab.sim import SimSwitch
from server import doctor
from server.doctor import Finding, examine
from server.heartbeat import SavePulse, save_pulse
from server.migrate import upgrade
from server.platform import started_clock

pytestmark = pytest.mark.integration


def pool(folder: Path) -> Path:
    path = folder / "phones.json"
    path.write_text(json.dumps({"phones": [{"endpoint": "cti-phone-01", "secret": "long-enough"}]}))
    return path


async def findings(folder: Path, **settings: object) -> dict[str, list[Finding]]:
    """What the doctor finds, by part; the database is migrated and the pool is there unless told otherwise."""
    given: dict[str, object] = {"data_dir": folder, "recordings_dir": folder, "phones_file": pool(folder)}
    given |= {"ami_port": free_tcp(), **settings}
    found = await examine(Settings(**given), folder / "asterisk")  # type: ignore[arg-type]
    return {part: [one for one in found if one.part == part] for part in {one.part for one in found}}


async def test_a_sound_install_has_nothing_to_mend(tmp_path: Path) -> None:
    await upgrade(f"sqlite+aiosqlite:///{tmp_path / 'trunkline.db'}")
    async with SimSwitch(2) as switch:
        found = await findings(tmp_path, ami_port=switch.port, ami_secret=SecretStr(switch.secret))
    assert {one.level for part in ("database", "switch", "phones", "disk") for one in found[part]} == {"ok"}
    assert [one.level for one in found["dialplan"]] == ["warning"], "Asterisk's files are on another machine"


async def test_a_clock_that_was_set_back_is_named(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'trunkline.db'}"
    await upgrade(url)
    assert [one.level for one in (await findings(tmp_path))["clock"]] == ["ok"]
    database = connect(url)
    async with database.begin() as connection:
        await save_pulse(connection, [SavePulse(at=datetime.now(UTC) + timedelta(hours=1))])

    (behind,) = (await findings(tmp_path))["clock"]
    clock = await started_clock(database)
    await database.dispose()

    assert (behind.level, "set back" in behind.words) == ("warning", True)
    assert timedelta(minutes=58) < clock.ahead < timedelta(minutes=61), "a platform goes on from the last commit"


async def test_a_switch_that_is_not_there_or_refuses_us_is_named(tmp_path: Path) -> None:
    gone = (await findings(tmp_path))["switch"]
    assert [one.level for one in gone] == ["error"]
    assert "check that Asterisk runs" in gone[0].words
    async with SimSwitch(1) as switch:
        refused = (await findings(tmp_path, ami_port=switch.port, ami_secret=SecretStr("wrong")))["switch"]
    assert "refused the AMI user" in refused[0].words
    assert "secret" in refused[0].words


@pytest.mark.parametrize(
    ("url", "words", "cure"),
    [
        ("sqlite+aiosqlite:///{folder}/none/x.db", "cannot be opened", "trunkline migrate"),
        ("sqlite+aiosqlite:///{folder}/new.db", "The database is empty", "trunkline migrate"),
        ("sqlite+aiosqlite:///{folder}/phones.json", "no SQLite database", "Check the path"),
        ("postgresql+asyncpg://a:b@127.0.0.1:1/x", "does not answer", "Start PostgreSQL"),
    ],
)
async def test_an_unusable_database_is_named(tmp_path: Path, url: str, words: str, cure: str) -> None:
    found = (await findings(tmp_path, database=url.format(folder=tmp_path)))["database"]
    assert [one.level for one in found] == ["error"]
    assert words in found[0].words
    assert cure in found[0].cure


@pytest.mark.parametrize("text", [None, "", "{}", '{"phones": []}', '{"phones": [{"endpoint": "a b"}]}'])
async def test_a_pool_of_phones_that_cannot_be_read_is_named(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "other.json"
    if text is not None:
        path.write_text(text)
    found = (await findings(tmp_path, phones_file=path))["phones"]
    assert [one.level for one in found] == ["error"]
    assert "install-dialplan --write --phones" in found[0].cure


async def test_a_folder_without_our_dialplan_and_a_full_disk_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "asterisk").mkdir()
    monkeypatch.setattr(doctor, "LEAST_DISK", 2**60)
    found = await findings(tmp_path)
    assert {one.level for one in found["dialplan"]} >= {"error"}
    assert any("cti_extensions.conf" in one.words for one in found["dialplan"])
    assert [one.level for one in found["disk"]] == ["warning", "warning"]
    assert "free space" in found["disk"][0].cure
