"""Rules for a queue without anybody, over a kill: what came while the platform was dead comes once it lives, and a
replay, which has no starts, has the same deadlines."""

from __future__ import annotations

import pytest

from kernel.codec import plain
from routing.messages import SetPresence
from routing.rows import InteractionState, Presence
from routing.setupmessages import ChangeSetUp
from routing.teamwork import Edit
from routing.tiers import Destination, EmptyRules, Factor, Goes
from server.platform import make_core
from server.replay import replay
from tests.unit.routing.bench import AGENTS, Bench

pytestmark = pytest.mark.unit

TO_MAIN = Destination(Goes.queue, queue_id="main")
RULES = EmptyRules(leave=(Factor.nobody_ready,), leave_to=TO_MAIN, grace_seconds=3)
DID = "555"
"""What the little switch's callers called."""


def nobody_is_ready() -> Bench:
    bench = Bench()
    for agent in AGENTS:
        bench.take(SetPresence(actor=agent, agent_id=agent, presence=Presence.paused, reason="break"))
    values = {"name": "Other", "dids": [DID], "empty": plain(RULES)}
    assert bench.take(ChangeSetUp(actor="adm", edits=(Edit("queue", "other", values),)))
    return bench


def lives_what_the_journal_makes_again(bench: Bench) -> bool:
    again = make_core()[0]
    assert list(replay(bench.journal, again)) == []
    return all(list(again.shelves[name]) == list(shelf) for name, shelf in bench.core.shelves.items())


@pytest.mark.parametrize("dead_for", [1, 4])
def test_given_a_kill_while_a_deadline_stands_then_a_replay_has_the_same(dead_for: float) -> None:
    bench = nobody_is_ready()
    bench.kill()
    bench.wait(dead_for)
    bench.start()
    assert "lack-other" in bench.core.deadlines
    assert lives_what_the_journal_makes_again(bench)
    bench.link()
    bench.wait(4)
    assert "lack-other" not in bench.core.deadlines
    assert lives_what_the_journal_makes_again(bench)


def test_given_a_kill_until_those_who_wait_should_have_gone_then_they_go() -> None:
    bench = nobody_is_ready()
    bench.switch.arrive("1700000000.1", "")
    bench.wait(1)
    (caller,) = bench.rooms.routing.interactions
    assert (caller.queue_id, caller.state) == ("other", InteractionState.queued)
    bench.kill()
    bench.wait(4)
    bench.start()
    bench.link()
    bench.wait(1)
    (caller,) = bench.rooms.routing.interactions
    assert (caller.queue_id, caller.state) == ("main", InteractionState.queued)
    assert lives_what_the_journal_makes_again(bench)
