"""After a (re)connect: numbers that we dialled, whose Linkedid is that of their agent's leg since the two have talked,
as measured on Asterisk (docs/asterisk-notes.md). They and the legs that the switch rings for them are known again."""

from __future__ import annotations

from itertools import permutations

import pytest

from cti.events import AgentLegEnded, CallerArrived, CallerHeld, CallerInFallback, CallRepaired, CustomerUp, Joined
from cti.facts import (
    BridgeEntered,
    BridgeLeft,
    LegAsked,
    LegEnded,
    LegPlaced,
    LegRinging,
    LegSnapshot,
    LegStarted,
    LegUp,
    Place,
    Snapshot,
)
from kernel.messages import Fact
from tests.support.callbook import Desk, names, seen

pytestmark = pytest.mark.unit

LEG, FAR, RUNG = "leg-00000000002a-0001", "far-00000000002a-0002", "1700000000.9"
IX = "ix-1"
PHONE = {"channel": "PJSIP/cti-phone-01-1", "endpoint": "cti-phone-01"}
TRUNK = {"channel": "PJSIP/trunk-2", "endpoint": "trunk"}
OTHER = {"channel": "PJSIP/cti-phone-02-3", "endpoint": "cti-phone-02"}

RINGS = (
    LegAsked(leg=LEG, endpoint="cti-phone-01", interaction_id=IX),
    LegStarted(leg=LEG, linked=LEG, **PHONE),
    LegUp(leg=LEG),
    LegAsked(leg=FAR, endpoint="", interaction_id=IX, dialled=True),
    LegStarted(leg=FAR, linked=FAR, **TRUNK),
    LegRinging(leg=FAR),
)
TALK = (
    *RINGS,
    LegUp(leg=FAR),
    BridgeEntered(leg=LEG, bridge="b1", linked=LEG),
    BridgeEntered(leg=FAR, bridge="b1", linked=LEG),
)
AGENT = seen(LEG, linked=LEG, interaction_id=IX, role="agent", place=None, **PHONE)
CUSTOMER = seen(FAR, linked=LEG, interaction_id=IX, role="dialled", place=Place.fallback, gone=f"{LEG}:44", **TRUNK)
BY_SWITCH = seen(RUNG, linked=LEG, interaction_id=IX, role="", place=None, up=False, ringing=True, **OTHER)


def known(*facts: object) -> Desk:
    desk = Desk()
    desk.take(*facts)  # type: ignore[arg-type]
    desk.events.clear()
    return desk


def snapshot(*legs: LegSnapshot) -> Snapshot:
    return Snapshot(legs=legs, devices=(), switch_version="22")


def bridged(leg: LegSnapshot, bridge: str) -> LegSnapshot:
    fields = {name: getattr(leg, name) for name in LegSnapshot.__slots__}
    return seen(**{**fields, "bridge": bridge, "place": None, "up": True, "ringing": False})


@pytest.mark.parametrize("legs", list(permutations((CUSTOMER, BY_SWITCH))))
@pytest.mark.parametrize("before", [(), TALK], ids=["forgotten", "known"])
def test_given_a_dialled_customer_whom_the_queue_rings_a_phone_for_then_it_is_told_as_ringing(
    before: tuple[object, ...], legs: tuple[LegSnapshot, ...]
) -> None:
    desk = known(*before)
    desk.take(snapshot(*legs))
    assert [(one.interaction_id, one.leg, one.ringing) for one in desk.of(CallerInFallback)] == [(IX, FAR, True)]
    assert desk.of(CallerArrived) == [], "nobody new"
    desk.take(LegEnded(leg=RUNG, cause=19))
    assert [one.ringing for one in desk.of(CallerInFallback)] == [True, False]


@pytest.mark.parametrize("legs", list(permutations((CUSTOMER, BY_SWITCH))))
def test_given_a_dialled_customer_whom_the_queue_serves_then_the_join_is_told(legs: tuple[LegSnapshot, ...]) -> None:
    desk = known(*TALK)
    desk.take(snapshot(*(bridged(one, "b2") for one in legs)))
    assert [(one.interaction_id, one.caller_leg, one.agent_leg, one.ours) for one in desk.of(Joined)] == [
        (IX, FAR, RUNG, False)
    ]
    assert [(one.leg, one.cause) for one in desk.of(AgentLegEnded)] == [(LEG, 44)]


def test_given_a_dialled_customer_on_the_live_link_then_the_phones_of_the_queue_are_theirs() -> None:
    desk = known(*TALK, LegEnded(leg=LEG, cause=44))
    fallback = {"channel": TRUNK["channel"], "place": Place.fallback, "interaction_id": IX, "linked": LEG}
    desk.take(LegPlaced(leg=FAR, **fallback))  # type: ignore[arg-type]
    desk.take(LegStarted(leg=RUNG, linked=LEG, **OTHER))
    assert [one.ringing for one in desk.of(CallerInFallback)] == [False, True]
    desk.take(BridgeEntered(leg=RUNG, bridge="b2", linked=LEG), BridgeEntered(leg=FAR, bridge="b2", linked=LEG))
    assert [(one.caller_leg, one.agent_leg) for one in desk.of(Joined)] == [(FAR, RUNG)]


@pytest.mark.parametrize("how", ["unrung", "rung", "served"])
@pytest.mark.parametrize("answer_heard", [False, True])
def test_given_a_talk_that_nobody_heard_of_then_it_was_one_before_its_agents_leg_ended(
    how: str, answer_heard: bool
) -> None:
    """Killed while the number rang: it answered, they talked, the phone was lost, and the queue has the customer."""
    desk = known(*RINGS, *([LegUp(leg=FAR)] if answer_heard else []))
    legs = {"unrung": [CUSTOMER], "rung": [CUSTOMER, BY_SWITCH]}.get(how) or [
        bridged(CUSTOMER, "b2"),
        bridged(BY_SWITCH, "b2"),
    ]
    told = [name for name in names(desk.take(snapshot(*legs))) if name != "CallRepaired"]
    first = [] if answer_heard else ["CustomerUp"]
    last = ["Joined"] if how == "served" else ["CallerInFallback"]
    assert told == [*first, "Joined", "AgentLegEnded", *last, "SwitchBack"]
    assert (desk.of(Joined)[0].caller_leg, desk.of(Joined)[0].agent_leg) == (FAR, LEG)
    assert desk.of(AgentLegEnded)[0].cause == 44
    assert [row[0] for row in desk.state()] == sorted(one.leg for one in legs)


LEFT = (BridgeLeft(leg=LEG, bridge="b1"), BridgeLeft(leg=FAR, bridge="b1"))
UNTOLD = tuple(BridgeEntered(leg=one.leg, bridge=one.bridge) if isinstance(one, BridgeEntered) else one for one in TALK)
"""The same talk, its bridge told without any Linkedid."""


@pytest.mark.parametrize("talk", [TALK, UNTOLD], ids=["with-linkedid", "without"])
@pytest.mark.parametrize("left", [LEFT, LEFT[::-1], LEFT[:1], LEFT[1:]], ids=["both", "turned", "agent", "customer"])
def test_given_a_talk_that_was_heard_and_left_then_it_is_not_told_again(
    talk: tuple[Fact, ...], left: tuple[Fact, ...]
) -> None:
    """Put on hold, and the link is cut after they left the bridge, before they were heard in their places."""
    desk = known(*talk, *left)
    idle = seen(LEG, linked=LEG, interaction_id=IX, role="agent", place=Place.idle, **PHONE)
    held = seen(FAR, linked=LEG, interaction_id=IX, role="dialled", place=Place.held, **TRUNK)
    desk.take(snapshot(idle, held))
    assert desk.of(Joined) == []
    assert [one.leg for one in desk.of(CallerHeld)] == [FAR]
    assert desk.book.on_hold(LEG)


def test_given_a_talk_of_which_only_the_first_entering_was_heard_then_it_is_told_once() -> None:
    """The agent's leg is the first in the bridge; the link is cut before the other comes."""
    desk = known(*RINGS, LegUp(leg=FAR), BridgeEntered(leg=LEG, bridge="b1", linked=LEG))
    desk.take(snapshot(CUSTOMER, BY_SWITCH))
    assert len(desk.of(Joined)) == 1


def test_given_a_talk_that_was_heard_and_left_then_its_end_in_the_queue_is_told_without_another() -> None:
    desk = known(*TALK, *LEFT)
    desk.take(snapshot(CUSTOMER, BY_SWITCH))
    assert desk.of(Joined) == []
    assert [one.cause for one in desk.of(AgentLegEnded)] == [44]
    assert [one.ringing for one in desk.of(CallerInFallback)] == [True]


@pytest.mark.parametrize("place", [None, Place.entered])
def test_given_a_number_that_rings_still_then_there_was_no_talk(place: Place | None) -> None:
    """While it rings, Asterisk lists it in the context of its trunk, which is that of new callers."""
    desk = known(*RINGS)
    desk.take(snapshot(AGENT, seen(FAR, up=False, ringing=True, interaction_id=IX, role="dialled", place=place)))
    assert desk.of(Joined) == desk.of(CustomerUp) == desk.of(CallRepaired) == []


def test_given_a_talk_as_it_is_known_then_nothing_is_repaired() -> None:
    desk = known(*TALK)
    desk.take(snapshot(bridged(AGENT, "b1"), bridged(CUSTOMER, "b1")))
    assert names(desk.events) == ["SwitchBack"]


def test_given_a_linkedid_that_changed_unheard_then_it_is_taken_anew() -> None:
    """A link that was cut as the two were bridged."""
    desk = known(*RINGS, LegUp(leg=FAR))
    desk.take(snapshot(bridged(AGENT, "b1"), bridged(CUSTOMER, "b1")))
    assert desk.book.legs[FAR].linked == LEG
    assert len(desk.of(Joined)) == 1
