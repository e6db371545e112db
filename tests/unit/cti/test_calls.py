"""The CallBook: what facts mean, one small story each."""

from datetime import UTC, datetime, timedelta

import pytest

from cti.calls import CallBook
from cti.events import (
    AgentLegEnded,
    CallerArrived,
    CallerInFallback,
    CallerLeft,
    Joined,
    LegOrdered,
    LegUnwanted,
    OrderFailed,
    PhoneChanged,
    StrayLeg,
)
from cti.facts import (
    BridgeEntered,
    BridgeLeft,
    Device,
    DeviceChanged,
    LegAsked,
    LegEnded,
    LegRinging,
    LegUp,
    LinkDown,
    OrderDone,
    PickupEnded,
    Place,
    Snapshot,
)
from cti.machines import LEG, LegState
from cti.orders import TakeOrders
from kernel.core import Core, Outcome
from kernel.messages import Fact, Message
from tests.support.callbook import (
    AGENT_ANSWERS,
    BRIDGED,
    CALLER_WAITS,
    TALK,
    Desk,
    facts_of,
    names,
    placed,
    seen,
    started,
    transcript,
)

pytestmark = pytest.mark.unit


def desk(*facts: Message) -> Desk:
    made = Desk()
    made.take(*facts)
    return made


def test_given_a_new_caller_then_it_arrives_and_waits() -> None:
    assert names(desk(*CALLER_WAITS).events) == ["CallerArrived", "CallerWaits"]


def test_given_an_agents_leg_then_its_ringing_and_answer_are_told() -> None:
    told = desk(*CALLER_WAITS).take(
        LegAsked(leg="a1", endpoint="cti-phone-01", interaction_id="ix-c1"),
        started("a1", "cti-phone-01"),
        LegRinging(leg="a1"),
        LegUp(leg="a1"),
    )
    assert names(told) == ["AgentLegRinging", "AgentLegUp"]


def test_given_one_leg_in_a_bridge_then_nobody_is_joined() -> None:
    assert desk(*CALLER_WAITS, *AGENT_ANSWERS, BRIDGED[0]).of(Joined) == []


def test_given_both_legs_in_different_bridges_then_nobody_is_joined() -> None:
    talk = desk(*CALLER_WAITS, *AGENT_ANSWERS, BRIDGED[0], BridgeEntered(leg="a1", bridge="b2"))
    assert talk.of(Joined) == []


@pytest.mark.parametrize("order", [BRIDGED, tuple(reversed(BRIDGED))])
def test_given_both_legs_in_one_bridge_then_they_are_joined_once(order: tuple[Fact, ...]) -> None:
    joined = desk(*CALLER_WAITS, *AGENT_ANSWERS, *order, *order).of(Joined)
    assert joined == [
        Joined(
            interaction_id="ix-c1",
            caller_leg="c1",
            agent_leg="a1",
            agent_channel="PJSIP/cti-phone-01-a1",
            endpoint="cti-phone-01",
            ours=True,
        )
    ]


def test_given_a_bridge_without_a_heard_answer_then_the_answer_is_told_first() -> None:
    told = desk(*CALLER_WAITS, *AGENT_ANSWERS[:2], *BRIDGED).events
    assert names(told)[-2:] == ["AgentLegUp", "Joined"]


def test_given_a_talk_when_the_agent_hangs_up_then_they_part_once_and_the_caller_is_after() -> None:
    told = desk(*TALK).take(
        BridgeLeft(leg="a1", bridge="b1"),
        BridgeLeft(leg="c1", bridge="b1"),
        placed("c1", Place.after),
        LegEnded(leg="a1", cause=16),
    )
    assert names(told) == ["CallerAfter", "AgentLegEnded"]


def test_given_a_talk_when_the_end_of_the_bridge_is_not_heard_then_the_hang_up_parts_them() -> None:
    told = desk(*TALK).take(LegEnded(leg="c1", cause=16), LegEnded(leg="a1", cause=16))
    assert names(told) == ["CallerLeft", "AgentLegEnded"]


def test_given_hold_and_resume_then_each_step_is_told() -> None:
    hold = (BridgeLeft(leg="c1", bridge="b1"), BridgeLeft(leg="a1", bridge="b1"))
    again = (BridgeEntered(leg="c1", bridge="b2"), BridgeEntered(leg="a1", bridge="b2"))
    held = desk(*TALK)
    told = held.take(*hold, placed("c1", Place.held), placed("a1", Place.idle, "cti-phone-01"), *again)
    assert names(told) == ["CallerHeld", "Joined"]
    off = (BridgeLeft(leg="c1", bridge="b2"), placed("c1", Place.held))
    assert names(held.take(*off)) == ["CallerHeld"]


def test_given_a_place_heard_before_the_end_of_the_bridge_then_the_leg_has_left_it() -> None:
    assert names(desk(*TALK).take(placed("c1", Place.after))) == ["CallerAfter"]


def test_given_a_bridge_that_was_left_but_not_seen_entered_then_the_next_place_is_news() -> None:
    told = desk(*CALLER_WAITS).take(BridgeLeft(leg="c1", bridge="b1"), placed("c1", Place.waiting))
    assert names(told) == ["CallerWaits"]


def test_given_a_claim_refused_then_the_legs_end_says_stale() -> None:
    stale = PickupEnded(leg="a1", interaction_id="ix-c1", claim="of-1", result="STALE")
    ends = desk(*CALLER_WAITS, *AGENT_ANSWERS, stale, LegEnded(leg="a1", cause=16)).of(AgentLegEnded)
    assert [(end.leg, end.stale, end.cause) for end in ends] == [("a1", True, 16)]


def test_given_a_leg_that_never_came_then_its_end_is_told_all_the_same() -> None:
    asked = LegAsked(leg="a1", endpoint="cti-phone-01", interaction_id="ix-c1")
    ends = desk(*CALLER_WAITS, asked, LegEnded(leg="a1", cause=20)).of(AgentLegEnded)
    assert [(end.leg, end.cause, end.endpoint) for end in ends] == [("a1", 20, "cti-phone-01")]


OURS = "leg-00000000002a-0001"


def ordered(*facts: Message) -> Desk:
    made = Desk()
    made.take(*CALLER_WAITS, LegOrdered(interaction_id="ix-c1", leg=OURS, endpoint="cti-phone-01"), *facts)
    return made


def asked() -> LegAsked:
    return LegAsked(leg=OURS, endpoint="cti-phone-01", interaction_id="ix-c1")


def test_given_a_leg_whose_order_ended_as_unknown_then_it_ends_and_the_phone_is_free() -> None:
    swallowed = ordered(asked(), OrderDone(order_id="ring-1", ok=False, unknown=True, leg=OURS))
    assert swallowed.book.in_use("cti-phone-01"), "it may still come"
    swallowed.pass_time(timedelta(seconds=5))
    assert [(end.leg, end.cause) for end in swallowed.of(AgentLegEnded)] == [(OURS, 0)]
    assert not swallowed.book.in_use("cti-phone-01")


def test_given_a_leg_whose_order_was_refused_then_it_ends_at_once() -> None:
    refused = ordered(OrderDone(order_id="ring-1", ok=False, message="no link", leg=OURS))
    refused.pass_time(timedelta())
    assert not refused.book.alive(OURS)


def test_given_a_leg_of_which_nothing_is_ever_heard_then_it_ends_by_its_deadline() -> None:
    silent = ordered()
    silent.pass_time(timedelta(seconds=60))
    assert not silent.book.alive(OURS)


def test_given_a_leg_that_came_then_no_deadline_ends_it() -> None:
    came = ordered(asked(), started(OURS, "cti-phone-01"))
    came.pass_time(timedelta(seconds=120))
    assert came.book.alive(OURS)


@pytest.mark.parametrize("forgotten", [False, True])
def test_given_a_leg_that_was_given_up_when_it_comes_after_all_then_it_is_told_as_a_stray(forgotten: bool) -> None:
    zombie = ordered(asked(), LegEnded(leg=OURS, cause=20))
    if forgotten:
        zombie.pass_time(timedelta(seconds=120))
    zombie.take(started(OURS, "cti-phone-01"))
    assert [one.leg for one in zombie.of(StrayLeg)] == [OURS]
    assert zombie.book.in_use("cti-phone-01")
    zombie.take(LegEnded(leg=OURS, cause=16))
    assert not zombie.book.in_use("cti-phone-01")


def test_given_a_leg_that_ended_when_its_start_is_told_again_then_it_is_no_stray() -> None:
    twice = ordered(asked(), started(OURS, "cti-phone-01"), LegEnded(leg=OURS, cause=16))
    assert twice.take(started(OURS, "cti-phone-01")) == []


def test_given_a_leg_ordered_but_not_sent_yet_then_a_snapshot_without_it_does_not_end_it() -> None:
    racing = ordered(Snapshot(legs=(seen("c1"),), devices=()))
    assert racing.book.alive(OURS)
    racing.take(asked(), Snapshot(legs=(seen("c1"),), devices=()))
    assert not racing.book.alive(OURS), "what was sent and is not there has ended"


def test_given_a_start_then_what_was_ordered_before_counts_as_sent() -> None:
    restarted = ordered(LinkDown(reason="start"), Snapshot(legs=(seen("c1"),), devices=()))
    assert not restarted.book.alive(OURS)


def test_given_an_unwanted_leg_then_its_end_says_stale_unless_the_link_was_lost_in_its_talk() -> None:
    unwanted = LegUnwanted(interaction_id="ix-c1", leg="a1")
    ends = desk(*TALK, unwanted, LegEnded(leg="a1", cause=16)).of(AgentLegEnded)
    assert ends[0].stale
    lost = desk(*TALK, unwanted, LinkDown(reason="closed"), LegEnded(leg="a1", cause=16))
    assert not lost.of(AgentLegEnded)[0].stale


def test_given_a_caller_in_the_fallback_then_its_ringing_phones_are_told() -> None:
    fallback = desk(*CALLER_WAITS, placed("c1", Place.fallback))
    fallback.take(started("q1", "cti-phone-02", linked="c1"), LegRinging(leg="q1"))
    fallback.take(LegEnded(leg="q1", cause=19), started("q2", "cti-phone-03", linked="c1"))
    assert [event.ringing for event in fallback.of(CallerInFallback)] == [False, True, False, True]


def test_given_two_phones_rung_at_once_then_the_fallback_is_told_at_the_first_and_after_the_last() -> None:
    fallback = desk(*CALLER_WAITS, placed("c1", Place.fallback))
    fallback.take(started("q1", linked="c1"), started("q2", linked="c1"))
    fallback.take(LegEnded(leg="q1", cause=19), LegEnded(leg="q2", cause=19))
    assert [event.ringing for event in fallback.of(CallerInFallback)] == [False, True, False]


def test_given_a_fallback_that_was_answered_then_the_join_is_not_ours() -> None:
    raw = transcript("fallback_with_answer")
    answered = desk(*facts_of(raw))
    joined = answered.of(Joined)
    assert [(one.endpoint, one.ours) for one in joined] == [("cti-phone-03", False)]
    assert [event.ringing for event in answered.of(CallerInFallback)] == [False, True]
    assert names(answered.events)[-3:] == ["CallerLeft", "AgentLegEnded", "PhoneChanged"]


def test_given_a_leg_of_somebody_else_then_nothing_is_told() -> None:
    other = desk(started("x1"), LegRinging(leg="x1"), LegUp(leg="x1"), BridgeEntered(leg="x1", bridge="b"))
    other.take(BridgeLeft(leg="x1", bridge="b"), LegEnded(leg="x1", cause=16))
    assert other.events == []
    assert list(other.book.legs) == []
    assert other.book.ignored.total() == 6


def test_given_a_caller_that_we_never_saw_arrive_then_it_is_adopted_where_it_is() -> None:
    adopted = desk(placed("c1", Place.waiting, number="+34600111222"))
    assert names(adopted.events) == ["CallerArrived", "CallerWaits"]
    assert adopted.of(CallerArrived)[0].number == "+34600111222"


def test_given_an_ended_leg_then_late_facts_do_not_bring_it_back() -> None:
    ended = desk(*TALK, LegEnded(leg="c1", cause=16))
    assert ended.take(*CALLER_WAITS, *BRIDGED) == []
    assert not ended.book.alive("c1")


def test_given_ended_legs_then_they_are_forgotten_after_half_a_minute() -> None:
    ended = desk(*TALK, LegEnded(leg="c1", cause=16))
    ended.pass_time(timedelta(seconds=20))
    ended.take(LegEnded(leg="a1", cause=16))
    ended.pass_time(timedelta(seconds=9))
    assert [row.id for row in ended.book.legs] == ["a1", "c1"]
    ended.pass_time(timedelta(seconds=6))
    assert [row.id for row in ended.book.legs] == ["a1"]
    ended.pass_time(timedelta(seconds=20))
    assert list(ended.book.legs) == []
    assert ended.core.next_due() is None


def test_given_devices_then_only_changes_of_reach_are_told() -> None:
    states = [Device.lost, Device.reachable, Device.in_use, Device.reachable, Device.lost, Device.lost]
    told = desk(*(DeviceChanged(endpoint="cti-phone-01", device=state) for state in states)).of(PhoneChanged)
    assert [event.reachable for event in told] == [False, True, False]


def test_given_a_failed_order_then_it_is_told_with_its_interaction() -> None:
    done = desk(
        OrderDone(order_id="o1", ok=True), OrderDone(order_id="o2", ok=False, message="no", interaction_id="ix")
    )
    assert done.events == [OrderFailed(order_id="o2", message="no", unknown=False, interaction_id="ix")]


def test_given_a_lost_link_then_the_switch_is_lost_and_the_calls_stay() -> None:
    lost = desk(*TALK)
    assert names(lost.take(LinkDown(reason="heartbeat"))) == ["SwitchLost"]
    assert lost.book.alive("c1")


def test_given_a_whole_held_call_of_a_real_switch_then_the_story_is_told() -> None:
    raw = transcript("hold_and_resume")
    whole = Desk()
    for fact in facts_of(raw):
        if getattr(fact, "endpoint", "") == "cti-phone-03" and names([fact]) == ["LegStarted"]:
            caller = whole.of(CallerArrived)[0]
            whole.take(LegAsked(leg=fact.leg, endpoint="cti-phone-03", interaction_id=caller.interaction_id))  # type: ignore[attr-defined]
        whole.take(fact)
    told = [name for name in names(whole.events) if name != "PhoneChanged"]
    assert told[:5] == ["CallerArrived", "CallerWaits", "AgentLegRinging", "AgentLegUp", "Joined"]
    assert told[5:7] == ["CallerHeld", "Joined"]
    assert sorted(told[7:]) == ["AgentLegEnded", "CallerLeft"]
    assert not any(row.live for row in whole.book.legs)
    assert len(whole.of(Joined)) == 2
    assert whole.of(CallerLeft)[0].cause == 16


FACTS = ("sent", "rings", "answers", "ends")
ALLOWED = {
    (LegState.asked, "sent"): LegState.new,
    (LegState.asked, "rings"): LegState.ringing,
    (LegState.asked, "answers"): LegState.up,
    (LegState.asked, "ends"): LegState.ended,
    (LegState.new, "rings"): LegState.ringing,
    (LegState.new, "answers"): LegState.up,
    (LegState.ringing, "answers"): LegState.up,
    (LegState.new, "ends"): LegState.ended,
    (LegState.ringing, "ends"): LegState.ended,
    (LegState.up, "ends"): LegState.ended,
}


@pytest.mark.parametrize("state", list(LegState))
@pytest.mark.parametrize("fact", FACTS)
def test_given_a_leg_in_a_state_then_a_fact_moves_it_as_the_table_says(state: LegState, fact: str) -> None:
    assert LEG.observe(state, fact) is ALLOWED.get((state, fact), state)


def test_given_a_snapshot_then_orders_may_be_sent_from_then_on_and_not_before_it() -> None:
    out, book = Outcome(), CallBook()
    core = Core(book.shelves, [book])
    core.take(Snapshot(legs=(seen("c1"),), devices=(), number=7), datetime(2026, 11, 22, tzinfo=UTC), out)

    assert isinstance(out.orders[0], TakeOrders)
    assert out.orders[0].snapshot == 7


def test_given_somebody_who_follows_the_phones_then_each_is_named_as_it_is_taken_and_let_go() -> None:
    desk, told = ordered(asked()), list[tuple[str, bool]]()
    desk.book.follow_phones(lambda phone: told.append((phone, desk.book.in_use("cti-phone-01"))))
    desk.take(started(OURS, "cti-phone-01"), LegEnded(leg=OURS, cause=16))
    assert ("cti-phone-01", True) in told
    assert told[-1] == ("cti-phone-01", False)
