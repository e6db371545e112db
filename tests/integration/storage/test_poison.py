"""Poison from the wire: events with broken headers, encodings and lists go through the parser and the whole engine on
both databases; what cannot be handled is a dead letter and is counted, and the loop lives."""

from __future__ import annotations

import asyncio
import random

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from cti.ami.parse import EVENTS, Malformed, event_name, parse
from cti.ami.wire import Framer
from cti.facts import LegUp
from kernel import db
from kernel.clock import SteadyClock
from kernel.codec import plain
from kernel.core import Core
from kernel.engine import Engine
from kernel.messages import Fact, Message
from kernel.turn import Turn
from routing.messages import SignInAgent
from routing.queuerows import Queue
from routing.setupmessages import PhonesConfigured, QueueConfigured
from server.platform import make_core
from server.shelves import SAVERS, shelf_tables
from server.store import SqlEngineStore
from tests.integration.storage.shelves import Heard
from tests.support.callbook import transcript, transcript_names

pytestmark = pytest.mark.integration

BAD = (
    b"", b"\x00", b"\xff\xfe\xed\xa0\x80", b"\xf0\x9f\x93\x9e" * 40, b"x" * 9000, b"a,b,,c;d|e", b"-1", b"1e999",
    b"nan", b"${EXEC(x)}", b"'; DROP TABLE journal; --", b"[1, [2, [3]]]", b"\t \t", b"<unknown>",
    b"\xe2\x80\xae+34600",
)  # fmt: skip


def spoilt(event: bytes, chance: random.Random) -> bytes:
    """The event with one to three of its lines broken: another value, no value, twice, in the wrong place, cut."""
    lines = event.split(b"\r\n")
    for _ in range(chance.randint(1, 3)):
        nth = chance.randrange(1, len(lines)) if len(lines) > 1 else 0
        key = lines[nth].partition(b":")[0]
        match chance.randrange(5):
            case 0 | 1:
                lines[nth] = key + b": " + chance.choice(BAD)
            case 2:
                lines.insert(nth, key + b": " + chance.choice(BAD))
            case 3 if len(lines) > 2:
                del lines[nth]
            case _:
                lines[nth] = lines[nth][: chance.randrange(len(lines[nth]) + 1)]
    return b"\r\n".join(lines)


def poison(seed: int, count: int) -> tuple[list[Fact], int]:
    """Facts out of `count` spoilt events of real transcripts, and how many events the parser refused."""
    chance, facts, refused = random.Random(seed), [], 0
    events = [
        one
        for name in transcript_names()
        for one in Framer().feed(transcript(name))
        if one.startswith(b"Event") and event_name(one) in EVENTS
    ]
    for _ in range(count):
        event = chance.choice(events)
        try:
            fact = parse(spoilt(event, chance) if chance.random() < 0.7 else event)
        except Malformed:
            refused += 1
        else:
            facts += [] if fact is None else [fact]
    return facts, refused


class Faulty:
    """A room with a fault nobody foresaw: it cannot bear that a leg is up."""

    raised = 0

    def handle(self, message: Message, turn: Turn) -> None:
        if isinstance(message, LegUp):
            self.raised += 1
            raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "poison")


async def test_spoilt_events_become_facts_or_refusals_or_dead_letters_and_the_loop_lives(database: AsyncEngine) -> None:
    facts, refused = poison(seed=11, count=1500)
    rooms = make_core()[1]
    faulty = Faulty()
    core = Core(rooms.shelves, (*rooms.handlers, faulty))
    store = SqlEngineStore(database, shelf_tables(), SAVERS)
    engine = Engine(core, store, Heard(), SteadyClock())
    await engine.load()
    loop = asyncio.create_task(engine.run())
    try:
        engine.post(QueueConfigured(queue=plain(Queue("main", "Main"))))
        engine.post(PhonesConfigured(endpoints=("cti-phone-01",)))
        for fact in facts:
            assert engine.post(fact)
        answer = await engine.ask(SignInAgent(actor="st-1", agent_id="st-1", name="Ana"), timeout=60)
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
    async with database.connect() as connection:
        rows = await connection.scalar(select(func.count()).select_from(db.dead_letters))

    assert answer == "cti-phone-01", "whoever comes after the poison is served"
    assert refused > 50
    assert faulty.raised > 20, "the poison was tried"
    assert core.counts["dead_letters"] == faulty.raised, "no room of ours failed, whatever came"
    assert rows == faulty.raised
    assert store.trouble is None
