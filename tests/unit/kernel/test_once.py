"""A command that names its request is carried out once, answered twice, and forgotten after a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kernel.core import Core, Outcome
from kernel.errors import Invalid, Refused
from kernel.messages import Once
from kernel.once import AT_ONCE, AnsweredBefore, Answers
from tests.unit.kernel.words import START, Ask, Room, ring

pytestmark = pytest.mark.unit

ASKED = Ask(actor="u1", key="a", once=Once("r1", "body"))


def core() -> tuple[Core, Room]:
    room, answers = Room(), Answers()
    return Core([room.counters, answers.shelf], [answers.opening, room, answers.closing]), room


def test_what_comes_again_changes_nothing_and_has_the_answer_of_the_first() -> None:
    made, room = core()
    out = Outcome()
    first = made.take(ASKED, START, out)
    orders = len(out.orders)

    with pytest.raises(AnsweredBefore) as again:
        made.take(ASKED, START + timedelta(hours=23), out)

    assert again.value.reply == first == 1
    assert room.counters["a"].value == 1
    assert len(out.orders) == orders


def test_the_answer_is_saved_with_the_effect() -> None:
    made, _ = core()
    out = Outcome()

    made.take(ASKED, START, out)

    assert {shelf for shelf, _ in out.changes} == {"counters", "deadlines", "answers"}


def test_the_same_key_with_something_else_is_refused() -> None:
    made, room = core()
    made.take(ASKED, START, Outcome())

    with pytest.raises(Invalid) as refused:
        made.take(replace(ASKED, key="b", once=Once("r1", "other body")), START, Outcome())

    assert refused.value.id == "idempotency_key_reused"
    assert "b" not in room.counters


def test_a_refusal_is_not_kept_so_that_the_same_request_may_succeed_later() -> None:
    made, room = core()
    with pytest.raises(Refused):
        made.take(replace(ASKED, refuse=True), START, Outcome())

    made.take(ASKED, START, Outcome())

    assert room.counters["a"].value == 1


def test_a_day_later_it_is_forgotten_in_small_steps() -> None:
    made, _ = core()
    for number in range(AT_ONCE + 5):
        made.take(replace(ASKED, once=Once(f"r{number}", "body")), START, Outcome())
    answers = made.shelves["answers"]

    ring(made, START + timedelta(hours=24, minutes=59))
    kept = len(answers)
    ring(made, START + timedelta(hours=25))
    after_one_turn = len(answers)
    ring(made, START + timedelta(hours=25, seconds=1))

    assert (kept, after_one_turn, len(answers)) == (AT_ONCE + 5, 5, 0)
    assert made.next_due() is None
