"""What a phone does with an offer, on the simulated switch with the whole platform: whether the agent missed it, how
long they rest before they are offered again (each apart), and when they are paused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kernel.messages import Message
from lab.sim import Policy, SimSwitch
from routing.messages import AgentPausedForMisses, OfferEnded, OfferMade, SetPresence
from routing.queuerows import Queue
from routing.rows import Presence
from tests.support.simhouse import SimHouse, on_sim
from tests.support.waiting import until

pytestmark = pytest.mark.integration

QUEUE = Queue(
    "main", "Main", render_ms=20, ring_seconds=1, misses_to_pause=2, no_answer_delay=2, reject_delay=3, busy_delay=4
)
REFUSED = {
    603: ("declined", "rejected_on_phone", QUEUE.reject_delay),
    486: ("failed", "phone_busy", QUEUE.busy_delay),
    503: ("failed", "phone_unreachable", QUEUE.busy_delay),
    404: ("failed", "phone_unreachable", QUEUE.busy_delay),
}


async def offers(home: SimHouse) -> list[tuple[object, ...]]:
    """Each end of an offer, the agent's rest after it as the next offer shows, in the order of the journal."""
    found: list[tuple[object, ...]] = []
    ended = None
    for entry in await home.platform.store.journal(limit=200_000):
        if isinstance(entry.message, OfferEnded):
            ended = entry
        elif isinstance(entry.message, OfferMade) and ended is not None:
            assert isinstance(ended.message, OfferEnded)
            found.append((ended.message.state, ended.message.reason, (entry.at - ended.at).total_seconds()))
            ended = None
    return found


async def until_said(home: SimHouse, kind: type[Message]) -> list[Message]:
    """The journal's messages, once one of that kind is committed."""
    said: list[Message] = []

    async def there() -> bool:
        said[:] = [one.message for one in await home.platform.store.journal(limit=200_000)]
        return any(isinstance(one, kind) for one in said)

    await until(there, 20, kind.__name__)
    return said


@pytest.mark.parametrize("code", REFUSED)
async def test_a_phone_that_refuses_is_no_miss_and_rests_as_its_reason_wants(code: int, tmp_path: Path) -> None:
    state, reason, rest = REFUSED[code]
    async with (
        SimSwitch(1, policy=Policy.declines(code, after=0.05)) as switch,
        on_sim(switch, tmp_path, QUEUE) as home,
    ):
        await home.ready(("ana",))
        call = switch.call_in("+34600111222")
        await until(lambda: home.platform.tally.ended["offers", state] >= 2, 30, "refused, rested, and refused again")
        row = home.row("ana")
        assert (row.missed, row.presence) == (0, Presence.ready)
        assert row.not_before is not None
        assert timedelta(0) < row.not_before - home.platform.clock.now() <= timedelta(seconds=rest)
        (first,) = await offers(home)
        assert first[:2] == (state, reason)
        assert rest <= float(str(first[2])) < rest + 1.5
        call.hang_up()
        await until(lambda: not switch.exchange.channels, what="no channel is left")


async def test_a_phone_that_nobody_answers_is_missed_twice_and_pauses(tmp_path: Path) -> None:
    async with SimSwitch(1, policy=Policy.rings_out()) as switch, on_sim(switch, tmp_path, QUEUE) as home:
        await home.ready(("ana",))
        call = switch.call_in("+34600111222")
        await until(lambda: home.row("ana").missed == 1, 20, "missed once")
        assert home.row("ana").presence is Presence.ready
        await until(lambda: home.row("ana").missed == 2, 20, "missed twice")
        row = home.row("ana")
        assert (row.presence, row.pause_reason, row.standing) == (Presence.paused, "missed", "missed")
        (first,) = await offers(home)
        assert first[:2] == ("timed_out", "no_answer")
        assert QUEUE.no_answer_delay <= float(str(first[2])) < QUEUE.no_answer_delay + 1.5
        said = await until_said(home, AgentPausedForMisses)
        assert [one.missed for one in said if isinstance(one, AgentPausedForMisses)] == [2]
        assert sum(isinstance(one, OfferMade) for one in said) == 2, "who is paused is offered nothing"

        home.phone("ana").policy = Policy.answers()
        await home.do(SetPresence(actor="ana", agent_id="ana", presence=Presence.ready))
        await until(lambda: home.row("ana").duty == "busy", 20, "ready again, rung and joined")
        assert home.row("ana").missed == 0, "misses in a row begin at zero again"
        call.hang_up()
        await home.wraps_up("ana")


async def test_a_phone_that_is_not_there_is_offered_nothing_and_misses_nothing(tmp_path: Path) -> None:
    async with SimSwitch(1, policy=Policy.rings_out()) as switch, on_sim(switch, tmp_path, QUEUE) as home:
        await home.ready(("ana",))
        home.phone("ana").unregister()
        await until(lambda: home.row("ana").device == "lost", 10, "the phone is lost")
        call = switch.call_in("+34600111222")
        await until(lambda: len(home.state.interactions.where("state", "queued")) == 1, 10, "a caller waits")
        home.phone("ana").register()
        await until(lambda: home.phone("ana").state == "RINGING", 10, "offered as soon as it is back")
        assert home.row("ana").missed == 0
        said = await until_said(home, OfferMade)
        assert sum(isinstance(one, OfferMade) for one in said) == 1, "and not before"
        call.hang_up()
        await until(lambda: not switch.exchange.channels, what="no channel is left")


async def test_a_phone_that_goes_while_it_rings_misses_nothing_and_is_offered_again_once_it_is_back(
    tmp_path: Path,
) -> None:
    queue = replace(QUEUE, ring_seconds=5, misses_to_pause=1)
    async with SimSwitch(1, policy=Policy.rings_out()) as switch, on_sim(switch, tmp_path, queue) as home:
        await home.ready(("ana",))
        phone = home.phone("ana")
        call = switch.call_in("+34600111222")
        await until(lambda: phone.state == "RINGING", 10, "it rings")
        phone.unregister()
        await until(lambda: home.row("ana").device == "lost", 4, "rung no more, and lost")
        said = await until_said(home, OfferEnded)
        (end,) = [one for one in said if isinstance(one, OfferEnded)]
        assert (end.state, end.reason) == ("failed", "phone_unreachable")
        assert (home.row("ana").missed, home.row("ana").presence) == (0, Presence.ready)
        phone.register()
        await until(lambda: phone.state == "RINGING", 10, "offered as soon as it is back")
        assert sum(isinstance(one, OfferMade) for one in await until_said(home, OfferMade)) == 2, "and not before"
        call.hang_up()
        await until(lambda: not switch.exchange.channels, what="no channel is left")
