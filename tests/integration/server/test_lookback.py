"""What the look after an outage tells of: recordings since then that are not known, and no others."""

from __future__ import annotations

import wave
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from cti.facts import RecordingStarted
from kernel.core import Outcome
from kernel.db import AsyncEngine
from kernel.messages import Fact
from routing.away import WHILE_AWAY, CallWhileAway
from routing.tables import interactions
from server import lookback
from server.lookback import LookBack, names_since
from server.platform import make_core

pytestmark = pytest.mark.integration

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def record(folder: Path, at: datetime, seconds: float = 1.0, number: int = 1) -> str:
    """A recording as the kit names it; the interaction's id."""
    name = f"ix-{int(at.timestamp())}.{number}-123456"
    with wave.open(str(folder / f"{name}.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * int(8000 * seconds))
    (folder / f"{name}-rx.wav").write_bytes(b"")
    return name


async def look(database: AsyncEngine, folder: Path, since: datetime) -> list[Fact]:
    facts: list[Fact] = []
    await LookBack(database, folder, lambda fact: not facts.append(fact), (AT, AT)).look(since)
    return facts


async def test_only_what_is_not_known_is_told_once(
    database: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookback, "SETTLED", 0)
    old = record(tmp_path, AT - timedelta(minutes=1))
    known = record(tmp_path, AT + timedelta(minutes=1))
    served = record(tmp_path, AT + timedelta(minutes=2))
    gave_up = record(tmp_path, AT + timedelta(minutes=3), seconds=0)
    (tmp_path / "other.wav").write_bytes(b"x")
    async with database.begin() as connection:
        row = {"id": known, "state": "closed", "leg": "", "channel": "", "queue_id": "main", "did": "", "language": ""}
        more = {"arrived_at": AT, "direction": "inbound", "candidate_ids": [], "front": False}
        await connection.execute(insert(interactions).values(**row, **more, from_fallback=False, recording=False))
    facts = await look(database, tmp_path, AT)
    assert old not in str(facts)
    calls = {one.interaction_id: one.talked for one in facts if isinstance(one, CallWhileAway)}
    assert calls == {served: True, gave_up: False}
    files = [one.interaction_id for one in facts if isinstance(one, RecordingStarted)]
    assert files == [known, served, gave_up], "that of a call whose recording was not told of, too"
    core, _ = make_core()
    out = Outcome()
    for fact in (*facts, *facts):
        core.take(fact, AT + timedelta(hours=1), out)
    ends = {key: change.row for (shelf, key), change in out.changes.items() if shelf == "interactions"}
    assert {key: (row.state, row.end_reason) for key, row in ends.items()} == {
        served: ("closed", WHILE_AWAY),
        gave_up: ("abandoned", WHILE_AWAY),
    }
    assert len(core.shelves["interactions"]) == 0, "nothing of it stays in memory"


async def test_a_clock_of_the_switch_that_is_ahead_gives_no_call_that_ends_in_the_future(
    database: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookback, "SETTLED", 0)
    record(tmp_path, AT + timedelta(minutes=10))
    core, _ = make_core()
    out = Outcome()
    for fact in await look(database, tmp_path, AT):
        core.take(fact, AT + timedelta(minutes=1), out)
    (row,) = [change.row for (shelf, _), change in out.changes.items() if shelf == "interactions"]
    assert row.arrived_at <= row.ended_at <= AT + timedelta(minutes=1)


def test_a_folder_that_is_not_there_is_no_news(tmp_path: Path) -> None:
    assert names_since(tmp_path / "nowhere", AT) == {}
