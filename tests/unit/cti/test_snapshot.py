"""The snapshot: lists of a real switch, and what was said while they were collected."""

import pytest

from cti.ami.parse import parse
from cti.ami.snapshot import build
from cti.ami.wire import Framer
from cti.facts import (
    BridgeEntered,
    BridgeLeft,
    Device,
    DeviceChanged,
    Heard,
    LegEnded,
    LegPlaced,
    LegRinging,
    LegSaid,
    LegSnapshot,
    LegUp,
    Place,
    Snapshot,
)
from kernel.messages import Fact
from tests.support.callbook import Desk, names, placed, started, transcript

pytestmark = pytest.mark.unit


def lists_in(name: str) -> list[Snapshot]:
    """One snapshot for each StatusComplete in a transcript, with the device list that follows it."""
    found: list[Snapshot] = []
    channels: list[bytes] = []
    for message in Framer().feed(transcript(name)):
        if message.startswith(b"Event: Status\r\n"):
            channels.append(message)
        elif message.startswith(b"Event: StatusComplete"):
            found.append(build(channels, [], [], "22"))
            channels = []
    return found


def status(leg: str, *, context: str = "cti-hold", bridge: str = "", state: str = "6", **variables: str) -> bytes:
    lines = ["Event: Status", f"Channel: PJSIP/trunk-{leg}", f"ChannelState: {state}", f"Context: {context}"]
    lines += [f"Uniqueid: {leg}", f"Linkedid: {leg}", f"BridgeID: {bridge}", "Seconds: 7"]
    named = {"CTI_IX": f"ix-{leg}", "CTI_ROLE": "caller", "CTI_CLAIM": "(null)"} | variables
    return "\r\n".join([*lines, *(f"Variable: {key}={value}" for key, value in named.items())]).encode()


def one(channels: list[bytes], *meanwhile: Fact) -> LegSnapshot | None:
    legs = build(channels, [], meanwhile, "").legs
    return legs[0] if legs else None


def test_given_the_lists_of_a_real_switch_then_the_waiting_caller_is_read() -> None:
    empty, waiting, *_ = lists_in("snapshots")
    assert empty.legs == ()
    (leg,) = waiting.legs
    assert leg.role == "caller"
    assert leg.place is Place.waiting
    assert leg.interaction_id == f"ix-{leg.leg}"
    assert leg.did == "5551234"
    assert leg.gone == ""
    assert leg.number == "+34600111222"
    assert leg.up
    assert leg.bridge is None


def test_given_the_lists_of_a_real_talk_then_both_legs_are_in_one_bridge_and_in_no_place() -> None:
    talk = lists_in("snapshots")[2].legs
    assert {leg.role for leg in talk} == {"caller", "agent"}
    assert len({leg.bridge for leg in talk}) == 1
    assert {leg.place for leg in talk} == {None}
    assert len({leg.interaction_id for leg in talk}) == 1


@pytest.mark.parametrize(
    ("context", "place"),
    [
        ("cti-in", Place.entered),
        ("cti-hold", Place.waiting),
        ("cti-say", Place.waiting),
        ("cti-held", Place.held),
        ("cti-fallback", Place.fallback),
        ("cti-after", Place.after),
        ("cti-idle", Place.idle),
        ("cti-pickup", None),
        ("from-trunk", None),
    ],
)
def test_given_a_context_then_it_names_the_place(context: str, place: Place | None) -> None:
    leg = one([status("c1", context=context)])
    assert leg is not None
    assert leg.place is place


def test_given_a_leg_that_ended_meanwhile_then_it_is_not_listed() -> None:
    assert one([status("c1")], LegEnded(leg="c1", cause=16)) is None


def test_given_a_leg_that_came_meanwhile_then_it_is_listed() -> None:
    leg = one([], started("c1"), placed("c1", Place.entered), LegUp(leg="c1"), placed("c1", Place.waiting))
    assert leg is not None
    assert (leg.role, leg.place, leg.up, leg.interaction_id) == ("caller", Place.waiting, True, "ix-c1")


def test_given_a_phone_rung_by_the_switch_meanwhile_then_it_belongs_to_its_caller() -> None:
    legs = build(
        [status("c1", context="cti-fallback")], [], [started("q1", linked="c1"), LegRinging(leg="q1")], ""
    ).legs
    assert (legs[1].interaction_id, legs[1].role, legs[1].ringing) == ("ix-c1", "", True)


def test_given_a_phone_rung_meanwhile_for_a_number_that_was_dialled_then_it_belongs_to_that_customer() -> None:
    """The two have the Linkedid of the agent's leg, which is gone."""
    far, fallback = "far-00000000002a-0001", {"interaction_id": "ix-1", "linked": "leg-00000000002a-0002"}
    place = LegPlaced(leg=far, channel="PJSIP/trunk-1", place=Place.fallback, **fallback)
    customer, rung = build([], [], [place, started("q1", linked="leg-00000000002a-0002")], "").legs
    assert (customer.role, customer.linked) == ("dialled", "leg-00000000002a-0002")
    assert (rung.interaction_id, rung.role) == ("ix-1", "")


def test_given_bridges_entered_and_left_meanwhile_then_the_last_word_counts() -> None:
    entered = one([status("c1")], BridgeEntered(leg="c1", bridge="b1"))
    assert entered is not None
    assert (entered.bridge, entered.place) == ("b1", None)
    left = one([status("c1", bridge="b1")], BridgeLeft(leg="c1", bridge="b1"), placed("c1", Place.after))
    assert left is not None
    assert (left.bridge, left.place) == (None, Place.after)


def test_given_devices_then_changes_meanwhile_are_newer_than_the_list() -> None:
    listed = [
        b"Event: DeviceStateChange\r\nDevice: PJSIP/cti-phone-01\r\nState: NOT_INUSE",
        b"Event: DeviceStateChange\r\nDevice: PJSIP/cti-phone-02\r\nState: UNAVAILABLE",
        b"Event: DeviceStateChange\r\nDevice: Queue:cti-fallback_avail\r\nState: INUSE",
    ]
    found = build([], listed, [DeviceChanged(endpoint="cti-phone-02", device=Device.reachable)], "22.1")
    assert found.devices == (("cti-phone-01", Device.reachable), ("cti-phone-02", Device.reachable))
    assert found.switch_version == "22.1"


def test_given_a_row_that_cannot_be_read_then_the_others_are_kept() -> None:
    assert [leg.leg for leg in build([b"Event: Status\r\nChannel: x", status("c2")], [], [], "").legs] == ["c2"]


def shell_of(leg: str) -> bytes:
    """What Asterisk may leave of a caller whom Bridge() took: same variables, same interaction, down, nobody there."""
    return status(f"{leg}-9", context="cti-held", state="0", CTI_IX=f"ix-{leg}").replace(
        b"Channel: PJSIP/", b"Channel: Surrogate/PJSIP/"
    )


def test_given_a_shell_beside_a_caller_then_only_the_caller_is_in_the_snapshot() -> None:
    found = build([shell_of("c1"), status("c1")], [], [], "")

    assert [leg.leg for leg in found.legs] == ["c1"]
    assert found.unread == (), "nothing is to be concluded about a shell either"


def test_given_a_shell_that_was_known_as_a_call_then_the_snapshot_ends_that_call() -> None:
    shell = "c1-9"
    desk = Desk()
    desk.take(started(shell), placed(shell, Place.held))
    assert desk.book.alive(shell)

    told = desk.take(build([shell_of("c1")], [], [], ""))

    assert not desk.book.alive(shell)
    assert "CallerLeft" in names(told)


@pytest.mark.parametrize("event", ["Newchannel", "Newstate", "Hangup", "BridgeEnter", "UserEvent"])
def test_given_an_event_of_a_shell_then_it_is_no_fact(event: str) -> None:
    headers = {"Channel": "Surrogate/PJSIP/trunk-c1", "Uniqueid": "c1-9", "Linkedid": "c1", "ChannelState": "6"}
    headers |= {"BridgeUniqueid": "b1", "Cause": "16", "UserEvent": "CtiHeld", "Ix": "ix-c1"}
    lines = [f"Event: {event}", *(f"{key}: {value}" for key, value in headers.items())]
    block = "\r\n".join(lines).encode()

    assert parse(block) is None
    assert parse(block.replace(b"Surrogate/", b"")) is not None, "of a call it is one"


def test_given_what_was_said_last_then_it_is_listed_and_what_ended_meanwhile_is_newer() -> None:
    before = one([status("c1", context="cti-say", CTI_SAID="an-1:played")])
    after = one(
        [status("c1", context="cti-say", CTI_SAID="an-1:played")],
        LegSaid(leg="c1", interaction_id="ix-c1", step="an-2", result=Heard.missing),
    )
    assert before is not None
    assert after is not None
    assert (before.said, after.said) == ("an-1:played", "an-2:missing")
