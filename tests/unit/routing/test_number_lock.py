"""A number is free again when its leg is known to be gone, not when we said that it should go; late legs of numbers."""

from __future__ import annotations

import pytest

from cti import events as ev
from cti.orders import DialOut, HangUp
from routing.attempts import Attempt, AttemptState
from routing.attempts import Outcome as What
from routing.dialling import DialEnded, ReleaseNumber
from routing.rows import Duty, InteractionState
from tests.unit.routing.dialdesk import Desk, asked_and_ringing

pytestmark = pytest.mark.unit


def freed(desk: Desk) -> list[str]:
    return [one.attempt_id for one in desk.out.writes if isinstance(one, ReleaseNumber)]


def let_go() -> tuple[Desk, Attempt]:
    """The agent gave up, and the switch never said that the number's leg ended."""
    desk = Desk()
    attempt = asked_and_ringing(desk)
    desk.agent_ends(attempt)
    desk.wait(5)
    return desk, attempt


def test_a_hang_up_that_the_switch_never_confirms_frees_the_agent_and_not_the_number() -> None:
    desk, attempt = let_go()
    assert desk.state.agents["ana"].duty is Duty.idle
    assert desk.row(attempt).state is AttemptState.ending
    assert (desk.row(attempt).ended_at, desk.row(attempt).outcome) == (None, What.unknown)
    assert freed(desk) == []
    desk.wait(3600)
    assert freed(desk) == []
    desk.number_ends(attempt, 16)
    assert freed(desk) == [attempt.id]
    assert (desk.row(attempt).state, desk.row(attempt).outcome) == (AttemptState.ended, What.unknown)
    assert len([one for one in desk.out.events if isinstance(one, DialEnded)]) == 1, "the agent is told once"


def test_the_end_is_ordered_again_while_the_leg_lives_and_the_dial_never() -> None:
    desk, attempt = let_go()
    before = len(desk.orders(HangUp))
    desk.wait(61)
    assert [one.leg for one in desk.orders(HangUp)[before:]] == [attempt.customer_leg] * 2
    assert len(desk.orders(DialOut)) == 1


@pytest.mark.parametrize("gone", [True, False])
def test_a_cut_meanwhile_leaves_it_to_the_snapshot(gone: bool) -> None:
    desk, attempt = let_go()
    desk.say(ev.SwitchLost(reason="closed"))
    desk.wait(600)
    assert freed(desk) == []
    before = len(desk.orders(HangUp))
    if gone:
        desk.live_legs.clear()
    desk.say(ev.SwitchBack(switch_version="22"))
    assert freed(desk) == ([attempt.id] if gone else [])
    assert [one.leg for one in desk.orders(HangUp)[before:]] == ([] if gone else [attempt.customer_leg])


def test_a_restart_meanwhile_keeps_the_number() -> None:
    desk, attempt = let_go()
    desk.restart()
    desk.say(ev.SwitchBack(switch_version="22"))
    assert freed(desk) == []
    desk.number_ends(attempt, 16)
    assert freed(desk) == [attempt.id]


def test_a_customer_who_answers_after_it_was_let_go_is_hung_up_and_nobody_talks() -> None:
    desk, attempt = let_go()
    before = len(desk.orders(HangUp))
    desk.say(ev.CustomerUp(**desk.ids(attempt, attempt.customer_leg)))
    assert [one.leg for one in desk.orders(HangUp)[before:]] == [attempt.customer_leg]
    assert desk.row(attempt).state is AttemptState.ending
    assert attempt.interaction_id not in desk.state.interactions


def test_a_leg_that_never_came_frees_the_agent_at_once_and_the_number_when_it_cannot_come_any_more() -> None:
    desk = Desk()
    attempt = desk.dial()
    desk.grant(attempt)
    desk.agent_answers(attempt)
    desk.number_ends(attempt, 0, unseen=True)
    assert (desk.row(attempt).outcome, desk.state.agents["ana"].duty) == (What.unknown, Duty.idle)
    assert freed(desk) == []
    desk.say(
        ev.StrayLeg(**desk.ids(attempt, attempt.customer_leg), endpoint="trunk", dialled=True, channel="PJSIP/t-1")
    )
    assert attempt.customer_leg in [one.leg for one in desk.orders(HangUp)], "nobody waits for it"
    desk.wait(59)
    assert freed(desk) == []
    desk.wait(10)
    assert freed(desk) == [attempt.id]


def test_a_late_leg_of_a_number_that_is_still_wanted_is_adopted() -> None:
    """It was thought gone while the link was down, and is heard of before the snapshot."""
    desk = Desk()
    attempt = desk.dial()
    desk.grant(attempt)
    desk.agent_answers(attempt)
    desk.say(ev.SwitchLost(reason="closed"))
    desk.number_ends(attempt, 0, unseen=True)
    desk.live_legs.add(attempt.customer_leg)
    late = ev.StrayLeg(
        **desk.ids(attempt, attempt.customer_leg), endpoint="trunk", dialled=True, channel="PJSIP/trunk-1"
    )
    desk.say(late)
    assert desk.orders(HangUp) == []
    assert desk.ix(attempt.interaction_id).channel == "PJSIP/trunk-1"
    desk.say(ev.SwitchBack(switch_version="22"))
    desk.talk(attempt)
    assert desk.ix(attempt.interaction_id).state is InteractionState.active
    assert desk.row(attempt).state is AttemptState.bridged


def test_a_leg_of_a_number_that_nobody_knows_any_more_is_hung_up() -> None:
    desk = Desk()
    desk.say(ev.StrayLeg(interaction_id="", leg="far-1", endpoint="trunk", dialled=True, channel="PJSIP/trunk-1"))
    assert [one.leg for one in desk.orders(HangUp)] == ["far-1"]
