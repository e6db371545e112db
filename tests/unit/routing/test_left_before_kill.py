"""A caller gives up while a phone rings, and the platform is killed before it knows that the phone is still: a start
knows of the call what the journal makes again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from routing.queuerows import Strategy
from routing.rows import Duty, InteractionState
from server.platform import make_core
from server.replay import replay
from tests.unit.routing.bench import QUEUE, Bench

pytestmark = pytest.mark.unit

RINGS = pytest.mark.parametrize("strategy", [Strategy.longest_idle, Strategy.ring_all])


def gave_up(strategy: Strategy) -> Bench:
    """The order to end the ringing is not carried out yet."""
    bench = Bench()
    bench.set_up(replace(QUEUE, strategy=strategy))
    bench.switch.arrive("1700000000.1", "+34600111222")
    bench.wait(1)
    bench.switch.caller_leaves(bench.callers()[0])
    bench.hear()
    assert bench.agent_legs(), "a phone rings still"
    return bench


def lives_what_the_journal_makes_again(bench: Bench) -> bool:
    again = make_core()[0]
    assert list(replay(bench.journal, again)) == []
    return list(again.shelves["interactions"]) == list(bench.rooms.routing.interactions)


@RINGS
@pytest.mark.parametrize("dead_for", [0, 40])
def test_given_a_kill_then_the_call_is_known_until_no_phone_rings_for_it(strategy: Strategy, dead_for: float) -> None:
    bench = gave_up(strategy)
    bench.kill()
    bench.wait(dead_for)
    bench.start()
    state = bench.rooms.routing
    assert [one.state for one in state.interactions] == [InteractionState.abandoned]
    assert lives_what_the_journal_makes_again(bench)
    bench.link()
    bench.wait(1)
    assert (bench.agent_legs(), list(state.offers), list(state.interactions)) == ([], [], [])
    assert {one.duty for one in state.agents} == {Duty.idle}
    assert lives_what_the_journal_makes_again(bench)
