"""Callers who wait are told where they stand: when, what, never a worse figure, never while they are offered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti import events as ev
from cti.orders import HushCaller, SayToCaller
from routing.announcements import Announce, Announcement, Told
from routing.announcing import LOST, MINUTES, CallerTold, Words, in_minutes, next_words
from routing.messages import DeclineOffer, SetPresence
from routing.recent import Recent
from routing.rows import InteractionState, Presence
from routing.setupmessages import ChangeSetUp
from routing.teamwork import Edit, Profile, Step
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit

BOTH = Announce(position=True, wait=True, first_seconds=10, every_seconds=30)
FIGURES = st.tuples(st.integers(1, 9), st.none() | st.floats(0, 9000), st.booleans())


def world(**announce: Any) -> World:
    return World(announce=Announce(**announce))


def told(found: World, ix: str) -> list[tuple[str, ...]]:
    return [one.sounds for one in found.orders(SayToCaller) if one.interaction_id == ix]


def heard(found: World, ix: str, done: bool = True, missing: bool = False) -> None:
    step = found.ix(ix).told.step
    assert step is not None
    found.say(ev.CallerHeard(interaction_id=ix, leg=found.ix(ix).leg, step=step, done=done, missing=missing))


# ── the rules ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        *((None, None), (0, 0), (59.9, 0), (60, 2), (61, 2), (120, 2), (121, 3), (601, 12), (721, 15), (3599, 60)),
        *((3601, 90), (7200, 120), (7201, None)),
    ],
)
def test_given_a_wait_then_it_is_said_in_steps_that_people_understand(seconds: float | None, said: int | None) -> None:
    assert in_minutes(seconds) == said


@given(st.floats(60, 7200))
def test_given_any_wait_then_no_less_is_said_than_is_expected(seconds: float) -> None:
    said = in_minutes(seconds)
    assert said in MINUTES
    assert said * 60 >= seconds


@given(st.lists(FIGURES, max_size=30))
def test_given_any_figures_then_what_is_said_never_gets_worse_and_nothing_heard_is_said_again(
    figures: list[tuple[int, float | None, bool]],
) -> None:
    state = Told()
    positions: list[int] = []
    waits: list[int] = []
    for position, seconds, done in figures:
        words = next_words(BOTH, state, position, seconds)
        if words is None:
            continue
        positions += [words.position] if words.position is not None else []
        waits += [words.minutes] if words.minutes is not None else []
        state = Told(
            state.position if words.position is None else words.position,
            state.minutes if words.minutes is None else words.minutes,
            heard=done,
        )
    for said in (positions, waits):
        assert all(now <= before for before, now in pairwise(said))


def test_given_something_heard_to_its_end_then_it_is_said_again_only_when_it_is_better() -> None:
    assert next_words(BOTH, Told(3, 5), 3, 290) is None
    assert next_words(BOTH, Told(3, 5), 4, 400) is None
    assert next_words(BOTH, Told(3, 5), 2, 400) == Words(position=2)
    assert next_words(BOTH, Told(3, 5), 3, 200) == Words(minutes=4)
    assert next_words(BOTH, Told(3, 5, heard=False), 3, 290) == Words(position=3, minutes=5)
    assert next_words(BOTH, Told(), 1, None) == Words(position=1)
    assert next_words(Announce(wait=True), Told(), 1, None) is None


# ── a caller ────────────────────────────────────────────────────────────────────────────────────────────────


def test_given_callers_in_line_then_each_is_told_the_own_place_and_again_when_it_is_better() -> None:
    found = world(position=True, first_seconds=10, every_seconds=30)
    first, second, third = (found.call(name) for name in ("c1", "c2", "c3"))
    found.wait(9)
    assert not found.orders(SayToCaller)
    found.wait(1)
    assert told(found, first) == [("queue-youarenext",)]
    assert told(found, second) == [("queue-thereare", "number:2", "queue-callswaiting")]
    assert told(found, third) == [("queue-thereare", "number:3", "queue-callswaiting")]
    for ix in (first, second, third):
        heard(found, ix)
    found.wait(60)
    assert [len(told(found, ix)) for ix in (first, second, third)] == [1, 1, 1]

    found.caller_leaves(first)
    found.wait(30)
    assert told(found, second)[1:] == [("queue-youarenext",)]
    assert told(found, third)[1:] == [("queue-thereare", "number:2", "queue-callswaiting")]


def test_given_the_same_place_not_heard_to_its_end_then_it_is_said_again_after_the_interval() -> None:
    found = world(position=True, first_seconds=0, every_seconds=30)
    ix = found.call("c1")
    found.wait(2)
    heard(found, ix, done=False)
    found.wait(27)
    assert len(told(found, ix)) == 1
    found.wait(10)
    assert len(told(found, ix)) == 2


def test_given_an_order_that_failed_then_it_is_said_again_and_of_one_that_nobody_knows_of_the_time_decides() -> None:
    found = world(position=True, first_seconds=0, every_seconds=30)
    ix = found.call("c1")
    found.wait(2)
    for unknown, times in ((False, 2), (True, 2)):
        (*_, order) = found.orders(SayToCaller)
        failed = {"order_id": order.order_id, "interaction_id": ix, "message": "No such channel"}
        found.say(ev.OrderFailed(**failed, unknown=unknown))
        found.wait(40)
        assert len(told(found, ix)) == times
    found.wait(LOST.total_seconds())
    assert len(told(found, ix)) == 3


def test_given_only_one_of_the_figures_is_better_then_the_other_is_not_forgotten() -> None:
    found = world(position=True, first_seconds=0, every_seconds=30)
    found.call("c0")
    ix = found.call("c1")
    found.wait(2)
    heard(found, ix)
    known = found.ix(ix)
    found.state.put_interaction(known, told=replace(known.told, minutes=5))
    found.caller_leaves("ix-c0")
    found.wait(40)
    assert (found.ix(ix).told.position, found.ix(ix).told.minutes) == (1, 5)
    heard(found, ix)
    served = tuple(((found.at - timedelta(seconds=nth)).timestamp(), 5.0, 2.0) for nth in range(9, 0, -1))
    found.state.recent.put(Recent("main", served))
    change = {"announce": {"wait": True, "position": True, "first_seconds": 0, "every_seconds": 30}}
    found.say(ChangeSetUp(actor="adm", edits=(Edit("queue", "main", change),)))
    found.wait(30)
    assert (found.ix(ix).told.position, found.ix(ix).told.minutes) == (1, 0)


def test_given_a_caller_at_another_step_of_the_same_queue_then_they_are_before_whoever_came_later() -> None:
    steps = (Step(5, {}, ("second",)),)
    found = World(announce=Announce(position=True, first_seconds=0), everyone=False, groups=("first",), steps=steps)
    found.state.profiles.put(Profile("sam", groups=("second",)))
    found.agent("sam", Presence.paused)
    found.call("c0")
    found.wait(6)
    later = found.call("c1")
    found.wait(3)
    assert found.ix(later).step != found.ix("ix-c0").step
    assert told(found, later) == [("queue-thereare", "number:2", "queue-callswaiting")]


def test_given_sounds_that_are_missing_then_the_same_is_not_tried_again() -> None:
    found = world(position=True, first_seconds=0, every_seconds=30)
    ix = found.call("c1")
    found.wait(2)
    heard(found, ix, done=False, missing=True)
    found.wait(300)
    assert len(told(found, ix)) == 1


def test_given_a_switch_that_says_nothing_of_it_then_after_a_while_it_is_said_again() -> None:
    found = world(position=True, first_seconds=0, every_seconds=30)
    ix = found.call("c1")
    found.wait(2)
    found.wait(LOST.total_seconds() - 1)
    assert len(told(found, ix)) == 1
    found.wait(10)
    assert len(told(found, ix)) == 2


def test_given_a_welcome_then_it_is_said_first_and_the_place_after_it() -> None:
    found = world(welcome="closed", position=True, first_seconds=15, every_seconds=30)
    ix = found.call("c1")
    found.wait(2)
    assert told(found, ix) == [("vm-nobodyavail", "vm-goodbye")]
    heard(found, ix)
    found.wait(14)
    assert len(told(found, ix)) == 1
    found.wait(1)
    assert told(found, ix)[1:] == [("queue-youarenext",)]


def test_given_somebody_free_then_the_caller_is_offered_and_hears_nothing() -> None:
    found = world(welcome="closed", position=True, first_seconds=0)
    found.agent("ana")
    ix = found.call("c1")
    found.answer(ix)
    found.wait(60)
    assert not found.orders(SayToCaller)


def test_given_an_open_offer_then_what_is_due_waits_until_it_is_over() -> None:
    found = world(position=True, first_seconds=10, every_seconds=30)
    ix = found.call("c1")
    found.wait(9)
    found.agent("ana")
    offer = found.ring(ix)
    found.wait(5)
    assert found.ix(ix).state is InteractionState.offered
    assert not found.orders(SayToCaller)
    found.say(DeclineOffer(actor="ana", offer_id=offer.id))
    found.agent_leg_ends(ix, offer)
    found.wait(4)
    assert told(found, ix) == [("queue-youarenext",)]


def test_given_an_offer_while_something_is_said_then_the_caller_is_hushed_and_hears_it_again_should_it_fail() -> None:
    found = world(position=True, first_seconds=10, every_seconds=30)
    ix = found.call("c1")
    found.wait(10)
    assert len(told(found, ix)) == 1
    found.agent("ana")
    assert [one.caller_channel for one in found.orders(HushCaller)] == ["PJSIP/trunk-c1"]
    offer = found.ring(ix)
    found.say(DeclineOffer(actor="ana", offer_id=offer.id))
    found.agent_leg_ends(ix, offer)
    assert len(found.orders(HushCaller)) == 1
    found.say(SetPresence(actor="ana", agent_id="ana", presence=Presence.paused, reason="break"))
    found.wait(28)
    assert len(told(found, ix)) == 1
    found.wait(6)
    assert len(told(found, ix)) == 2


def test_given_a_caller_who_talked_then_nothing_is_said_when_they_wait_again() -> None:
    found = world(position=True, first_seconds=0, every_seconds=15)
    found.agent("ana")
    ix = found.call("c1")
    found.answer(ix)
    found.say(ev.CallerAfter(interaction_id=ix, leg="c1"))
    found.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    found.wait(60)
    assert not found.orders(SayToCaller)


def test_given_the_fallback_queue_then_what_was_said_there_is_forgotten_and_the_caller_is_told_when_back() -> None:
    found = world(position=True, first_seconds=0, every_seconds=30)
    ix = found.call("c1")
    found.wait(2)
    found.say(ev.CallerInFallback(interaction_id=ix, leg="c1", ringing=False))
    assert found.ix(ix).told.step is None
    found.wait(100)
    assert len(told(found, ix)) == 1
    found.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    found.wait(2)
    assert len(told(found, ix)) == 2


def test_given_no_link_then_nothing_is_said_until_it_is_back() -> None:
    found = world(position=True, first_seconds=10, every_seconds=30)
    ix = found.call("c1")
    found.say(ev.SwitchLost(reason="closed"))
    found.wait(20)
    assert not found.orders(SayToCaller)
    found.say(ev.SwitchBack(switch_version="22"))
    found.wait(2)
    assert len(told(found, ix)) == 1


def test_given_the_settings_of_a_queue_changed_then_those_who_wait_are_told_by_them() -> None:
    found = world()
    ix = found.call("c1")
    found.wait(60)
    version = found.state.queues["main"].version
    changes = {"announce": {"position": True, "first_seconds": 0}}
    found.say(ChangeSetUp(actor="adm", edits=(Edit("queue", "main", changes, version),)))
    found.wait(2)
    assert len(told(found, ix)) == 1
    heard(found, ix)
    found.say(ChangeSetUp(actor="adm", edits=(Edit("queue", "main", {"announce": {}}, version + 1),)))
    assert not [one for one in found.core.deadlines if one.id.startswith("announce-")]


def test_what_was_said_stands_in_the_journal_with_its_figures() -> None:
    found = world(position=True, first_seconds=0)
    found.state.announcements.put(Announcement("next", "Next", {"en": ("ours", "number:position")}))
    ix = found.call("c1")
    found.wait(2)
    (event,) = [one for one in found.out.events if isinstance(one, CallerTold)]
    assert (event.interaction_id, event.announcements, event.sounds) == (ix, ("next",), ("ours", "number:1"))
    assert (event.position, event.minutes) == (1, None)
    assert event.step == found.orders(SayToCaller)[0].step


def test_given_a_caller_who_left_then_no_deadline_of_theirs_is_left() -> None:
    found = world(position=True, first_seconds=0)
    ix = found.call("c1")
    found.wait(2)
    found.caller_leaves(ix)
    left = [one.id for one in found.core.deadlines if one.id.endswith(ix)]
    assert left == [f"place-{ix}"], "but for the place, should they call again"
