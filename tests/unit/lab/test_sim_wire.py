"""The simulated switch's reading and writing of AMI."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.sim.originate import parse_caller
from lab.sim.wire import MAX_LINE, Splitter, encode

pytestmark = pytest.mark.unit

TWO = b"Action: Ping\r\nActionID: 1\r\n\r\nAction: Getvar\nVariable: a:b\n\n"


@given(st.lists(st.integers(min_value=0, max_value=len(TWO)), max_size=6))
def test_actions_are_the_same_however_their_bytes_arrive(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(TWO)]
    splitter = Splitter()
    actions = [action for start, end in itertools.pairwise(edges) for action in splitter.feed(TWO[start:end])]
    assert [action.headers for action in actions] == [
        [("Action", "Ping"), ("ActionID", "1")],
        [("Action", "Getvar"), ("Variable", "a:b")],
    ]


def test_header_names_have_no_case_and_variables_come_from_commas_and_repetition() -> None:
    (action,) = Splitter().feed(b"ACTION: Originate\r\nvariable: A=1,B=2=2\r\nVariable: C=\r\n\r\n")
    assert action.name == "Originate"
    assert action.variables() == [("A", "1"), ("B", "2=2"), ("C", "")]


@pytest.mark.parametrize(("length", "spoiled"), [(MAX_LINE - 10, False), (MAX_LINE, True), (5 * MAX_LINE, True)])
def test_a_line_over_the_limit_spoils_its_action_and_no_other(length: int, spoiled: bool) -> None:
    actions = list(Splitter().feed(b"Action: Ping\r\nX: " + b"y" * length + b"\r\n\r\nAction: Ping\r\n\r\n"))
    assert [action.too_long for action in actions] == [spoiled, False]


def test_broken_utf8_is_read_as_what_it_can_be() -> None:
    (action,) = Splitter().feed(b"Action: Setvar\r\nValue: Jos\xe9 \xc3\xa9\r\n\r\n")
    assert action.get("Value") == "Jos� é"


@given(st.text(), st.text(alphabet=st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"])))
def test_no_value_can_begin_another_header(value: str, clean: str) -> None:
    data = encode([("A", value.encode("utf-8", "replace").decode()), ("B", clean)])
    assert data.endswith(b"\r\n\r\n")
    assert data.count(b"\r\n") == 3
    assert f"B: {clean}".encode() in data


@pytest.mark.parametrize(
    ("text", "number", "name"),
    [
        ('"Ana López" <+34600111222>', "+34600111222", "Ana López"),
        ("Ana <600>", "600", "Ana"),
        ("<600>", "600", ""),
        ("600", "600", ""),
        ("", "", ""),
    ],
)
def test_caller_ids(text: str, number: str, name: str) -> None:
    assert parse_caller(text) == (number, name)
