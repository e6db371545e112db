"""A replay finds each line that the code would decide otherwise, and finds none where it decides the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cti.facts import Device, DeviceChanged, LegEnded, LegPlaced, LinkDown, Place, Snapshot
from kernel.codec import plain
from kernel.core import Core, Entry, Outcome
from kernel.errors import TrunklineError
from kernel.messages import Message
from routing.messages import CallerIdentified, SetPresence, SignInAgent
from routing.outcomes import DEFAULT_DISPOSITIONS
from routing.queuerows import Queue
from routing.rows import Match, Presence
from routing.setupmessages import DispositionsConfigured, PhonesConfigured, QueueConfigured
from server.platform import make_core
from server.replay import Difference, replay

pytestmark = pytest.mark.unit

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
IX = "ix-c1"
STORY: tuple[Message, ...] = (
    LinkDown(reason="start"),
    QueueConfigured(queue=plain(Queue("main", "Main"))),
    DispositionsConfigured(dispositions=tuple(plain(one) for one in DEFAULT_DISPOSITIONS)),
    PhonesConfigured(endpoints=("cti-phone-01",)),
    Snapshot(legs=(), devices=(("cti-phone-01", Device.lost),)),
    SignInAgent(actor="ana", agent_id="ana", name="Ana"),
    SetPresence(actor="ana", agent_id="ana", presence=Presence.ready),
    SetPresence(actor="nobody", agent_id="nobody", presence=Presence.ready),
    LegPlaced(leg="c1", channel="PJSIP/trunk-1", place=Place.entered, interaction_id=IX, linked="c1"),
    CallerIdentified(interaction_id=IX, match=Match.withheld),
    LegPlaced(leg="c1", channel="PJSIP/trunk-1", place=Place.waiting, interaction_id=IX, linked="c1"),
    DeviceChanged(endpoint="cti-phone-01", device=Device.reachable),
    LegEnded(leg="c1", cause=16),
)


def take(core: Core, message: Message, at: datetime, out: Outcome) -> None:
    try:
        core.take(message, at, out)
    except TrunklineError:
        """A refusal is journalled too."""


@pytest.fixture
def journal() -> list[Entry]:
    """A caller who is offered to an agent and leaves; deadlines included."""
    core, _ = make_core()
    out, at = Outcome(), START
    for message in STORY:
        at += timedelta(seconds=0.1)
        take(core, message, at, out)
    while (due := core.next_due()) is not None and due < START + timedelta(seconds=120):
        message = core.take_due(due)
        assert message is not None
        take(core, message, due, out)
    return out.entries


def differences(entries: list[Entry]) -> list[Difference]:
    return list(replay(entries, make_core()[0]))


def of(journal: list[Entry], name: str) -> int:
    """The place of the first line of a type."""
    return next(n for n, entry in enumerate(journal) if type(entry.message).__name__ == name)


def test_the_same_code_decides_the_same(journal: list[Entry]) -> None:
    assert {"OfferMade", "OfferEnded", "InteractionEnded"} <= {type(one.message).__name__ for one in journal}
    assert any(one.error for one in journal), "a refused command is in it"
    assert differences(journal) == []


def test_a_decision_that_was_written_otherwise_is_found(journal: list[Entry]) -> None:
    place = of(journal, "OfferMade")
    entry = journal[place]
    journal[place] = replace(entry, message=replace(entry.message, agent_id="ben"))  # type: ignore[call-arg]
    found = differences(journal)
    assert [one.seq for one in found] == [entry.seq]
    assert "ben" in str(found[0].written)
    assert "ana" in str(found[0].replayed)


def test_an_input_that_is_missing_is_found_where_it_first_matters(journal: list[Entry]) -> None:
    cause = journal[of(journal, "SignInAgent")].seq
    assert differences([one for one in journal if one.cause != cause]) != []


def test_a_decision_that_is_missing_or_too_many_is_found(journal: list[Entry]) -> None:
    place = of(journal, "OfferMade")
    entry = journal[place]
    lacking = differences(journal[:place] + journal[place + 1 :])
    assert any(one.replayed is not None and "OfferMade" in one.replayed for one in lacking)
    twice = differences([*journal[: place + 1], replace(entry, seq=entry.seq), *journal[place + 1 :]])
    assert any(one.written is not None and "OfferMade" in one.written for one in twice)


def test_a_line_without_its_cause_is_named(journal: list[Entry]) -> None:
    orphan = journal[of(journal, "OfferMade")]
    assert differences([orphan]) == [Difference(orphan.seq, differences([orphan])[0].written, None)]


def test_a_refusal_that_was_none_is_found(journal: list[Entry]) -> None:
    place = next(n for n, entry in enumerate(journal) if entry.error)
    journal[place] = replace(journal[place], error=None)
    assert [one.seq for one in differences(journal)] == [journal[place].seq]
