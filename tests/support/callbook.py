"""A CallBook in an engine without I/O, fed by facts or by transcripts of a real switch."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from cti.ami.parse import parse
from cti.ami.wire import Framer
from cti.calls import CallBook
from cti.facts import (
    BridgeEntered,
    LegAsked,
    LegPlaced,
    LegSnapshot,
    LegStarted,
    LegUp,
    Place,
    RecordingStarted,
    Snapshot,
)
from cti.rows import LegRow
from kernel.core import Core, Outcome
from kernel.messages import Event, Fact, Message

TRANSCRIPTS = Path(__file__).parents[1] / "fixtures" / "ami"
SCENARIOS = Path(__file__).parents[1] / "fixtures" / "transcripts"
"""What a client heard of every scenario of lab/scenarios/switch on a real Asterisk, packed."""
E = TypeVar("E", bound=Event)


class Desk:
    """Feeds a CallBook and keeps every event it made."""

    def __init__(self) -> None:
        self.book = CallBook()
        self.core = Core(self.book.shelves, [self.book])
        self.now = datetime(2026, 1, 5, 9, tzinfo=UTC)
        self.events: list[Event] = []

    def take(self, *facts: Message) -> list[Event]:
        """Handle facts one turn each; returns the events of these turns."""
        out = Outcome()
        for fact in facts:
            self.core.take(fact, self.now, out)
        self.events += out.events
        return out.events

    def pass_time(self, by: timedelta) -> None:
        """Let time pass, with the deadlines in it."""
        self.now += by
        while (due := self.core.take_due(self.now)) is not None:
            self.take(due)

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def state(self) -> list[tuple[object, ...]]:
        """What matters of the live legs, in no particular order."""
        return sorted(picture(row) for row in self.book.legs if row.live)


def picture(row: LegRow) -> tuple[str, ...]:
    place = "" if row.bridge else str(row.place or "")
    return (row.id, row.role, row.interaction_id, row.state, row.bridge, row.partner, place)


def names(events: Iterable[object]) -> list[str]:
    return [type(event).__name__ for event in events]


def transcript(name: str) -> bytes:
    return (TRANSCRIPTS / f"{name}.txt").read_bytes()


def transcript_names() -> list[str]:
    return sorted(path.stem for path in TRANSCRIPTS.glob("*.txt"))


def scenario_names() -> list[str]:
    return sorted(path.name.removesuffix(".txt.gz") for path in SCENARIOS.glob("*.txt.gz"))


def scenario_facts(name: str) -> list[Fact]:
    """The facts of a scenario as the link gives them."""
    heard = gzip.decompress((SCENARIOS / f"{name}.txt.gz").read_bytes())
    return with_asks(facts_of(b"Asterisk Call Manager/11.0.0\r\n" + heard))


def facts_of(raw: bytes) -> list[Fact]:
    """The facts in a transcript; list items (with an ActionID) are left out, as the link does."""
    events = [one for one in Framer().feed(raw) if one.startswith(b"Event: ") and b"\r\nActionID: " not in one]
    return [fact for fact in map(parse, events) if fact is not None]


def started(leg: str, endpoint: str = "trunk", linked: str = "") -> LegStarted:
    return LegStarted(leg=leg, channel=f"PJSIP/{endpoint}-{leg}", endpoint=endpoint, linked=linked or leg)


def placed(leg: str, place: Place, endpoint: str = "trunk", number: str | None = None) -> LegPlaced:
    channel = f"PJSIP/{endpoint}-{leg}"
    return LegPlaced(
        leg=leg, channel=channel, place=place, interaction_id="ix-c1", linked="c1", did="555", number=number
    )


CALLER_WAITS: tuple[Fact, ...] = (
    started("c1"),
    placed("c1", Place.entered, number="+34600111222"),
    LegUp(leg="c1"),
    placed("c1", Place.waiting),
)
AGENT_ANSWERS: tuple[Fact, ...] = (
    LegAsked(leg="a1", endpoint="cti-phone-01", interaction_id="ix-c1"),
    started("a1", "cti-phone-01"),
    LegUp(leg="a1"),
)
BRIDGED: tuple[Fact, ...] = (BridgeEntered(leg="c1", bridge="b1"), BridgeEntered(leg="a1", bridge="b1"))
TALK = (*CALLER_WAITS, *AGENT_ANSWERS, *BRIDGED)


def seen(leg: str, **changes: object) -> LegSnapshot:
    """A live leg as a snapshot shows it: by default the caller c1, waiting."""
    fields: dict[str, object] = {
        "leg": leg,
        "channel": f"PJSIP/trunk-{leg}",
        "endpoint": "trunk",
        "linked": leg,
        "up": True,
        "ringing": False,
        "bridge": None,
        "place": Place.waiting,
        "interaction_id": f"ix-{leg}",
        "role": "caller",
    }
    return LegSnapshot(**{**fields, **changes})  # type: ignore[arg-type]


def with_asks(facts: list[Fact]) -> list[Fact]:
    """The transcript's facts with what the link adds: LegAsked before each leg that the platform originated."""
    out: list[Fact] = []
    call = next((fact.interaction_id for fact in facts if isinstance(fact, LegPlaced | RecordingStarted)), "")
    for fact in facts:
        if isinstance(fact, LegStarted) and fact.leg.startswith("leg-"):
            dialled = fact.endpoint == "trunk"
            out.append(LegAsked(leg=fact.leg, endpoint=fact.endpoint, interaction_id=call, dialled=dialled))
        out.append(fact)
    return out


def settled(desk: Desk, truth: Desk) -> list[tuple[object, ...]]:
    """The state of `desk`, without what means nothing: the place of legs that are just between a bridge and their
    next place, and legs that the switch rang for callers who have left."""
    between = {row.id for row in truth.book.legs if not row.bridge and row.place is None}
    callers = {row.interaction_id for row in truth.book.legs if row.live and row.outside}
    kept = [row for row in desk.state() if row[1] != "switch" or row[2] in callers]
    return [(*row[:-1], "" if row[0] in between else row[-1]) for row in kept]


def snapshot_of(desk: Desk) -> Snapshot:
    """What the switch would list, where `desk` heard everything."""
    legs = tuple(
        LegSnapshot(
            leg=row.id,
            channel=row.channel or f"PJSIP/{row.endpoint}-1",
            endpoint=row.endpoint,
            linked=row.linked or row.id,
            up=row.state == "up",
            ringing=row.state == "ringing",
            bridge=row.bridge or None,
            place=None if row.bridge else row.place,
            interaction_id=row.interaction_id,
            role="" if row.role == "switch" else row.role.value,
        )
        for row in desk.book.legs
        if row.live
    )
    devices = tuple((phone.id, phone.device) for phone in desk.book.phones)
    return Snapshot(legs=legs, devices=devices)
