"""Callers who are turned away hear why and go; they did not give up, and whoever is taken after all is served."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from crm_core.timeline.writes import SaveTimelineEntry
from cti import events as ev
from cti.facts import LinkDown
from cti.orders import HangUp, QueueCaller, SayToCaller
from kernel.handling import Handles, on
from kernel.messages import Command
from kernel.turn import Turn
from routing.dismissal import CallerDismissed, dismiss
from routing.messages import InteractionEnded, InteractionQueued
from routing.rows import InteractionState
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit

S = InteractionState


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnAway(Command):
    """Somebody's rule turns the caller away."""

    interaction_id: str
    announcement_id: str | None = "closed"


class Turning(Handles):
    def __init__(self, world: World) -> None:
        self._state = world.state

    @on(TurnAway)
    def _away(self, command: TurnAway, turn: Turn) -> None:
        caller = self._state.interactions[command.interaction_id]
        turn.reply = dismiss(self._state, caller, "closed", command.announcement_id, turn)


def turned_away(announcement: str | None = "closed") -> tuple[World, str]:
    """A caller who waits is turned away; nobody is there to serve."""
    world = World()
    world.core.handlers = (*world.core.handlers, Turning(world))
    ix = world.call("c1")
    assert world.say(TurnAway(actor="", interaction_id=ix, announcement_id=announcement)) is True
    return world, ix


def told(world: World) -> list[SayToCaller]:
    return world.orders(SayToCaller)


def heard(world: World, ix: str, done: bool = True) -> None:
    world.say(ev.CallerHeard(interaction_id=ix, leg="c1", step=told(world)[-1].step, done=done))


def test_given_a_caller_turned_away_then_they_hear_why_and_are_offered_to_nobody() -> None:
    world, ix = turned_away()
    (order,) = told(world)
    assert (order.leave, order.caller_channel) == (True, "PJSIP/trunk-c1")
    assert order.sounds
    world.agent("ana")
    assert world.offers(ix) == {}
    assert world.ix(ix).state is S.dismissed
    assert CallerDismissed(interaction_id=ix, queue_id="main", reason="closed") in world.out.events


def test_given_the_announcement_is_over_and_the_caller_goes_then_they_were_turned_away_and_did_not_give_up() -> None:
    world, ix = turned_away()
    heard(world, ix)
    world.caller_leaves(ix)
    (ended,) = [one for one in world.out.events if isinstance(one, InteractionEnded)]
    assert (ended.state, ended.reason) == ("closed", "turned_away_closed")
    entry = [one for one in world.out.writes if isinstance(one, SaveTimelineEntry)][-1]
    assert (entry.status, entry.details["outcome"]) == ("done", "turned_away")
    assert list(world.core.deadlines) == []


@pytest.mark.parametrize("how", ["hangs_up", "lost_in_outage"])
def test_given_a_caller_who_goes_while_being_told_then_it_is_the_same_end(how: str) -> None:
    world, ix = turned_away()
    world.say(ev.CallerLeft(interaction_id=ix, leg="c1", cause=16, unseen=how == "lost_in_outage"))
    (ended,) = [one for one in world.out.events if isinstance(one, InteractionEnded)]
    assert (ended.state, ended.reason) == ("closed", "turned_away_closed")


def test_given_no_announcement_then_the_call_ends_at_once() -> None:
    world, ix = turned_away(None)
    assert told(world) == []
    assert [one.leg for one in world.orders(HangUp)] == ["c1"]
    assert world.ix(ix).state is S.dismissed


def test_given_an_announcement_that_cannot_be_said_then_the_call_ends_at_once() -> None:
    world, ix = turned_away()
    heard(world, ix, done=False)
    assert [one.leg for one in world.orders(HangUp)] == ["c1"]


def test_given_an_order_that_the_switch_refused_then_the_call_ends_soon_unless_the_link_broke() -> None:
    world, ix = turned_away()
    order = told(world)[0]
    world.say(ev.OrderFailed(order_id=order.order_id, message="no", unknown=True, interaction_id=ix))
    world.wait(5)
    assert world.orders(HangUp) == [], "nobody knows whether it was said"
    world.say(ev.OrderFailed(order_id=order.order_id, message="no", unknown=False, interaction_id=ix))
    world.say(LinkDown(reason="closed"))
    world.wait(5)
    world.say(ev.SwitchBack(switch_version="22"))
    assert (world.orders(HangUp), len(told(world))) == ([], 2)
    world.say(ev.OrderFailed(order_id=told(world)[-1].order_id, message="no", unknown=False, interaction_id=ix))
    world.wait(5)
    assert [one.leg for one in world.orders(HangUp)] == ["c1"]


def test_given_a_switch_that_never_says_that_they_heard_it_then_time_ends_the_call_and_asks_again_until_they_go() -> (
    None
):
    world, ix = turned_away()
    world.wait(119)
    assert world.orders(HangUp) == []
    world.wait(12)
    assert len(world.orders(HangUp)) == 3
    world.caller_leaves(ix)
    world.wait(60)
    assert len(world.orders(HangUp)) == 3


def test_given_all_was_said_and_the_switch_does_not_end_the_call_then_we_do() -> None:
    world, ix = turned_away()
    heard(world, ix)
    assert world.orders(HangUp) == []
    world.wait(5)
    assert [one.leg for one in world.orders(HangUp)] == ["c1"]


def test_given_the_link_is_cut_while_they_are_told_when_it_is_back_then_they_are_told_the_same_once_more() -> None:
    """The same step: where the first order arrived, the switch says it once."""
    world, _ = turned_away()
    world.say(LinkDown(reason="closed"))
    world.wait(200)
    assert world.orders(HangUp) == [], "nobody could hear it"
    world.say(ev.SwitchBack(switch_version="22"))
    first, second = told(world)
    assert (first.step, first.sounds) == (second.step, second.sounds)
    assert first.order_id != second.order_id


def test_given_the_switchs_own_queue_had_them_when_they_are_back_then_they_are_told_anew() -> None:
    world, ix = turned_away()
    world.say(ev.CallerInFallback(interaction_id=ix, leg="c1", ringing=False))
    assert world.ix(ix).state is S.in_fallback
    assert len(world.orders(QueueCaller)) == 1
    world.agent("ana")
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    assert (world.ix(ix).state, world.offers(ix)) == (S.dismissed, {})
    first, second = told(world)
    assert first.step != second.step


def test_given_somebody_of_the_switchs_own_queue_takes_them_then_they_are_served_like_anybody() -> None:
    world, ix = turned_away()
    world.agent("ana")
    world.say(ev.CallerInFallback(interaction_id=ix, leg="c1", ringing=True))
    world.join(ix, "fb-1", "cti-phone-01", ours=False)
    assert (world.ix(ix).state, world.ix(ix).dismissal) == (S.active, None)
    world.caller_leaves(ix)
    (ended,) = [one for one in world.out.events if isinstance(one, InteractionEnded)]
    assert (ended.state, ended.reason) == ("closed", "caller_hung_up")


def test_given_a_caller_who_is_offered_or_talks_then_nobody_turns_them_away() -> None:
    world = World()
    world.core.handlers = (*world.core.handlers, Turning(world))
    world.agent("ana")
    ix = world.call("c1")
    for state in (S.offered, S.active):
        if state is S.active:
            world.answer(ix)
        before = world.ix(ix)
        assert before.state is state
        assert world.say(TurnAway(actor="", interaction_id=ix)) is False
        assert world.ix(ix) == before
    assert told(world) == []


def test_given_they_were_told_after_a_talk_then_the_visit_was_answered_and_its_end_says_both() -> None:
    world = World()
    world.core.handlers = (*world.core.handlers, Turning(world))
    world.agent("ana")
    ix = world.call("c1")
    offer = world.answer(ix)
    world.agent_leg_ends(ix, offer, cause=44)
    world.say(ev.PhoneChanged(endpoint=offer.endpoint, reachable=False))
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    assert world.say(TurnAway(actor="", interaction_id=ix)) is True
    world.caller_leaves(ix)
    entry = [one for one in world.out.writes if isinstance(one, SaveTimelineEntry)][-1]
    assert (entry.details["outcome"], entry.details["end_reason"]) == ("answered", "turned_away_closed")
    assert [one for one in world.out.events if isinstance(one, InteractionQueued)]
