"""After a (re)connect: what a snapshot repairs, and in which words."""

from datetime import timedelta

import pytest

from cti.events import (
    AgentLegEnded,
    CallerArrived,
    CallerInFallback,
    CallRepaired,
    Joined,
    PhoneChanged,
    StrayLeg,
)
from cti.facts import Device, DeviceChanged, LegEnded, LegSnapshot, Place, Snapshot
from tests.support.callbook import CALLER_WAITS, TALK, Desk, names, placed, seen, started

pytestmark = pytest.mark.unit

CALLER = seen("c1")
AGENT = seen(
    "a1", channel="PJSIP/cti-phone-01-a1", endpoint="cti-phone-01", interaction_id="ix-c1", role="agent", place=None
)
QUEUE_LEG = seen(
    "q1",
    channel="PJSIP/cti-phone-02-q1",
    endpoint="cti-phone-02",
    interaction_id="ix-c1",
    linked="c1",
    role="",
    place=None,
    up=False,
    ringing=True,
)


def snapshot(*legs: LegSnapshot, **devices: Device) -> Snapshot:
    listed = tuple((name.replace("_", "-"), device) for name, device in devices.items())
    return Snapshot(legs=legs, devices=listed, switch_version="22.1")


def told(desk: Desk, *legs: LegSnapshot) -> list[str]:
    return [name for name in names(desk.take(snapshot(*legs))) if name != "CallRepaired"]


def known(*facts: object) -> Desk:
    desk = Desk()
    desk.take(*facts)  # type: ignore[arg-type]
    return desk


def bridged(leg: LegSnapshot, bridge: str = "b1") -> LegSnapshot:
    return seen(
        **{**{name: getattr(leg, name) for name in LegSnapshot.__slots__}, "bridge": bridge, "place": None, "up": True}
    )


def test_given_no_difference_then_only_the_return_is_told() -> None:
    assert told(known(*CALLER_WAITS), CALLER) == ["SwitchBack"]
    assert told(known(*TALK), bridged(CALLER), bridged(AGENT)) == ["SwitchBack"]


def test_given_legs_that_are_gone_then_they_ended_with_an_unknown_cause() -> None:
    desk = known(*TALK)
    assert told(desk) == ["CallerLeft", "AgentLegEnded", "SwitchBack"]
    assert desk.state() == []


def test_given_a_gone_agents_leg_then_its_caller_tells_how_it_ended() -> None:
    desk = known(*TALK)
    desk.take(snapshot(seen("c1", place=Place.after, gone="a1:16")))
    assert [(end.leg, end.cause) for end in desk.of(AgentLegEnded)] == [("a1", 16)]
    other = known(*TALK)
    other.take(snapshot(seen("c1", place=Place.after, gone="a0:16")))
    assert [end.cause for end in other.of(AgentLegEnded)] == [0], "that was an earlier leg"


def test_given_a_channel_that_could_not_be_read_then_it_has_not_ended() -> None:
    for name in ("c1", "PJSIP/trunk-c1"):
        desk = known(*CALLER_WAITS)
        desk.take(Snapshot(legs=(), devices=(), unread=(name,)))
        assert desk.book.alive("c1")


def test_given_an_unknown_leg_of_ours_that_only_rings_then_nobody_waits_for_it() -> None:
    desk = known(*CALLER_WAITS)
    ours = "leg-00000000002a-0001"
    rings = seen(
        ours, endpoint="cti-phone-01", interaction_id="ix-c1", role="agent", place=None, up=False, ringing=True
    )
    desk.take(snapshot(CALLER, rings))
    assert [one.leg for one in desk.of(StrayLeg)] == [ours]


def test_given_callers_from_before_the_outage_then_they_arrived_when_their_channels_came() -> None:
    desk = Desk()
    desk.take(snapshot(seen("c1", seconds=90)))
    assert desk.of(CallerArrived)[0].since == desk.now - timedelta(seconds=90)


def test_given_a_restart_with_calls_in_progress_then_they_are_adopted_as_they_are() -> None:
    desk = Desk()
    assert told(desk, bridged(AGENT), bridged(CALLER)) == ["CallerArrived", "AgentLegUp", "Joined", "SwitchBack"]
    assert desk.of(Joined)[0].agent_channel == "PJSIP/cti-phone-01-a1"


@pytest.mark.parametrize(
    ("place", "event"),
    [(Place.waiting, "CallerWaits"), (Place.held, "CallerHeld"), (Place.after, "CallerAfter")],
)
def test_given_an_unknown_caller_then_it_arrives_where_it_is(place: Place, event: str) -> None:
    desk = Desk()
    assert told(desk, seen("c1", place=place, did="555", number="+34600", name="José")) == [
        "CallerArrived",
        event,
        "SwitchBack",
    ]
    assert desk.of(CallerArrived)[0].number == "+34600"


def test_given_a_caller_in_the_fallback_whose_phone_rings_then_it_is_told_as_ringing_only() -> None:
    in_fallback = seen("c1", place=Place.fallback)
    for desk in (Desk(), known(*CALLER_WAITS)):
        desk.take(snapshot(QUEUE_LEG, in_fallback))
        assert [event.ringing for event in desk.of(CallerInFallback)] == [True]
        desk.take(LegEnded(leg="q1", cause=19))
        assert [event.ringing for event in desk.of(CallerInFallback)] == [True, False]


def test_given_a_caller_in_the_fallback_not_rung_yet_then_it_can_be_taken_back() -> None:
    desk = known(*CALLER_WAITS)
    assert told(desk, seen("c1", place=Place.fallback)) == ["CallerInFallback", "SwitchBack"]
    assert desk.of(CallerInFallback)[0].ringing is False


def test_given_a_caller_answered_by_the_fallback_then_the_join_is_not_ours() -> None:
    desk = known(*CALLER_WAITS)
    desk.take(snapshot(bridged(CALLER), bridged(QUEUE_LEG)))
    assert [(one.ours, one.endpoint) for one in desk.of(Joined)] == [(False, "cti-phone-02")]


def test_given_a_talk_that_was_put_on_hold_unheard_then_they_part_and_the_caller_is_held() -> None:
    desk = known(*TALK)
    idle = seen(**{**{name: getattr(AGENT, name) for name in LegSnapshot.__slots__}, "place": Place.idle})
    assert told(desk, seen("c1", place=Place.held), idle) == ["CallerHeld", "SwitchBack"]


def test_given_a_talk_that_changed_bridges_unheard_then_they_part_and_join_again() -> None:
    desk = known(*TALK)
    assert told(desk, bridged(CALLER, "b2"), bridged(AGENT, "b2")) == ["Joined", "SwitchBack"]


def test_given_each_repair_then_it_is_named() -> None:
    desk = known(*TALK)
    desk.take(snapshot(bridged(CALLER)))
    assert [(one.leg, one.repair) for one in desk.of(CallRepaired)] == [("a1", "LegEnded")]


def test_given_a_caller_that_we_thought_gone_then_it_is_adopted_again() -> None:
    desk = known(*CALLER_WAITS, LegEnded(leg="c1", cause=16))
    assert told(desk, CALLER) == ["CallerArrived", "CallerWaits", "SwitchBack"]


def test_given_foreign_channels_then_they_are_left_alone() -> None:
    desk = Desk()
    assert told(desk, seen("x1", interaction_id="", role="", place=None)) == ["SwitchBack"]
    assert list(desk.book.legs) == []


def test_given_devices_then_their_reach_is_corrected_and_the_missing_are_lost() -> None:
    desk = known(
        DeviceChanged(endpoint="cti-phone-01", device=Device.reachable),
        DeviceChanged(endpoint="cti-phone-02", device=Device.reachable),
        DeviceChanged(endpoint="cti-phone-03", device=Device.lost),
    )
    desk.events.clear()
    desk.take(snapshot(cti_phone_02=Device.in_use, cti_phone_03=Device.reachable))
    changes = {event.endpoint: event.reachable for event in desk.of(PhoneChanged)}
    assert changes == {"cti-phone-01": False, "cti-phone-03": True}


def test_given_thousands_of_callers_then_one_snapshot_adopts_them_all() -> None:
    desk = Desk()
    desk.take(snapshot(*(seen(f"c{number}") for number in range(3000))))
    assert len(desk.of(CallerArrived)) == 3000
    assert names(desk.events)[-1] == "SwitchBack"


def test_given_a_snapshot_twice_then_the_second_repairs_nothing() -> None:
    desk = known(started("q9", linked="c1"), *CALLER_WAITS, placed("c1", Place.fallback))
    everything = snapshot(seen("c1", place=Place.fallback), QUEUE_LEG)
    desk.take(everything)
    assert names(desk.take(everything)) == ["SwitchBack"]
