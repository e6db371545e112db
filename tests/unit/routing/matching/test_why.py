"""Records of choices: small, whole, and as readable as those of before."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.matching.demand import Demand
from routing.matching.matcher import Matcher
from routing.matching.why import SHOWN, Candidate, Record, considered, numbers, pack, unpack
from routing.queuerows import Strategy
from routing.rows import Considered
from tests.unit.routing.matching.scan import START, caller, supply

pytestmark = pytest.mark.unit

large = st.sets(st.integers(0, 12_000), min_size=1).map(lambda found: sum(1 << number for number in found))
bits = st.one_of(st.integers(1, 2**40), large)
records = st.builds(
    Record,
    st.integers(1, 2),
    st.lists(st.builds(Candidate, st.integers(0, 99), st.text(), st.floats(0, 1e5), st.floats(0, 1e5))).map(tuple),
    st.dictionaries(st.text(min_size=1), bits),
)


@given(records)
def test_given_any_record_when_it_is_kept_as_json_then_it_is_read_again(record: Record) -> None:
    assert unpack(json.loads(json.dumps(pack(record)))) == record


@given(records)
def test_given_equal_records_then_what_is_kept_of_them_is_equal_byte_for_byte(record: Record) -> None:
    """Whatever the order in which their reasons were found."""
    turned = replace(record, sets=dict(reversed(record.sets.items())))
    assert json.dumps(pack(turned)) == json.dumps(pack(record))


@given(st.sets(st.integers(0, 3000)))
def test_the_numbers_of_a_set_come_out_in_order(found: set[int]) -> None:
    assert list(numbers(sum(1 << n for n in found))) == sorted(found)


def test_of_ten_thousand_agents_everyone_is_told_of_in_a_few_kilobytes() -> None:
    matcher = Matcher(lambda queue: None)
    for number in range(10_000):
        matcher.agent_changed(supply(number, away=("busy", "wrapping", "signed_out", None)[number * 7919 % 97 % 4]))
    matcher.caller_changed(caller("c1", 0, Demand()))
    choice = matcher.decide(START)
    assert choice is not None
    text = json.dumps(pack(choice.why))
    found = considered(json.loads(text), {n: (f"a{n:03}", f"Agent {n}") for n in range(10_000)})
    assert len({one.agent_id for one in found}) == 10_000
    assert sum(one.score is not None for one in found) == SHOWN
    assert len(text) < 20_000


def test_a_record_of_before_there_were_forms_is_read_as_it_is() -> None:
    old = [{"agent_id": "ana", "name": "Ana", "verdict": "chosen", "reason": "longest_idle", "idle_seconds": 1.5}]
    assert considered(old, {}) == (Considered("ana", "Ana", "chosen", "longest_idle", 1.5),)


def test_a_form_that_nobody_knows_is_refused_and_an_agent_nobody_knows_is_named_by_the_number() -> None:
    with pytest.raises(ValueError, match="form 9"):
        unpack({"form": 9})
    record = Record(1, (Candidate(7, Strategy.random.value, 1.0, 1.0),), {})
    assert considered(pack(record), {})[0].agent_id == "#7"
