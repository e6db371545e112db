"""The whole platform on every scenario as a real Asterisk told it: agents are offered callers, talk, hold, dial and
wrap up, by the core's own orders; and facts repeated, delayed, reordered and lost lead to the same end.

Causal limits, within which facts may be delayed and reordered: see `_needs` of tests/support/recording.py. A fact may
come again at any later moment, but a place only until its leg has moved on."""

from __future__ import annotations

from collections import Counter
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.facts import BridgeEntered, BridgeLeft, LegPlaced
from kernel.messages import Fact
from routing.messages import OfferEnded, OfferMade, StintEnded, StintJoined
from tests.support.callbook import scenario_names
from tests.support.recording import Beat, story
from tests.support.rehearsal import End, Rehearsal

pytestmark = pytest.mark.unit

NOBODY_CALLS = ("phone_comes_and_goes", "refused_actions")
NO_PHONE = (
    *(
        "gone_channels",
        "names_and_numbers",
        "phone_not_there",
        "waiting_caller_moved",
        "say_and_go_on",
        "say_and_leave",
    ),
    *("say_what_is_not_there", "say_then_another", "say_hushed", "say_caller_leaves", "say_platform_dead"),
    *("outside_reached", "outside_no_answer", "outside_caller_leaves", "outside_busy"),
)
"""Callers wait, and no phone is registered."""
SKIPPED = {"phone_not_there": ["ring", "ring"], "two_legs_one_caller": ["ring"]}
"""What the recording's hand did and the platform never does: ring a phone that is not there, a second one for a caller
who is rung for."""
AGAINST_OURS = ("ring_all_without_a_word", "phone_lost_platform_dead")
"""Everything ends, but not always as told: in the first the recording's hand grants nobody the caller, and the
platform did; in the second the phone that the switch's own queue rang ends with the lost phone's cause, as the caller
does, and is taken for lost a second time when that is heard before the caller's own end."""
CALLS = [name for name in scenario_names() if name not in NOBODY_CALLS]
LOSSY = [name for name in CALLS if name != "platform_hangs_up_caller"]
"""Not of two callers one after the other: when the first one's end is lost, ours offers that one, and the recording's
leg would answer for one caller and be joined with the other, which no switch does."""
SAME = [name for name in CALLS if name not in AGAINST_OURS]
OVER = {"closed", "abandoned"}
MOVES = (LegPlaced, BridgeEntered, BridgeLeft)


@cache
def told(name: str) -> tuple[Rehearsal, End]:
    """As it was told, undisturbed."""
    rehearsal = Rehearsal(story(name))
    return rehearsal, rehearsal.play()


@pytest.mark.parametrize("name", scenario_names())
def test_given_a_scenario_as_it_was_told_then_everything_ends_and_nobody_is_busy(name: str) -> None:
    rehearsal, end = told(name)
    assert rehearsal.wrongs() == []
    assert set(end.calls.values()) <= OVER
    assert [step["do"] for step in rehearsal.skipped] == SKIPPED.get(name, [])
    assert bool(end.calls) is (name not in NOBODY_CALLS)


def test_in_the_scenarios_agents_are_offered_callers_and_talk_hold_dial_and_wrap_up() -> None:
    everything = [told(name) for name in scenario_names()]
    heard = Counter(type(event) for rehearsal, _ in everything for event in rehearsal.events)
    assert heard[OfferMade] == heard[OfferEnded] + heard_accepted(everything)
    assert heard[OfferMade] > 35
    assert heard[StintJoined] > 30
    wrapped = [event for rehearsal, _ in everything for event in rehearsal.of(StintEnded) if event.disposition_id]
    assert len(wrapped) > 30
    outcomes = Counter(outcome for _, end in everything for outcome in end.attempts)
    assert set(outcomes) == {"busy", "cancelled", "dropped", "failed", "invalid", "no_answer", "reached", "rejected"}
    sent = Counter(type(order).__name__ for rehearsal, _ in everything for order in rehearsal.sent)
    for kind in ("RingAgent", "HoldCaller", "ResumeCaller", "HangUp", "GrantClaim", "RingDialler", "DialOut"):
        assert sent[kind] > 0, kind
    reasons = {event.reason for rehearsal, _ in everything for event in rehearsal.of(OfferEnded)}
    wanted = {"no_answer", "phone_busy", "rejected_on_phone", "declined", "caller_left", "answered_elsewhere"}
    assert reasons >= {*wanted, "switch_refused", "caller_in_fallback"}


def heard_accepted(everything: list[tuple[Rehearsal, End]]) -> int:
    """Offers whose leg got to the talk: they end without a word."""
    rows = [row for rehearsal, _ in everything for row in rehearsal.disk["offers"].values()]
    return sum(row.state == "accepted" for row in rows)


@pytest.mark.parametrize("name", [name for name in scenario_names() if name not in (*NOBODY_CALLS, *NO_PHONE)])
def test_given_a_scenario_with_a_phone_then_somebody_is_offered_a_caller_or_dials(name: str) -> None:
    rehearsal, end = told(name)
    alone = name in ("caller_waits_and_leaves", "fallback_without_any_heartbeat")
    assert bool(rehearsal.of(OfferMade) or rehearsal.of(StintJoined) or end.attempts) is not alone


def disturbed(rehearsal: Rehearsal, beats: tuple[Beat, ...], chance: Random, again: float, lost: float) -> None:
    """Play what is left of `beats` in another order within the causal limits, some repeated, some lost. When somebody
    cannot do what they did, for what was lost, the link breaks and is back, and then they can."""
    left = [beat for beat in beats if beat.number not in rehearsal.passed]
    heard: list[Fact] = []
    healed = False
    while left:
        able: dict[str, Beat] = {}
        for beat in left:
            if rehearsal.may(beat):
                able.setdefault(beat.lane, beat)
        if not able and lost and not healed:
            rehearsal.heal()
            healed = True
            continue
        beat = able[chance.choice(sorted(able))] if able else next(one for one in left if one.step is not None)
        left.remove(beat)
        healed = False
        if beat.fact is not None:
            rehearsal.hear(beat, lost=chance.random() < lost)
            heard.append(beat.fact)
        elif able:
            assert rehearsal.act(beat), f"refused: {beat.step}"
        else:
            rehearsal.skip(beat)
        if (repeatable := [fact for fact in heard if not moved_on(fact, heard)]) and chance.random() < again:
            rehearsal.again(chance.choice(repeatable))


def moved_on(fact: Fact, heard: list[Fact]) -> bool:
    """Whether it is an old place of a leg: told again later, it is no repetition but another movement."""
    if not isinstance(fact, LegPlaced):
        return False
    moves = [one for one in heard if isinstance(one, MOVES) and one.leg == fact.leg]
    return moves[-1] is not fact


def begun(name: str) -> Rehearsal:
    """Until the first caller was heard of for the first time."""
    rehearsal = Rehearsal(story(name))
    beats = rehearsal.story.beats
    first = next((at for at, beat in enumerate(beats) if isinstance(beat.fact, LegPlaced)), len(beats))
    for beat in beats[: first + 1]:
        if beat.fact is not None:
            rehearsal.hear(beat)
        elif rehearsal.may(beat):
            assert rehearsal.act(beat)
    return rehearsal


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SAME), st.randoms(use_true_random=False), st.sampled_from((0.0, 0.1, 0.5)))
def test_given_facts_repeated_delayed_and_reordered_then_without_any_snapshot_the_end_is_the_same(
    name: str, chance: Random, again: float
) -> None:
    rehearsal = begun(name)
    disturbed(rehearsal, rehearsal.story.beats, chance, again, lost=0.0)
    assert rehearsal.end() == told(name)[1]
    assert rehearsal.wrongs() == []
    assert [step["do"] for step in rehearsal.skipped] == SKIPPED.get(name, [])


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(LOSSY), st.data(), st.randoms(use_true_random=False), st.sampled_from((0.1, 0.5, 0.9)))
def test_given_facts_lost_too_when_the_link_was_back_then_every_call_ends_and_nobody_is_busy(
    name: str, data: st.DataObject, chance: Random, lost: float
) -> None:
    """What was lost before the link came back is healed by its snapshot, then all is heard again."""
    rehearsal = begun(name)
    beats = rehearsal.story.beats
    until = data.draw(st.integers(0, len(beats)))
    disturbed(rehearsal, beats[:until], chance, 0.1, lost)
    rehearsal.heal()
    disturbed(rehearsal, beats[until:], chance, 0.1, 0.0)
    rehearsal.heal()
    end = rehearsal.end()
    assert rehearsal.wrongs() == []
    assert set(end.calls.values()) <= OVER
    if name in SAME:
        assert end.agents == told(name)[1].agents
        calls = set(told(name)[1].calls)
        assert set(end.calls) <= calls
        assert (calls - set(end.calls)).isdisjoint(rehearsal.heard_of), "a call that we were told of"
