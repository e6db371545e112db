"""An agent calls somebody: permit, the agent's phone, the number; each once, and each end with its outcome."""

from __future__ import annotations

import pytest

from cti import events as ev
from cti.orders import DialOut, HangUp, RingDialler
from kernel.errors import TrunklineError
from routing.attempts import AttemptState, Trunk, outcome_of
from routing.attempts import Outcome as What
from routing.dialling import AskPermit, PermitRefused, ReleaseNumber
from routing.messages import CallerIdentified, FinishWrapUp, HangUpCall, SetPresence
from routing.rows import Duty, InteractionState, Match, Presence, Standing, StintState
from tests.unit.routing.dialdesk import NUMBER, Desk, asked_and_ringing

pytestmark = pytest.mark.unit


def test_given_no_permit_yet_then_nobody_is_rung() -> None:
    desk = Desk()
    attempt = desk.dial()
    assert [order.number for order in desk.orders(AskPermit)] == [NUMBER]
    assert desk.orders(RingDialler) == []
    assert desk.orders(DialOut) == []
    assert desk.ix(attempt.interaction_id).state is InteractionState.dialling
    assert desk.state.agents["ana"].duty is Duty.reserved


def test_given_the_permit_then_the_agents_phone_rings_and_then_the_number_once() -> None:
    desk = Desk()
    attempt = desk.dial()
    desk.grant(attempt)
    desk.grant(attempt)
    assert len(desk.orders(RingDialler)) == 1
    assert desk.orders(DialOut) == []
    desk.agent_answers(attempt)
    desk.agent_answers(attempt)
    (order,) = desk.orders(DialOut)
    assert (order.number, order.permit_id, order.caller_number) == (NUMBER, "permit-1", "+34910000000")
    assert order.agent_channel == "PJSIP/cti-phone-01-1"


def test_a_whole_call_ends_in_wrap_up_and_the_agent_is_as_before() -> None:
    desk = Desk(Presence.paused)
    before = desk.state.agents["ana"]
    attempt = asked_and_ringing(desk)
    desk.talk(attempt)
    assert desk.row(attempt).state is AttemptState.bridged
    assert desk.ix(attempt.interaction_id).state is InteractionState.active
    assert desk.ix(attempt.interaction_id).channel == "PJSIP/trunk-1"
    desk.wait(30)
    desk.number_ends(attempt, 16)
    assert (desk.row(attempt).state, desk.row(attempt).outcome) == (AttemptState.ended, What.reached)
    assert desk.stint(attempt.interaction_id).state is StintState.wrapping
    desk.agent_ends(attempt)
    desk.say(FinishWrapUp(actor="ana", interaction_id=attempt.interaction_id, disposition_id="resolved"))
    after = desk.state.agents["ana"]
    assert (after.presence, after.pause_reason, after.duty) == (before.presence, before.pause_reason, Duty.idle)
    assert after.standing is Standing.paused


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [
        (17, What.busy),
        (19, What.no_answer),
        (21, What.rejected),
        (1, What.invalid),
        (34, What.failed),
        (0, What.failed),
    ],
)
def test_each_end_has_its_outcome_and_the_agent_is_free(cause: int, outcome: What) -> None:
    desk = Desk()
    attempt = asked_and_ringing(desk)
    desk.number_ends(attempt, cause)
    assert desk.row(attempt).outcome is outcome
    assert [order.leg for order in desk.orders(HangUp)] == [attempt.leg]
    assert desk.state.agents["ana"].duty is Duty.idle
    assert attempt.interaction_id not in desk.state.interactions
    saved = desk.out.changes["interactions", attempt.interaction_id].row
    assert (saved.state, saved.end_reason) == (InteractionState.closed, outcome.value)
    assert [one.attempt_id for one in desk.out.writes if isinstance(one, ReleaseNumber)] == [attempt.id]


def test_given_an_agent_who_gives_up_then_the_number_is_hung_up_and_its_end_awaited() -> None:
    desk = Desk()
    attempt = asked_and_ringing(desk)
    desk.agent_ends(attempt)
    assert [order.leg for order in desk.orders(HangUp)] == [attempt.customer_leg]
    assert desk.row(attempt).ended_at is None, "the number is not free before its leg is gone"
    desk.number_ends(attempt, 16)
    assert desk.row(attempt).outcome is What.cancelled


@pytest.mark.parametrize(
    ("cause", "unseen", "outcome"),
    [(16, False, What.cancelled), (0, False, What.cancelled), (44, False, What.failed), (0, True, What.failed)],
)
def test_an_agents_phone_that_is_lost_while_the_number_rings_did_not_give_it_up(
    cause: int, unseen: bool, outcome: What
) -> None:
    """A phone's own hang-up outside a bridge is told without a cause by Asterisk."""
    desk = Desk()
    attempt = asked_and_ringing(desk)
    desk.agent_ends(attempt, cause, unseen)
    assert [order.leg for order in desk.orders(HangUp)] == [attempt.customer_leg]
    desk.number_ends(attempt, 16)
    assert desk.row(attempt).outcome is outcome


def test_a_number_that_rang_until_we_hung_up_was_not_answered() -> None:
    desk = Desk()
    attempt = asked_and_ringing(desk)
    desk.wait(35)
    assert [order.leg for order in desk.orders(HangUp)] == [attempt.customer_leg]
    desk.number_ends(attempt, 16)
    assert desk.row(attempt).outcome is What.no_answer


def test_given_an_agent_who_gives_up_before_the_permit_then_a_late_permit_dials_nobody() -> None:
    desk = Desk()
    attempt = desk.dial()
    desk.say(HangUpCall(actor="ana", interaction_id=attempt.interaction_id))
    desk.grant(attempt)
    assert desk.row(attempt).outcome is What.cancelled
    assert desk.orders(RingDialler) == []
    assert desk.state.agents["ana"].duty is Duty.idle


def test_given_a_refusal_then_nobody_is_rung_and_the_history_stays_clean() -> None:
    desk = Desk()
    attempt = desk.dial()
    ids = {"attempt_id": attempt.id, "interaction_id": attempt.interaction_id}
    desk.say(PermitRefused(**ids, error="do_not_call", message="On a list."))
    assert desk.row(attempt).outcome is What.refused
    assert desk.orders(RingDialler) == []
    assert desk.state.agents["ana"].duty is Duty.idle
    assert [one for one in desk.out.writes if type(one).__name__ == "SaveTimelineEntry"] == []


def test_given_a_customer_found_before_the_refusal_then_the_history_stays_clean_too() -> None:
    desk = Desk()
    attempt = desk.dial(customer_id=None)
    desk.say(CallerIdentified(interaction_id=attempt.interaction_id, match=Match.known, customer_id="cu-1"))
    ids = {"attempt_id": attempt.id, "interaction_id": attempt.interaction_id}
    desk.say(PermitRefused(**ids, error="do_not_call", message="On a list."))
    assert [one for one in desk.out.writes if type(one).__name__ == "SaveTimelineEntry"] == []


def test_given_an_agents_phone_that_is_not_answered_then_the_number_was_never_dialled() -> None:
    desk = Desk()
    attempt = desk.dial()
    desk.grant(attempt)
    desk.live_legs.add(attempt.leg)
    desk.agent_ends(attempt, 19)
    assert desk.row(attempt).outcome is What.failed
    assert desk.row(attempt).dialed_at is None
    assert desk.orders(DialOut) == []


def test_given_silence_of_the_switch_then_the_agent_is_not_kept_for_ever() -> None:
    desk = Desk()
    attempt = asked_and_ringing(desk)
    desk.wait(60)
    assert desk.row(attempt).outcome is What.unknown
    assert desk.state.agents["ana"].duty is Duty.idle


def test_given_no_permit_in_time_then_the_agent_is_free_and_a_late_one_dials_nobody() -> None:
    desk = Desk()
    attempt = desk.dial()
    desk.wait(9)
    desk.grant(attempt)
    assert desk.row(attempt).outcome is What.failed
    assert desk.orders(RingDialler) == []


def test_while_dialling_no_caller_is_offered() -> None:
    desk = Desk()
    desk.dial()
    ix = desk.call("one")
    assert desk.offers(ix) == {}


@pytest.mark.parametrize("presence", [Presence.ready, Presence.paused])
def test_ready_or_paused_agents_may_dial_and_others_may_not(presence: Presence) -> None:
    desk = Desk(presence)
    desk.dial()
    with pytest.raises(TrunklineError) as twice:
        desk.dial()
    assert twice.value.id == "agent_busy"


def test_who_is_out_ringing_talking_or_wrapping_up_may_not_dial() -> None:
    desk = Desk()
    refused = []
    ix = desk.call("one")
    for step in (lambda: desk.ring(ix), lambda: desk.answer(ix), lambda: desk.caller_leaves(ix)):
        step()
        with pytest.raises(TrunklineError) as no:
            desk.dial()
        refused.append(no.value.id)
    desk.say(FinishWrapUp(actor="ana", interaction_id=ix, disposition_id="resolved"))
    desk.say(SetPresence(actor="ana", agent_id="ana", presence=Presence.out))
    with pytest.raises(TrunklineError) as out:
        desk.dial()
    assert [*refused, out.value.id] == ["agent_busy", "agent_busy", "finish_wrap_up_first", "agent_out"]


def test_without_a_trunk_or_a_link_nobody_is_called() -> None:
    with pytest.raises(TrunklineError) as no_trunk:
        Desk(trunk="").dial()
    desk = Desk()
    desk.say(ev.SwitchLost(reason="closed"))
    with pytest.raises(TrunklineError) as no_link:
        desk.dial()
    assert (no_trunk.value.id, no_link.value.id) == ("no_trunk", "link_down")


def test_what_an_end_means() -> None:
    assert outcome_of(17, unseen=False, answered=True, given_up=False) is What.dropped
    assert outcome_of(16, unseen=False, answered=False, given_up=True) is What.cancelled
    assert outcome_of(0, unseen=True, answered=False, given_up=False) is What.unknown
    assert Trunk("main", "").dial == ""
