"""Orders to AMI actions: each field checked, no value can end its line."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.ami.actions import MAX_VALUE, Action, caller_id, check, steps
from cti.orders import GrantClaim, HangUp, LegOrder, RingDialler, SayToCaller, SwitchOrder
from kernel.errors import Invalid
from tests.support.orders import AGENT, CALLER, DIAL, IX, ORDERS, RING, TEXT_FIELDS, kinds_sent

pytestmark = pytest.mark.unit


def test_given_a_ring_then_the_claim_is_set_before_the_leg_is_made() -> None:
    claim, originate = steps(RING)
    assert claim == {"Action": "Setvar", "Channel": CALLER, "Variable": "CTI_CLAIM", "Value": "of-1"}
    assert originate == {
        "Action": "Originate",
        "Channel": "PJSIP/cti-phone-01",
        "ChannelId": "leg-1",
        "Context": "cti-pickup",
        "Exten": "go",
        "Priority": "1",
        "Async": "true",
        "Timeout": "20000",
        "CallerID": '"José" <+34600111222>',
        "Variable": ("CTI_ROLE=agent", f"CTI_TARGET={CALLER}", "CTI_CLAIM=of-1", f"CTI_IX={IX}"),
    }


def test_given_a_dial_then_one_leg_is_made_to_the_number_through_the_trunk() -> None:
    assert steps(DIAL) == (
        {
            "Action": "Originate",
            "Channel": "PJSIP/+34600111222@my-trunk",
            "ChannelId": "leg-2",
            "Context": "cti-dialled",
            "Exten": "s",
            "Priority": "1",
            "Async": "true",
            "Timeout": "60000",
            "CallerID": '"" <+34910000000>',
            "Variable": ("CTI_ROLE=dialled", f"CTI_TARGET={AGENT}", f"__CTI_IX={IX}", "CTI_NUMBER=+34600111222"),
        },
    )


def test_given_each_order_then_its_actions_are_these() -> None:
    did = {type(order).__name__: [str(action["Action"]) for action in steps(order)] for order in ORDERS}
    assert did == {
        "RingAgent": ["Setvar", "Originate"],
        "GrantClaim": ["Setvar"],
        "DropClaim": ["Setvar"],
        "HangUp": ["Hangup"],
        "HoldCaller": ["Setvar", "Setvar", "Redirect"],
        "ResumeCaller": ["Setvar", "Setvar", "Setvar", "Redirect"],
        "QueueCaller": ["Redirect"],
        "RingDialler": ["Originate"],
        "DialOut": ["Originate"],
        "RingOutside": ["Setvar", "Originate"],
        "LookAtLeg": ["Getvar"],
        "SayToCaller": ["Setvar"],
        "HushCaller": ["Setvar"],
    }


def said(*sounds: str, step: str = "an-1", leave: bool = False) -> Action:
    about = {"order_id": "o", "caller_channel": CALLER, "interaction_id": IX}
    (action,) = steps(SayToCaller(**about, step=step, sounds=sounds, leave=leave))
    return action


def test_given_something_to_say_then_it_is_one_variable_of_the_callers() -> None:
    assert said("queue-thereare", "number:7", "custom/hello_1", "digits:42") == {
        "Action": "Setvar",
        "Channel": CALLER,
        "Variable": "CTI_SAY",
        "Value": "an-1&0&queue-thereare&number:7&custom/hello_1&digits:42",
    }
    assert said("vm-goodbye", leave=True)["Value"] == "an-1&1&vm-goodbye"
    assert said(leave=True)["Value"] == "an-1&1"


@pytest.mark.parametrize(
    "piece",
    [
        *("", "../x", "/etc/passwd", "a/../b", "http://x", "a&b", "a b", "a.wav", "number:", "number:-1", "a|b", "/a"),
        *("digits:x", "number:1234567", "${SHELL(x)}", "a,b", "number:1.5", "a//b", "x" * 500, "other:1"),
    ],
)
def test_given_a_sound_that_could_name_something_else_then_it_is_refused(piece: str) -> None:
    with pytest.raises(Invalid):
        said("vm-sorry", piece)


def test_given_nothing_to_say_or_more_than_one_line_holds_then_it_is_refused() -> None:
    for sounds in ((), ("a" * 80,) * 7):
        with pytest.raises(Invalid):
            said(*sounds)


def test_given_every_kind_of_order_then_it_is_among_those_that_are_attacked() -> None:
    assert {type(order) for order in ORDERS} == kinds_sent()


def test_given_any_order_then_no_action_can_run_an_application() -> None:
    keys = {key for order in ORDERS for action in steps(order) for key in action}
    assert not keys & {"Application", "Data", "Command"}


@pytest.mark.parametrize(("order", "field"), TEXT_FIELDS, ids=lambda value: getattr(value, "order_id", value))
@pytest.mark.parametrize("poison", ["x\r\n\r\nAction: Originate", "x\ny", "x\0", "x" * 600, "\ud800"])
def test_given_poison_in_a_field_then_it_is_refused_or_never_reaches_the_wire(
    order: SwitchOrder, field: str, poison: str
) -> None:
    poisoned = dataclasses.replace(order, **{field: poison})
    try:
        actions = steps(poisoned)
    except Invalid:
        return
    for action in actions:
        check(action)
        assert not [line for line in lines_of(action) if poison in line]


def lines_of(action: Action) -> list[str]:
    """Each value that becomes a line of its own."""
    return [line for value in action.values() for line in (value if isinstance(value, tuple) else (value,))]


def checked(order: SwitchOrder, field: str) -> bool:
    """Whether a field is sent as it is; the others are not sent, or only what can be shown of them."""
    shown = ("caller_name", "caller_number", "name", *(("number",) if isinstance(order, RingDialler) else ()))
    return field not in ("order_id", "permit_id", *shown)


@pytest.mark.parametrize(
    ("order", "field"),
    [(order, field) for order, field in TEXT_FIELDS if checked(order, field)],
    ids=lambda value: getattr(value, "order_id", value),
)
@pytest.mark.parametrize("poison", ["300&Local/x@y", "a,b=1", 'a"', "${SHELL(x)}", "a b", "", "SIP/x/y)"])
def test_given_a_dial_string_of_more_than_one_thing_then_it_is_refused(
    order: SwitchOrder, field: str, poison: str
) -> None:
    sent = order if field != "interaction_id" or isinstance(order, LegOrder) else RING
    with pytest.raises(Invalid):
        steps(dataclasses.replace(sent, **{field: poison}))


def test_given_a_claim_of_a_caller_who_is_back_from_the_fallback_then_what_allows_it_is_said_first() -> None:
    grant = GrantClaim(order_id="o", caller_channel=CALLER, interaction_id=IX, claim="of-1", back=True)
    assert [(one["Variable"], one["Value"]) for one in steps(grant)] == [("CTI_SHARED", "1"), ("CTI_CLAIM", "of-1")]


def test_given_a_ring_of_several_then_the_caller_gets_no_claim_and_the_leg_waits_for_one() -> None:
    shared, originate = steps(dataclasses.replace(RING, shared=True))
    assert (shared["Variable"], shared["Value"]) == ("CTI_SHARED", "1")
    assert (originate["Context"], originate["Exten"]) == ("cti-pickup", "any")


@given(st.sampled_from(TEXT_FIELDS), st.text(max_size=700))
def test_given_any_text_in_a_field_then_the_actions_are_one_line_a_value(
    place: tuple[SwitchOrder, str], text: str
) -> None:
    order, field = place
    try:
        actions = steps(dataclasses.replace(order, **{field: text}))
    except Invalid:
        return
    assert len(actions) == len(steps(order))
    for line in (line for action in actions for line in lines_of(action)):
        assert not set(line) & {"\r", "\n", "\0"}
        assert len(line.encode()) <= MAX_VALUE


@given(st.text(max_size=400), st.text(max_size=60))
def test_given_any_name_and_number_then_the_caller_id_has_one_pair_of_each_mark(name: str, number: str) -> None:
    text = caller_id(name, number)
    assert text.startswith('"')
    assert text.count('"') == 2
    assert text.count("<") == text.count(">") == 1
    assert text.endswith(">")
    assert "\\" not in text
    assert len(text.encode()) < 240
    assert text.isprintable()


@pytest.mark.parametrize("number", [0, -1, 128, True, 10**9])
def test_given_an_impossible_cause_then_it_is_refused(number: int) -> None:
    with pytest.raises(Invalid):
        steps(HangUp(order_id="o", leg="leg-1", cause=number))


@pytest.mark.parametrize("seconds", [0, -5, 601])
def test_given_an_impossible_ring_time_then_it_is_refused(seconds: int) -> None:
    with pytest.raises(Invalid):
        steps(dataclasses.replace(RING, timeout=seconds))


def test_given_a_caller_without_number_or_name_then_the_caller_id_is_empty() -> None:
    assert caller_id(None, None) == '"" <>'


@pytest.mark.parametrize(
    "action",
    [
        {"Action": "Ping", "X\r\nAction": "1"},
        {"Action": "Ping", "": "1"},
        {"Action": "Ping", "X": ("1",) * 80},
        {"Action": "Ping", "X": ("1", "2\r")},
    ],
)
def test_given_an_action_that_could_be_two_then_the_guard_refuses_it(action: dict[str, str | tuple[str, ...]]) -> None:
    with pytest.raises(Invalid):
        check(action)


def test_given_an_order_of_another_kind_then_it_is_refused() -> None:
    with pytest.raises(Invalid):
        steps(SwitchOrder(order_id="o"))
