"""The database away for seconds (here) and for more than a minute (soak), on a real Asterisk: a PostgreSQL that stands
still or was killed, a SQLite file that another program holds. Calls go on, people are told, nothing acknowledged is
lost, and all is right within seconds once it is back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select, text

from crm_core.activities.tables import notes
from kernel.db import readonly
from lab.asterisk import AsteriskLab
from lab.caller import CALLER_HZ, MUSIC_HZ, PHONE_HZ, SipCaller
from tests.support.dbfaults import dead, locked, standing_still
from tests.support.house import LUCIA, House, house, talking
from tests.support.postgres import TEMPLATE, PostgresCluster, mortal_cluster
from tests.support.waiting import until

OTHER, LATE = "+34600999888", "+34600999777"
MINUTE = 65.0
SHORT = 9.0
SOON = 15.0
"""Seconds within which all is right again."""
MOST_WAITING = 2000
"""Messages that may wait in the engine meanwhile: three callers say little."""
WORDS = {
    "stands_still": "does not answer",
    "killed": "Start PostgreSQL",
    "locked": "Another process holds the database locked",
}


@dataclass(frozen=True, slots=True)
class Away:
    """A database, and the block while which it is gone."""

    kind: str
    url: str
    away: AbstractAsyncContextManager[None]


@pytest.fixture
def own_cluster() -> Iterator[PostgresCluster]:
    with mortal_cluster() as cluster:
        yield cluster


def lasting(kind: str, seconds: float) -> object:
    return pytest.param(kind, seconds, marks=pytest.mark.system if seconds == SHORT else pytest.mark.soak)


EACH = [lasting(kind, seconds) for seconds in (SHORT, MINUTE) for kind in ("stands_still", "killed")]


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("kind", "seconds"), EACH)
async def test_given_a_postgres_away(
    asterisk_lab: AsteriskLab, tmp_path: Path, own_cluster: PostgresCluster, kind: str, seconds: float
) -> None:
    url = own_cluster.url(await asyncio.to_thread(own_cluster.create, TEMPLATE))
    away = standing_still(own_cluster) if kind == "stands_still" else dead(own_cluster)
    await play(asterisk_lab, tmp_path, Away(kind, url, away), seconds)


@pytest.mark.soak
@pytest.mark.timeout(400)
async def test_given_a_sqlite_held_by_another_for_more_than_a_minute(asterisk_lab: AsteriskLab, tmp_path: Path) -> None:
    file = tmp_path / "trunkline.db"
    await play(asterisk_lab, tmp_path, Away("locked", f"sqlite+aiosqlite:///{file}", locked(file)), MINUTE)


async def play(lab: AsteriskLab, folder: Path, database: Away, seconds: float) -> None:
    """One talks and one waits when it begins; the switch serves who waits, and another comes and goes meanwhile."""
    async with (
        house(lab, folder, database_url=database.url) as home,
        home.agent("ana") as ana,
        home.agent("ben", ready=False) as ben,
        SipCaller(lab.sip, number=LUCIA, to="5551234") as lucia,
    ):
        leg = await ana.takes()
        customer = ana.desk["pop"]["customer"]["id"]
        status, _ = await ana.answers("POST", f"/api/customers/{customer}/notes", {"text": "Before it went."})
        assert status == 201
        async with SipCaller(lab.sip, number=OTHER, to="5551234") as waits:
            await until(lambda: home.waiting() == 1, what="the second waits")
            async with database.away:
                began = time.monotonic()
                await ana.sees(lambda desk: desk["link"]["saving"] is False, "that nothing can be saved", 6)
                served = await ben.phone.call(12)
                await served.answer(PHONE_HZ)
                await waits.audio.heard_tone(PHONE_HZ)
                async with SipCaller(lab.sip, number=LATE, to="5551234") as late:
                    await late.audio.heard_tone(MUSIC_HZ)
                    status, answer = await refused(ana.answers("POST", *note(customer, "While it was away.")))
                    assert (status, bool(answer["error"]["message"])) == (503, True), answer
                    await until(lambda: says(home, WORDS[database.kind]), SOON, "health says what is wrong")
                await asyncio.sleep(max(0.0, began + seconds - time.monotonic()))  # that it stays away is what is shown
                assert home.platform.engine.backlog < MOST_WAITING
                for heard, tone in ((lucia, PHONE_HZ), (leg, CALLER_HZ), (waits, PHONE_HZ), (served, CALLER_HZ)):
                    await heard.audio.heard_tone(tone)
            back = time.monotonic()
            await until(lambda: home.platform.heartbeat.beating and home.platform.engine.backlog == 0, SOON, "it saves")
            for agent in (ana, ben):
                await agent.sees(lambda desk: desk["link"]["saving"] and talking(desk), "their talk", SOON)
            await until(lambda: len(home.interactions()) == 2, SOON, "who came and went is closed")
            print(f"{database.kind}: away {back - began:.0f} s, right after {time.monotonic() - back:.1f} s")
            assert ben.desk["call"]["from_fallback"], "the talk that the switch's queue made is adopted"
            assert ana.desk["call"]["caller"]["number"] == LUCIA
            status, _ = await ana.answers("POST", *note(customer, "After."))
            assert status == 201
            await waits.hang_up()
        await lucia.hang_up()
        for agent in (ana, ben):
            await agent.sees(lambda desk: desk["me"]["duty"] == "wrapping", "wrap-up", SOON)
        kept = await texts(home)
        assert {"Before it went.", "After."} <= set(kept), "what was acknowledged"
        assert len(kept) == len(set(kept)), "nothing twice"
        assert await dead_letters(home) == 0


async def says(home: House, words: str) -> bool:
    return words in (await home.health("engine"))["words"]


def note(customer: str, words: str) -> tuple[str, dict[str, str]]:
    return f"/api/customers/{customer}/notes", {"text": words}


async def refused(asked: object) -> tuple[int, dict[str, dict[str, str]]]:
    """An answer in a time that somebody waits for."""
    async with asyncio.timeout(20):
        found: tuple[int, dict[str, dict[str, str]]] = await asked  # type: ignore[misc]
        return found


async def texts(home: House) -> list[str]:
    async with readonly(home.platform.database) as connection:
        return list(await connection.scalars(select(notes.c.text)))


async def dead_letters(home: House) -> int:
    async with readonly(home.platform.database) as connection:
        return int(await connection.scalar(text("SELECT count(*) FROM dead_letters")) or 0)
