"""AMI events to facts, on what a real Asterisk said and on what it should never say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.ami.parse import EVENTS, Malformed, event_name, origination, parse
from cti.ami.wire import Framer
from cti.facts import (
    ContactGone,
    Device,
    DeviceChanged,
    LegEnded,
    LegPlaced,
    LegRinging,
    LegStarted,
    LegUp,
    PickupEnded,
    Place,
    RecordingStarted,
)
from kernel.messages import Fact
from tests.support.callbook import facts_of, transcript, transcript_names

pytestmark = pytest.mark.unit


def event(*lines: str) -> bytes:
    return "\r\n".join(lines).encode()


def kinds(name: str) -> set[str]:
    return {type(fact).__name__ for fact in facts_of(transcript(name))}


@pytest.mark.parametrize("name", transcript_names())
def test_given_a_transcript_then_no_event_that_we_use_is_refused(name: str) -> None:
    used = [m for m in Framer().feed(transcript(name)) if m.startswith(b"Event") and event_name(m) in EVENTS]
    for message in used:
        parse(message)
    assert used


def test_given_a_talk_then_each_kind_of_fact_is_read() -> None:
    assert kinds("hold_and_resume") >= {
        "LegStarted",
        "LegRinging",
        "LegUp",
        "LegPlaced",
        "RecordingStarted",
        "BridgeEntered",
        "BridgeLeft",
        "PickupEnded",
        "LegEnded",
        "DeviceChanged",
    }


def test_given_the_places_of_a_held_call_then_they_are_in_order() -> None:
    facts = facts_of(transcript("hold_and_resume"))
    places = [f.place for f in facts if isinstance(f, LegPlaced)]
    assert places[:2] == [Place.entered, Place.waiting]
    assert set(places[2:4]) == {Place.held, Place.idle}


def test_given_letters_of_other_alphabets_then_they_are_whole() -> None:
    entered = [f for f in facts_of(transcript("fallback_with_answer")) if isinstance(f, LegPlaced)]
    assert entered[0].name == "Łucja Żółć"
    assert entered[0].did == "5551234"


def test_given_a_claim_that_was_refused_then_the_pickup_says_stale() -> None:
    ends = [f for f in facts_of(transcript("stale_claim")) if isinstance(f, PickupEnded)]
    assert [f.result for f in ends] == ["STALE"]


def test_given_a_phone_that_registers_and_goes_then_its_device_is_reachable_and_lost() -> None:
    facts = [f for f in facts_of(transcript("register_and_unregister")) if isinstance(f, DeviceChanged)]
    assert [f.device for f in facts if f.endpoint == "cti-phone-04"] == [Device.reachable, Device.lost]


def test_given_a_phone_without_a_contact_then_the_origination_failed_with_subscriber_absent() -> None:
    messages = Framer().feed(transcript("agent_unregistered"))
    ends = [origination(m) for m in messages if event_name(m) == b"OriginateResponse"]
    assert [(end.ok, end.cause) for end in ends if end] == [(False, 20)]


NEWCHANNEL = ("Event: Newchannel", "Channel: PJSIP/trunk-01", "CallerIDNum: 1", "Uniqueid: 1.1", "Linkedid: 1.1")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("José O\\'Brien", "José O'Brien"),
        ('a\\"b', 'a"b'),
        ("x\\ty", "x y"),
        ("back\\\\slash", "back\\slash"),
        ("<unknown>", None),
        ("", None),
        ("n" * 300, "n" * 256),
    ],
)
def test_given_a_name_as_asterisk_writes_it_then_the_fact_holds_the_name(said: str, name: str | None) -> None:
    fact = parse(event(*NEWCHANNEL, f"CallerIDName: {said}"))
    assert isinstance(fact, LegStarted)
    assert fact.name == name


def test_given_broken_utf8_then_bytes_are_replaced_and_none_is_dropped() -> None:
    fact = parse(event(*NEWCHANNEL) + b"\r\nCallerIDName: Jos\xe9 \xff!")
    assert isinstance(fact, LegStarted)
    assert fact.name == "Jos\ufffd \ufffd!"


def test_given_a_header_repeated_by_the_dialplan_then_the_channels_own_counts() -> None:
    fact = parse(
        event(
            "Event: UserEvent",
            "Channel: PJSIP/trunk-01",
            "Uniqueid: 1.1",
            "Linkedid: 1.1",
            "UserEvent: CtiHold",
            "Ix: ix-1.1",
            "Uniqueid: 6.6",
        )
    )
    assert isinstance(fact, LegPlaced)
    assert fact.leg == "1.1"


def test_given_states_then_only_ringing_and_up_are_facts() -> None:
    said = {state: parse(event("Event: Newstate", f"ChannelState: {state}", "Uniqueid: 1.1")) for state in "0456"}
    assert said == {"0": None, "4": None, "5": LegRinging(leg="1.1"), "6": LegUp(leg="1.1")}


def test_given_a_contact_then_only_its_going_is_a_fact() -> None:
    lines = ("Event: ContactStatus", "AOR: cti-phone-01", "EndpointName: cti-phone-01")
    said = {word: parse(event(*lines, f"ContactStatus: {word}")) for word in ("Removed", "Unreachable", "NonQualified")}
    gone = ContactGone(endpoint="cti-phone-01")
    assert said == {"Removed": gone, "Unreachable": gone, "NonQualified": None}


def test_given_an_odd_cause_then_it_is_unknown() -> None:
    fact = parse(event("Event: Hangup", "Uniqueid: 1.1", "Cause: ²", "Cause-txt: ?"))
    assert fact == LegEnded(leg="1.1", cause=0, text="?")


def test_given_a_recording_then_its_file_is_told() -> None:
    fact = parse(
        event("Event: UserEvent", "Uniqueid: 1.1", "UserEvent: CtiRecording", "Ix: ix-1.1", "File: ix-1.1.wav")
    )
    assert fact == RecordingStarted(leg="1.1", interaction_id="ix-1.1", file="ix-1.1.wav")


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        (("Event: Newchannel", "Channel: PJSIP/a-1", "Linkedid: 1"), "Uniqueid"),
        (("Event: Newchannel", "Uniqueid: 1", "Linkedid: 1"), "Channel"),
        (("Event: Hangup", "Cause: 16"), "Uniqueid"),
        (("Event: Hangup", "Uniqueid: ", "Cause: 16"), "Uniqueid"),
        (("Event: Hangup", f"Uniqueid: {'1' * 151}", "Cause: 16"), "Uniqueid"),
        (("Event: Hangup", "Uniqueid: 1\0", "Cause: 16"), "Uniqueid"),
        (("Event: BridgeEnter", "Uniqueid: 1"), "BridgeUniqueid"),
        (("Event: DeviceStateChange", "Device: PJSIP/a", "State: ODD"), "State"),
        (("Event: UserEvent", "Uniqueid: 1", "Channel: PJSIP/a-1", "Linkedid: 1", "UserEvent: CtiHold"), "Ix"),
    ],
)
def test_given_an_event_without_what_its_fact_needs_then_it_is_refused(lines: tuple[str, ...], missing: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse(event(*lines))
    assert refused.value.header == missing


@given(st.sampled_from(sorted(EVENTS)), st.binary(max_size=300))
def test_given_any_bytes_then_there_is_a_fact_or_none_or_a_refusal(name: bytes, noise: bytes) -> None:
    try:
        fact = parse(b"Event: " + name + b"\r\n" + noise)
    except Malformed:
        return
    assert fact is None or isinstance(fact, Fact)


@given(
    st.lists(
        st.sampled_from(
            [b"Uniqueid", b"Channel", b"Linkedid", b"ChannelState", b"BridgeUniqueid", b"Ix", b"UserEvent"]
        ),
        unique=True,
    ),
    st.binary(max_size=20).filter(lambda value: b"\r" not in value and b"\n" not in value),
    st.sampled_from(sorted(EVENTS)),
)
def test_given_odd_headers_then_ids_in_facts_are_never_empty(keys: list[bytes], value: bytes, name: bytes) -> None:
    try:
        fact = parse(b"\r\n".join([b"Event: " + name, *(key + b": " + value for key in keys)]))
    except Malformed:
        return
    assert fact is None or getattr(fact, "leg", "x") != ""
