"""A turn is kept whole or taken back whole; deadlines come once."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.core import DEAD, Core, Outcome
from kernel.errors import Refused
from kernel.messages import Event, Fact, Message, personal
from kernel.turn import Deadline, Turn
from tests.unit.kernel.words import (
    START,
    Alarm,
    Ask,
    CancelAlarm,
    Count,
    Counted,
    CounterRow,
    Poison,
    Room,
    SetAlarm,
    Tell,
    core,
    ring,
    state,
)

pytestmark = pytest.mark.unit


def later(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def test_a_turn_is_journalled_with_what_it_caused() -> None:
    subject, room = core()
    out = Outcome()

    reply = subject.take(Ask(actor="u1", key="a"), START, out)

    assert reply == 1
    assert [type(entry.message) for entry in out.entries] == [Ask, Counted, Tell]
    assert [(entry.seq, entry.cause) for entry in out.entries] == [(1, 1), (2, 1), (3, 1)]
    assert out.last_seq == subject.seq == 3
    assert room.seen == [1]
    assert [write.text for write in out.writes] == ["a"]  # type: ignore[attr-defined]
    assert set(out.changes) == {("counters", "a"), ("deadlines", "ask-a")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearsay(Fact):
    """Of somebody else's call: no room handles it."""

    number: str | None = personal()


def test_a_fact_that_means_nothing_to_anybody_leaves_no_line_in_the_journal() -> None:
    subject, _ = core()
    out = Outcome()
    subject.take(Hearsay(number="+34600111222"), START, out)
    assert out.empty
    assert subject.counts["Hearsay"] == 1


def test_a_refusal_takes_back_everything_and_is_journalled() -> None:
    subject, _ = core()
    subject.take(Ask(actor="u1", key="a"), START, Outcome())
    before, out = state(subject), Outcome()

    with pytest.raises(Refused):
        subject.take(Ask(actor="u1", key="a", refuse=True), START, out)

    assert state(subject) == before
    assert [entry.error for entry in out.entries] == ["not_now"]
    assert not (out.changes)
    assert not (out.writes)
    assert not (out.orders)
    assert not (out.events)
    assert not (out.dead)
    assert out.last_seq == subject.seq


def test_a_poison_message_leaves_the_state_and_yields_a_dead_letter() -> None:
    subject, _ = core()
    subject.take(Count(key="a"), START, Outcome())
    before, out = state(subject), Outcome()

    with pytest.raises(ZeroDivisionError):
        subject.take(Poison(key="a"), START, out)

    assert state(subject) == before
    assert [(letter.message, letter.error) for letter in out.dead] == [(Poison(key="a"), "ZeroDivisionError('poison')")]
    assert [(one.message, one.error) for one in out.entries] == [(Poison(key="a"), DEAD)], "a replay needs to know"
    assert not (out.changes)
    assert not (out.events)
    assert subject.counts["dead_letters"] == 1
    assert subject.take(Count(key="a"), START, Outcome()) == 2


messages = st.lists(
    st.one_of(
        st.builds(Count, key=st.sampled_from("abc"), by=st.integers(-3, 3)),
        st.builds(Poison, key=st.sampled_from("abc")),
        st.builds(Ask, actor=st.just("u1"), key=st.sampled_from("abc"), refuse=st.booleans()),
        st.builds(SetAlarm, actor=st.just("u1"), key=st.sampled_from("abc"), seconds=st.integers(-1, 9)),
        st.builds(CancelAlarm, actor=st.just("u1"), key=st.sampled_from("abc")),
    ),
    max_size=25,
)


@given(messages)
def test_what_is_saved_equals_the_memory_and_failed_turns_leave_no_trace(given_messages: list[Message]) -> None:
    subject, _ = core()
    clean, _ = core()
    saved: dict[tuple[str, str], object] = {}
    for number, message in enumerate(given_messages):
        at, out = START + later(number), Outcome()
        for due in iter(lambda at=at: subject.take_due(at), None):  # type: ignore[misc]
            subject.take(due, at, out)
        for due in iter(lambda at=at: clean.take_due(at), None):  # type: ignore[misc]
            clean.take(due, at, Outcome())
        try:
            subject.take(message, at, out)
        except (Refused, ZeroDivisionError):
            pass
        else:
            clean.take(message, at, Outcome())
        for place, change in out.changes.items():
            saved[place] = change.row
        assert state(subject) == state(clean)
    rows = {(name, key): row for name, found in state(subject).items() for key, row in found.items()}
    assert {place: row for place, row in saved.items() if row is not None} == rows


def test_the_same_messages_give_the_same_journal() -> None:
    def run() -> list[object]:
        subject, _ = core()
        out = Outcome()
        for number in range(5):
            subject.take(Ask(actor="u1", key=f"k{number % 2}"), START + later(number), out)
        return [*out.entries, *out.orders, *out.changes.values()]

    assert run() == run()


def test_a_deadline_comes_once() -> None:
    subject, room = core()
    subject.take(SetAlarm(actor="u1", key="x", seconds=5), START, Outcome())

    assert subject.next_due() == START + later(5)
    assert subject.take_due(START + later(4.9)) is None
    out = ring(subject, START + later(5))
    ring(subject, START + later(500))

    assert room.heard == ["ring"]
    assert out.changes["deadlines", "x"].row is None
    assert subject.next_due() is None


def test_a_moved_deadline_comes_at_its_new_time_only() -> None:
    subject, room = core()
    subject.take(SetAlarm(actor="u1", key="x", seconds=5, word="old"), START, Outcome())
    subject.take(SetAlarm(actor="u1", key="x", seconds=9, word="new"), START, Outcome())

    ring(subject, START + later(5))
    assert room.heard == []
    ring(subject, START + later(9))
    ring(subject, START + later(99))
    assert room.heard == ["new"]


def test_a_deadline_set_twice_for_the_same_time_comes_once() -> None:
    subject, room = core()
    for _ in range(2):
        subject.take(SetAlarm(actor="u1", key="x", seconds=5), START, Outcome())

    ring(subject, START + later(5))
    assert room.heard == ["ring"]


def test_a_cancelled_deadline_never_comes() -> None:
    subject, room = core()
    subject.take(SetAlarm(actor="u1", key="x", seconds=5), START, Outcome())
    subject.take(CancelAlarm(actor="u1", key="x"), START, Outcome())

    ring(subject, START + later(99))
    assert room.heard == []
    assert subject.next_due() is None


def test_given_a_deadline_taken_when_it_is_cancelled_before_its_turn_then_nothing_happens() -> None:
    subject, room = core()
    subject.take(SetAlarm(actor="u1", key="x", seconds=5), START, Outcome())
    due = subject.take_due(START + later(5))
    assert due is not None
    subject.take(CancelAlarm(actor="u1", key="x"), START + later(5), Outcome())

    subject.take(due, START + later(5), Outcome())

    assert room.heard == []


def test_given_a_deadline_taken_when_it_is_replaced_before_its_turn_then_only_the_new_one_comes() -> None:
    subject, room = core()
    subject.take(SetAlarm(actor="u1", key="x", seconds=5, word="old"), START, Outcome())
    now = START + later(6)
    due = subject.take_due(now)
    assert due is not None
    subject.take(SetAlarm(actor="u1", key="x", seconds=0, word="new"), now, Outcome())

    subject.take(due, now, Outcome())
    ring(subject, now)

    assert room.heard == ["new"]


def test_a_handler_may_set_the_same_deadline_again() -> None:
    subject, room = core()
    subject.take(SetAlarm(actor="u1", key="x", seconds=1, word="again"), START, Outcome())

    ring(subject, START + later(1))

    assert room.heard == ["again", "once more"]


@pytest.mark.parametrize(("word", "raised"), [("poison", "ZeroDivisionError"), ("refuse", "Refused")])
def test_a_deadline_whose_turn_fails_is_spent(word: str, raised: str) -> None:
    subject, _ = core()
    subject.take(SetAlarm(actor="u1", key="x", seconds=1, word=word), START, Outcome())

    out = ring(subject, START + later(1))

    assert subject.counts[f"raised {raised}"] == 1
    assert "x" not in subject.deadlines, "it would come again after every restart"
    assert out.changes["deadlines", "x"].row is None


def test_deadlines_survive_a_restart() -> None:
    first, _ = core()
    out = Outcome()
    first.take(SetAlarm(actor="u1", key="x", seconds=5), START, out)
    stored = [change.row for (shelf, _), change in out.changes.items() if shelf == "deadlines"]
    second, room = core()

    second.load({"deadlines": stored}, out.last_seq)
    ring(second, START + later(60))

    assert room.heard == ["ring"]
    assert second.seq > out.last_seq


def test_an_unreadable_deadline_is_a_dead_letter_and_goes() -> None:
    subject, room = core()
    gone = Deadline("gone", START, "NoSuchClass", {"key": "gone"})
    misfit = Deadline("misfit", START, "SetAlarm", {"key": "misfit"})
    subject.load({"deadlines": [gone, misfit]}, 7)
    subject.take(SetAlarm(actor="u1", key="x", seconds=0), START, Outcome())

    out = ring(subject, START)

    assert room.heard == ["ring"]
    assert sorted(letter.message.key for letter in out.dead) == ["gone", "misfit"]  # type: ignore[attr-defined]
    assert list(subject.deadlines) == []


def test_an_alarm_without_a_deadline_does_nothing() -> None:
    subject, room = core()
    out = Outcome()

    assert subject.take(Alarm(key="never set"), START, out) is None
    assert room.heard == []
    assert out.empty


def test_ids_are_unique_and_none_is_a_prefix_of_another() -> None:
    ids: list[str] = []

    class Maker:
        def handle(self, message: Message, turn: Turn) -> None:
            ids.extend(turn.new_id(prefix) for prefix in ("leg", "o") for _ in range(300))

    subject = Core([], [Maker()])
    for _ in range(3):
        subject.take(Count(key="a"), START, Outcome())

    assert len(set(ids)) == len(ids) == 1800
    ordered = sorted(ids)
    assert not any(after.startswith(before) for before, after in itertools.pairwise(ordered))


def test_a_message_that_leaves_no_line_leaves_one_when_it_gave_ids() -> None:
    class Quiet(Count):
        journalled = False

    class Maker:
        def handle(self, message: Message, turn: Turn) -> None:
            if isinstance(message, Count) and message.by:
                turn.new_id("x")

    subject = Core([], [Maker()])
    silent, spoken = Outcome(), Outcome()
    subject.take(Quiet(key="a", by=0), START, silent)
    subject.take(Quiet(key="a", by=1), START, spoken)

    assert silent.empty
    assert [entry.seq for entry in spoken.entries] == [2]


def test_a_turn_that_never_ends_is_stopped_and_taken_back() -> None:
    class Echo:
        def __init__(self) -> None:
            self.room = Room()

        def handle(self, message: Message, turn: Turn) -> None:
            self.room.counters.put(CounterRow("a", turn.seq))
            turn.emit(Counted(counter="a", value=0))

    echo = Echo()
    subject, out = Core([echo.room.counters], [echo]), Outcome()

    with pytest.raises(RuntimeError, match="a turn made more than"):
        subject.take(Count(key="a"), START, out)
    assert len(echo.room.counters) == 0
    assert len(out.dead) == 1
    assert not any(isinstance(entry.message, Event) for entry in out.entries)
