"""Backup while calls go on, and restore: the same customers and calls, whole chains, and an engine that starts."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from crm_core.customers.tables import customers
from crm_core.people.audit import check_audit
from kernel.db import connect, metadata, readonly
from lab.sim import SimSwitch
from server.demo import SEED, load_demo
from server.migrate import upgrade
from server.platform import make_core
from server.replay import replay
from server.shelves import SAVERS, shelf_tables
from server.store import SqlEngineStore
from tests.support.house import prepare
from tests.support.postgres import PostgresCluster
from tests.support.served import Served, served
from tests.support.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

PROGRAM = str(Path(sys.executable).parent / "trunkline")


async def trunkline(folder: Path, *words: str, **settings: object) -> tuple[int, str]:
    """Exit code and all that was printed."""
    given = {"DATA_DIR": folder, "RECORDINGS_DIR": folder / "sounds", **settings}
    env = {**os.environ, **{f"TRUNKLINE_{name}": str(value) for name, value in given.items()}}
    os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - pathlib is not for coroutines
    pipe, out = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
    process = await asyncio.create_subprocess_exec(PROGRAM, *words, env=env, cwd=folder, stdout=pipe, stderr=out)
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, " ".join(said.decode().split())


async def names(url: str) -> list[str]:
    database = connect(url)
    async with readonly(database) as connection:
        found = list(await connection.scalars(select(customers.c.name).order_by(customers.c.id)))
    await database.dispose()
    return found


async def same_decisions(url: str) -> int:
    """The journal, read with the keys that came along, through this code again; returns its lines."""
    database = connect(url)
    assert (await check_audit(database)).broken is None
    store = SqlEngineStore(database, shelf_tables(), SAVERS)
    entries = await store.journal(limit=100_000)
    await database.dispose()
    core, _ = make_core()
    assert list(replay(entries, core)) == []
    assert any("+34600111222" in repr(one.message) for one in entries), "sealed fields are read with their keys"
    return len(entries)


@pytest.fixture(params=["sqlite", "postgresql"])
def places(request: pytest.FixtureRequest) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Settings of the old house and of the new one."""
    if request.param == "sqlite":
        yield {}, {}
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    old, new = cluster.create(), cluster.create("template0")
    yield {"DATABASE": cluster.url(old)}, {"DATABASE": cluster.url(new)}
    cluster.drop(old)
    cluster.drop(new)


async def test_what_was_backed_up_under_load_starts_elsewhere(
    tmp_path: Path, places: tuple[dict[str, str], dict[str, str]]
) -> None:
    old, new = places
    home, moved, kept = tmp_path / "home", tmp_path / "moved", tmp_path / "kept.tar.gz"
    (home / "sounds").mkdir(parents=True)
    (home / "sounds" / "ix-1.wav").write_bytes(b"RIFF....")
    old_url = old.get("DATABASE") or f"sqlite+aiosqlite:///{home / 'trunkline.db'}"
    new_url = new.get("DATABASE") or f"sqlite+aiosqlite:///{moved / 'trunkline.db'}"
    await prepare(old_url, ("ana",))
    async with SimSwitch(1) as switch:
        async with served(switch, home, **old) as platform:
            await platform.ready()
            switch.call_in("+34600111222")
            await until(lambda: waits(platform), what="the caller waits")
            refused = await trunkline(home, "restore", str(home), **old)
            assert refused[0] == 1, "no backup"
            code, said = await trunkline(home, "backup", str(kept), "--recordings", **old)
            assert code == 0, said
            assert "1 files of recordings" in said
            assert (await platform.get("/health/ready"))[0] == 200
            code, said = await trunkline(home, "restore", str(kept), "--replace", **old)
            assert (code, "A platform runs on this database" in said) == (1, True), said
            await platform.stop()
        assert kept.stat().st_mode & 0o077 == 0, "for its owner only"
        code, said = await trunkline(moved, "restore", str(kept), **new)
        assert code == 0, said
        assert (moved / "secret.key").read_bytes() == (home / "secret.key").read_bytes()
        assert (moved / "sounds" / "ix-1.wav").read_bytes() == b"RIFF...."
        assert await names(new_url) == await names(old_url) != []
        assert await same_decisions(new_url) > 3
        code, said = await trunkline(moved, "restore", str(kept), **new)
        assert (code, "not empty" in said) == (1, True), said
        async with served(switch, moved, **new) as again:
            await again.ready()
            assert await waits(again), "the caller is taken up from the backup's state"
            await again.stop()
        assert "Traceback" not in again.said()


async def everything(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    database = connect(url)
    async with readonly(database) as connection:
        found = {
            table.name: sorted((tuple(row) for row in await connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }
    await database.dispose()
    return found


async def test_every_row_of_every_table_comes_back(
    tmp_path: Path, places: tuple[dict[str, str], dict[str, str]]
) -> None:
    home, moved, kept = tmp_path / "home", tmp_path / "moved", tmp_path / "kept.tar.gz"
    old_url = places[0].get("DATABASE") or f"sqlite+aiosqlite:///{home / 'trunkline.db'}"
    new_url = places[1].get("DATABASE") or f"sqlite+aiosqlite:///{moved / 'trunkline.db'}"
    home.mkdir()
    await upgrade(old_url)
    database = connect(old_url)
    await load_demo(database, SEED, datetime.now(UTC), lambda _done, _total: None)
    await database.dispose()
    code, said = await trunkline(home, "backup", str(kept), **places[0])
    assert code == 0, said
    code, said = await trunkline(moved, "restore", str(kept), **places[1])
    assert code == 0, said
    before, after = await everything(old_url), await everything(new_url)
    assert sum(len(rows) for rows in before.values()) > 1000
    assert {name for name in before if before[name] != after[name]} == set()


async def waits(platform: Served) -> bool:
    return await platform.figure('trunkline_rows{shelf="interactions"}') == 1


async def test_a_damaged_backup_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert (await trunkline(home, "migrate"))[0] == 0
    assert (await trunkline(home, "backup", str(tmp_path / "kept")))[0] == 0
    code, said = await trunkline(home, "backup", str(tmp_path / "kept"))
    assert (code, "exists already" in said) == (1, True), said
    dump = tmp_path / "kept" / "trunkline.db"
    dump.write_bytes(dump.read_bytes()[:-4096] + b"\0" * 4096)
    code, said = await trunkline(tmp_path / "new", "restore", str(tmp_path / "kept"))
    assert (code, "trunkline.db is damaged" in said) == (1, True), said
    assert not list((tmp_path / "new").iterdir()), "nothing is left behind"


async def test_with_replace_the_old_file_is_kept_aside(tmp_path: Path) -> None:
    home = tmp_path / "home"
    await trunkline(home, "migrate")
    assert (await trunkline(home, "backup", str(tmp_path / "kept.tar")))[0] == 0
    await trunkline(home, "create-user", "late", "--name", "Late", "--password", "quiet-lantern-81")
    code, said = await trunkline(home, "restore", str(tmp_path / "kept.tar"), "--replace")
    assert code == 0, said
    assert staff(home / "trunkline.db") == 0
    (aside,) = [one for one in home.glob("trunkline.db.before-restore-*") if one.name.endswith("Z")]
    assert staff(aside) == 1


def staff(path: Path) -> int:
    with sqlite3.connect(path) as found:
        return int(found.execute("SELECT count(*) FROM staff").fetchone()[0])


async def test_a_backup_that_leads_out_of_its_folder_or_is_another_s_is_refused(tmp_path: Path) -> None:
    evil = tmp_path / "evil.tar"
    (tmp_path / "manifest.json").write_text(json.dumps({"format": 1}))
    with tarfile.open(evil, "w") as archive:
        archive.add(tmp_path / "manifest.json", "../../manifest.json")
    code, said = await trunkline(tmp_path / "home", "restore", str(evil))
    assert (code, "cannot be read" in said, "Traceback" in said) == (1, True, False), said
    newer = tmp_path / "newer"
    await trunkline(tmp_path / "home", "migrate")
    await trunkline(tmp_path / "home", "backup", str(newer))
    manifest = json.loads((newer / "manifest.json").read_text())
    (newer / "manifest.json").write_text(json.dumps({**manifest, "database": "postgresql"}))
    code, said = await trunkline(tmp_path / "other", "restore", str(newer))
    assert (code, "The backup is of postgresql" in said) == (1, True), said
