"""Closed queues whose callers go to an outside number: where that is not reached nobody waits all night."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cti import events as ev
from cti.facts import LinkDown
from cti.orders import QueueCaller, RingOutside, SayToCaller
from routing.dialling import AskPermit, PermitRefused, TrunkConfigured
from routing.messages import InteractionEnded
from routing.rows import InteractionState
from tests.unit.routing.test_hours import change, hours, queue
from tests.unit.routing.test_outside import NUMBER, ends, granted
from tests.unit.routing.world import START, World

pytestmark = pytest.mark.unit
S = InteractionState


def closed(minutes: float = 15) -> tuple[World, str]:
    """Open for ten minutes, then closed for ten; a caller comes, and a permit is asked for the number."""
    world = World()
    world.say(TrunkConfigured(dial="PJSIP/{number}@trunk", caller_number="+34910000000", ring_seconds=30))
    change(world, hours(), queue(hours_id="office", closed={"to": {"kind": "outside", "number": NUMBER}}))
    world.wait(60 * minutes)
    return world, world.call("c1")


def turned_away(world: World, ix: str) -> bool:
    told = [one for one in world.orders(SayToCaller) if one.interaction_id == ix and one.leave]
    return world.ix(ix).state is S.dismissed and len(told) == 1


def test_given_no_permit_then_whoever_came_to_a_closed_queue_is_turned_away() -> None:
    world, ix = closed()
    world.agent("ann")
    assert not turned_away(world, ix)
    (asked,) = world.orders(AskPermit)
    world.say(PermitRefused(attempt_id=asked.attempt_id, interaction_id=ix, error="do_not_call", message="No."))
    assert turned_away(world, ix)
    assert world.offers(ix) == {}
    world.caller_leaves(ix)
    assert world.out.events[-1] == InteractionEnded(interaction_id=ix, state="closed", reason="turned_away_closed")


@pytest.mark.parametrize("cause", [17, 19, 21, 34])
def test_given_the_number_is_not_reached_then_they_are_turned_away(cause: int) -> None:
    world, ix = closed()
    world.agent("ann")
    ends(world, ix, granted(world, ix), cause)
    assert turned_away(world, ix)
    assert world.offers(ix) == {}


def test_given_it_opened_while_the_number_rang_then_they_wait_for_those_who_are_there() -> None:
    world, ix = closed(minutes=19.8)
    world.agent("ann")
    ring = granted(world, ix)
    world.wait(20)
    ends(world, ix, ring, 17)
    assert set(world.offers(ix)) == {"ann"}


def test_given_a_restart_while_the_permit_is_asked_for_then_they_are_turned_away_once_the_switch_is_back() -> None:
    world, ix = closed()
    world.say(ev.SwitchLost(reason="start"))
    world.say(LinkDown(reason="start"))
    world.say(ev.SwitchBack(switch_version="22"))
    assert world.ix(ix).state is S.dismissed
    assert world.orders(SayToCaller)[-1].leave


def test_given_the_line_of_the_talk_broke_then_the_number_is_called_again_and_unreached_they_are_turned_away() -> None:
    world, ix = closed()
    ring = granted(world, ix)
    world.say(ev.AgentLegUp(interaction_id=ix, leg=ring.leg, endpoint="trunk"))
    world.join(ix, ring.leg, "trunk")
    world.wait(30)
    ends(world, ix, ring, 44)
    assert [one.interaction_id for one in world.orders(QueueCaller)] == [ix]
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    assert len(world.orders(AskPermit)) == 2
    asked = world.orders(AskPermit)[-1]
    world.say(PermitRefused(attempt_id=asked.attempt_id, interaction_id=ix, error="do_not_call", message="No."))
    assert turned_away(world, ix)


def test_given_the_switchs_own_queue_had_them_meanwhile_then_the_number_is_called_again() -> None:
    world, ix = closed()
    ring = granted(world, ix)
    world.say(ev.CallerInFallback(interaction_id=ix, leg="c1", ringing=False))
    ends(world, ix, ring, stale=True)
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    assert (len(world.orders(AskPermit)), world.ix(ix).state) == (2, S.queued)
    assert len(world.orders(RingOutside)) == 1


def test_given_somebody_who_was_sent_to_another_queue_then_its_closing_does_not_turn_them_away() -> None:
    world = World()
    night = queue("night", name="Night", hours_id="evening")
    evening = hours("evening", name="Evening", weekly={"mon": ["09:12-09:16"]})
    to_night = {"to": {"kind": "queue", "queue_id": "night"}}
    change(world, hours(), evening, night, queue(hours_id="office", closed=to_night))
    world.at = START + timedelta(minutes=11)
    came = {"interaction_id": "ix-c1", "leg": "c1", "channel": "PJSIP/c1", "did": "1", "language": "en"}
    world.say(ev.CallerArrived(**came, since=START + timedelta(minutes=11)))
    world.wait(120)
    world.say(ev.CallerWaits(interaction_id="ix-c1", leg="c1"))
    assert world.ix("ix-c1").queue_id == "night"
    world.wait(5 * 60)
    world.say(ev.CallerInFallback(interaction_id="ix-c1", leg="c1", ringing=False))
    world.say(ev.CallerWaits(interaction_id="ix-c1", leg="c1"))
    assert world.ix("ix-c1").state is S.queued
