"""The doctor: each part that does not fit is found, with what to do about it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, update

from config.settings import Settings
from crm_core.people.tables import staff
from cti.dialplan import installer
from kernel.access import Role
from kernel.db import connect, to_row
from lab.ports import free_tcp
from lab.sim import SimSwitch
from routing.queuerows import Queue
from routing.tables import queues
from server import doctor
from server.doctor import examine
from server.findings import Finding
from server.heartbeat import SavePulse, save_pulse
from server.migrate import upgrade
from server.platform import started_clock
from tests.support.house import prepare

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


async def test_settings_that_keep_browsers_away_are_named(tmp_path: Path) -> None:
    here = (await findings(tmp_path))["web"]
    assert [one.level for one in here] == ["ok"]
    plain = (await findings(tmp_path, host="192.0.2.1", origins=("http://desk.example.org",)))["web"]
    assert "no microphone" in plain[0].words
    mixed = (await findings(tmp_path, tls=True, origins=("https://desk.example.org",)))["web"]
    assert {one.level for one in mixed} == {"error", "warning"}
    assert "wss://{host}" in mixed[0].cure
    alone = (await findings(tmp_path, tls=True, ws_base="wss://{host}", trusted_proxies=("127.0.0.1",)))["web"]
    assert "TRUNKLINE_ORIGINS" in alone[0].words


async def test_secrets_that_everybody_may_read_are_named(tmp_path: Path) -> None:
    key = tmp_path / "secret.key"
    key.write_bytes(b"k")
    key.chmod(0o604)
    found = (await findings(tmp_path))["secrets"]
    assert any(f"chmod o= {key}" in one.cure for one in found)


async def test_nobody_to_answer_and_no_call_ever_are_named(tmp_path: Path) -> None:
    await prepare(f"sqlite+aiosqlite:///{tmp_path / 'trunkline.db'}", ())
    found = await findings(tmp_path)
    assert "create-user" in found["people"][0].cure
    assert "lead your trunk to context cti-in" in found["trunk"][0].cure


async def test_more_people_than_phones_are_named(tmp_path: Path) -> None:
    await prepare(f"sqlite+aiosqlite:///{tmp_path / 'trunkline.db'}", ("ana", "ben"))
    assert "2 people may take calls, and the pool has 1 phones" in (await findings(tmp_path))["people"][0].words


async def test_a_queue_that_nobody_with_an_open_account_could_serve_is_named(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'trunkline.db'}"
    await prepare(url, ("ana",))
    database = connect(url)
    async with database.begin() as connection:
        await connection.execute(
            insert(queues).values(to_row(Queue("night", "Night line", everyone=False, members=("gone",))))
        )
    await database.dispose()

    (found,) = (await findings(tmp_path))["queues"]

    assert (found.level, found.words) == (
        "warning",
        "nobody with an open account could serve the queue Night line (night)",
    )
    assert "/admin/queues/night" in found.cure


@pytest.mark.parametrize("role", Role)
async def test_whoever_has_a_desk_may_take_calls_and_nobody_else(tmp_path: Path, role: Role) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'trunkline.db'}"
    await prepare(url, ("ana",))
    database = connect(url)
    async with database.begin() as connection:
        await connection.execute(update(staff).values(roles=[role.value]))
    await database.dispose()
    (found,) = (await findings(tmp_path))["people"]
    assert found.words.startswith("the queue has no agents" if role is Role.admin else "1 may take calls")


async def test_a_kit_of_another_version_and_a_missing_trunk_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "asterisk"
    folder.mkdir()
    installer.write(folder, installer.settings_for(folder, 1, tmp_path), private_dir=tmp_path)
    now = [one.words for one in (await findings(tmp_path, phones_file=tmp_path / "phones.json"))["dialplan"]]
    assert not [one for one in now if "another version" in one]
    assert [one for one in now if "no trunk or context leads to cti-in" in one]
    kit = folder / "cti_extensions.conf"
    kit.write_text(kit.read_text().replace("Wait(1)", "Wait(2)", 1))
    (folder / "extensions.conf").write_text("[from-trunk]\nexten => _X.,1,Goto(cti-in,${EXTEN},1)\n")
    then = [one.words for one in (await findings(tmp_path, phones_file=tmp_path / "phones.json"))["dialplan"]]
    assert [one for one in then if "cti_extensions.conf: it is of another version" in one]
    assert not [one for one in then if "no trunk" in one]
