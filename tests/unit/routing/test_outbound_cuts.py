"""An agent calls somebody, and the platform dies or the link is cut: never dialled twice, and nobody kept."""

from __future__ import annotations

import pytest

from cti import events as ev
from cti.orders import DialOut, HangUp, RingDialler
from routing.attempts import AttemptState
from routing.attempts import Outcome as What
from routing.rows import Duty, StintState
from tests.unit.routing.dialdesk import Desk, asked_and_ringing

pytestmark = pytest.mark.unit


def test_killed_before_the_permit_was_heard_of_then_it_is_over_and_nobody_is_dialled() -> None:
    desk = Desk()
    attempt = desk.dial()
    desk.restart()
    desk.grant(attempt)
    desk.say(ev.SwitchBack(switch_version="22"))
    assert desk.row(attempt).outcome is What.failed
    assert desk.orders(RingDialler) == desk.orders(DialOut) == []
    assert desk.state.agents["ana"].duty is Duty.idle


def test_killed_between_the_order_and_the_switch_then_it_is_never_sent_again() -> None:
    desk = Desk()
    attempt = desk.dial()
    desk.grant(attempt)
    desk.agent_answers(attempt)
    desk.restart()
    desk.say(ev.SwitchBack(switch_version="22"))
    assert desk.row(attempt).outcome is What.unknown
    assert desk.orders(DialOut) == []
    assert [order.leg for order in desk.orders(HangUp)] == [attempt.leg]


def test_killed_while_the_number_rings_then_the_call_goes_on() -> None:
    desk = Desk()
    attempt = asked_and_ringing(desk)
    desk.restart()
    desk.say(ev.SwitchBack(switch_version="22"))
    assert desk.row(attempt).state is AttemptState.dialing
    desk.talk(attempt)
    assert desk.row(attempt).state is AttemptState.bridged
    assert desk.orders(DialOut) == []


def test_killed_after_the_agent_was_rung_then_the_number_is_dialled_once() -> None:
    desk = Desk()
    attempt = desk.dial()
    desk.grant(attempt)
    desk.live_legs.add(attempt.leg)
    desk.restart()
    desk.say(ev.SwitchBack(switch_version="22"))
    desk.agent_answers(attempt)
    assert len(desk.orders(DialOut)) == 1
    assert desk.orders(RingDialler) == []


def test_a_link_cut_under_the_order_leaves_it_to_the_snapshot() -> None:
    desk = Desk()
    attempt = desk.dial()
    desk.grant(attempt)
    desk.agent_answers(attempt)
    desk.say(ev.SwitchLost(reason="closed"))
    lost = ev.OrderFailed(order_id=f"dial-{attempt.id}", message="lost", unknown=True)
    desk.say(lost)
    assert desk.row(attempt).state is AttemptState.dialing
    desk.live_legs.add(attempt.customer_leg)
    desk.say(ev.SwitchBack(switch_version="22"))
    assert desk.row(attempt).state is AttemptState.dialing
    desk.say(ev.SwitchLost(reason="closed"))
    desk.live_legs.clear()
    desk.say(ev.SwitchBack(switch_version="22"))
    assert desk.row(attempt).outcome is What.unknown
    assert len(desk.orders(DialOut)) == 1


def test_answered_in_a_long_outage_then_the_talk_is_theirs_when_the_link_is_back() -> None:
    desk = Desk()
    attempt = asked_and_ringing(desk)
    desk.say(ev.SwitchLost(reason="closed"))
    desk.wait(120)
    assert desk.row(attempt).state is AttemptState.dialing
    assert desk.state.agents["ana"].duty is Duty.reserved
    desk.talk(attempt)
    desk.say(ev.SwitchBack(switch_version="22"))
    assert desk.row(attempt).state is AttemptState.bridged
    assert desk.stint(attempt.interaction_id).state is StintState.joined
    assert desk.state.agents["ana"].duty is Duty.busy


def test_dialled_as_the_link_was_lost_then_only_the_snapshot_says_that_it_is_over() -> None:
    desk = Desk()
    attempt = desk.dial()
    desk.grant(attempt)
    desk.agent_answers(attempt)
    desk.say(ev.SwitchLost(reason="closed"))
    desk.number_ends(attempt, 0, unseen=True)
    assert desk.ix(attempt.interaction_id).ended_at is None, "its channel may have come unseen"
    desk.rings(attempt)
    desk.say(ev.SwitchBack(switch_version="22"))
    desk.talk(attempt)
    assert desk.row(attempt).state is AttemptState.bridged


def test_what_rings_on_after_an_outage_has_its_time_limit_again() -> None:
    desk = Desk()
    attempt = asked_and_ringing(desk)
    desk.say(ev.SwitchLost(reason="closed"))
    desk.wait(120)
    desk.say(ev.SwitchBack(switch_version="22"))
    desk.wait(12)
    assert desk.row(attempt).outcome is What.unknown
    assert desk.state.agents["ana"].duty is Duty.idle


@pytest.mark.parametrize(("answers", "outcome"), [(False, What.cancelled), (True, What.dropped)])
def test_ended_unseen_in_an_outage_then_what_was_seen_before_counts(answers: bool, outcome: What) -> None:
    desk = Desk()
    attempt = asked_and_ringing(desk)
    if answers:
        desk.say(ev.CustomerUp(**desk.ids(attempt, attempt.customer_leg)))
    desk.agent_ends(attempt)
    desk.say(ev.SwitchLost(reason="closed"))
    desk.number_ends(attempt, 0, unseen=True)
    desk.say(ev.SwitchBack(switch_version="22"))
    assert desk.row(attempt).outcome is outcome


@pytest.mark.parametrize("told", [False, True])
def test_an_order_that_the_switch_refused_ends_the_attempt(told: bool) -> None:
    """`told`: the leg is known from the commit that ordered it on."""
    desk = Desk()
    attempt = desk.dial()
    desk.grant(attempt)
    desk.agent_answers(attempt)
    if told:
        desk.live_legs.add(attempt.customer_leg)
    desk.say(ev.OrderFailed(order_id=f"dial-{attempt.id}", message="no", unknown=False))
    assert desk.row(attempt).outcome is What.failed
    assert desk.state.agents["ana"].duty is Duty.idle
