"""A queue that rings all, the whole platform on a simulated switch: two agents accept at the same moment, a link that
breaks and a platform that ends while all phones ring."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.sim import Policy, SimCall, SimPhone, SimSwitch
from routing.messages import OfferEnded
from routing.queuerows import Queue, Strategy
from routing.rows import Duty, InteractionState, Standing
from tests.support.simhouse import SimHouse, on_sim
from tests.support.waiting import until

QUEUE = Queue("main", "Main", strategy=Strategy.ring_all, render_ms=20, ring_seconds=15)
AGENTS = ("ana", "ben")
POOL = "PJSIP/cti-phone-"
WITHIN, APART = 0.005, 0.004
"""Seconds between two answers that are a race, and the most that is tried for."""
REAL = 0.9
"""How many of the races must have had two answers."""
MOST_TRIES = 10
"""Pairs for each race, at most: a crowded machine draws many apart."""
SLOW = 3.0
"""Seconds of ours in one of the switch's, where a start of the platform must come within five of those."""


@pytest.mark.integration
async def test_given_two_agents_who_accept_within_five_milliseconds_ten_times_then_one_is_joined(
    tmp_path: Path,
) -> None:
    await races(10, tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_given_two_agents_who_accept_within_five_milliseconds_a_hundred_times_then_one_is_joined(
    tmp_path: Path,
) -> None:
    await races(100, tmp_path)


class Answers:
    """When each phone's leg was up, as the switch said it, by the clock that it runs on."""

    def __init__(self, switch: SimSwitch) -> None:
        self.said = Counter[str]()
        self._at: list[float] = []
        switch.exchange.listeners.append(self._heard)

    def _heard(self, _kind: str, event: str, headers: list[tuple[str, object]]) -> None:
        self.said.update([event])
        about = dict(headers)
        if event == "Newstate" and about["ChannelStateDesc"] == "Up" and str(about["Channel"]).startswith(POOL):
            self._at.append(asyncio.get_running_loop().time())

    def taken(self) -> list[float]:
        """Those since it was last asked."""
        found, self._at = self._at, []
        return found


@dataclass(frozen=True, slots=True)
class Race:
    """`pressed` is the time between the two agents' accepting, `answered` that between the two answers on the switch;
    None: the second phone rang no more."""

    winner: str
    pressed: float
    answered: float | None


async def races(rounds: int, folder: Path) -> None:
    """Until so many pairs came within 5 ms; a pair that a crowded machine drew apart must end well, and is no race.
    Nine in ten must have been answered twice: else the platform was faster, and nothing was tried."""
    chance = random.Random(20261122)
    tried: list[Race] = []
    counted: list[Race] = []
    async with SimSwitch(2, policy=Policy.rings_out()) as switch, on_sim(switch, folder, QUEUE) as home:
        answers = Answers(switch)
        await home.ready(AGENTS)
        while len(counted) < rounds and len(tried) < MOST_TRIES * rounds:
            tried.append(await race(home, answers, chance.choice(((0, 1), (1, 0))), chance.uniform(0, APART)))
            counted = [one for one in tried if one.pressed <= WITHIN]
        await until(lambda: not switch.exchange.channels, what="no channel is left")
        bridges = answers.said["BridgeCreate"], answers.said["BridgeEnter"]
        assert bridges == (len(tried), 2 * len(tried)), "exactly one bridge for each caller"
        ends = [one.message for one in await home.platform.store.journal(limit=200_000)]
        rescinded = [one for one in ends if isinstance(one, OfferEnded)]
        assert [(one.state, one.reason) for one in rescinded] == [("rescinded", "answered_elsewhere")] * len(tried)
    assert len(counted) == rounds, f"of {len(tried)} pairs only {len(counted)} came within 5 ms"
    apart = sorted(one.answered for one in counted if one.answered is not None)
    assert len(apart) >= REAL * rounds, f"of {rounds} second answers only {len(apart)} reached a phone that still rang"
    assert apart[-1] <= WITHIN
    assert {one.winner for one in counted} == set(AGENTS) or rounds < 20
    middle, last = (1000 * apart[at] for at in (len(apart) // 2, -1))
    print(f"both answered in {len(apart)} of {rounds} pairs, {middle:.1f} ms apart, at most {last:.1f}")


async def race(home: SimHouse, answers: Answers, order: tuple[int, int], apart: float) -> Race:
    """Both phones ring, both answer."""
    call = await all_ring(home)
    phones = [home.phone(agent) for agent in AGENTS]
    answers.taken()
    clock = asyncio.get_running_loop().time
    begun = clock()
    assert phones[order[0]].answer()
    while clock() - begun < apart:  # noqa: ASYNC110  the platform works in these turns; a timer would oversleep
        await asyncio.sleep(0)
    both = phones[order[1]].answer()
    pressed = clock() - begun
    at = answers.taken()
    assert len(at) == 1 + both, "what the phones did is what the switch said"
    winner = await one_has(home, call)
    return Race(winner, pressed, at[1] - at[0] if both else None)


async def one_has(home: SimHouse, call: SimCall) -> str:
    """One agent has the caller and the other is free; returns who it was, after the call and its wrap-up."""
    await until(lambda: any(one.standing is Standing.talking for one in home.state.agents), what="a talk")
    winner, loser = sorted(AGENTS, key=lambda agent: home.row(agent).standing is not Standing.talking)
    await home.free(loser)
    assert (home.row(loser).why, home.row(loser).about) == ("answered_elsewhere", winner)
    assert home.row(loser).missed == 0
    assert home.phone(loser).legs == []
    assert len(home.phone(winner).legs) == 1
    assert call.up
    call.hang_up()
    await home.wraps_up(winner)
    for agent in AGENTS:
        await home.free(agent)
    return winner


async def all_ring(home: SimHouse) -> SimCall:
    call = home.switch.call_in("+34600111222", "Ana", "555")
    for agent in AGENTS:
        await home.phone(agent).until("RINGING")
        await until(lambda agent=agent: home.row(agent).standing is Standing.ringing, what=f"{agent} rings")  # type: ignore[misc]
    return call


async def left_ringing(switch: SimSwitch, folder: Path) -> tuple[SimCall, SimPhone, SimPhone]:
    """The platform ends while both phones ring."""
    async with on_sim(switch, folder, QUEUE) as home:
        await home.ready(AGENTS)
        call = await all_ring(home)
        ana, ben = (home.phone(agent) for agent in AGENTS)
    return call, ana, ben


async def a_third_is_rung(switch: SimSwitch, folder: Path) -> tuple[SimCall, SimPhone, SimPhone]:
    """The platform ends while both phones ring; the switch's own queue has the caller and rings a third, the last."""
    call, ana, _ = await left_ringing(switch, folder)
    third = next(phone for phone in switch.phones.values() if not phone.legs)
    await third.until("RINGING", 30)
    return call, ana, third


@pytest.mark.integration
async def test_given_a_caller_who_hangs_up_while_all_ring_then_all_are_free_and_none_has_missed(tmp_path: Path) -> None:
    async with SimSwitch(2, policy=Policy.rings_out()) as switch, on_sim(switch, tmp_path, QUEUE) as home:
        await home.ready(AGENTS)
        (await all_ring(home)).hang_up()
        for agent in AGENTS:
            await home.free(agent)
            assert (home.row(agent).why, home.row(agent).missed) == ("caller_left", 0)
        assert switch.exchange.channels == {}


@pytest.mark.integration
async def test_given_one_who_declines_then_the_other_rings_on_and_answers(tmp_path: Path) -> None:
    async with SimSwitch(2, policy=Policy.rings_out()) as switch, on_sim(switch, tmp_path, QUEUE) as home:
        await home.ready(AGENTS)
        call = await all_ring(home)
        home.phone("ana").decline(code=603)
        await until(lambda: home.row("ana").duty is Duty.idle, what="ana is free")
        assert home.row("ben").standing is Standing.ringing
        home.phone("ben").answer()
        await until(lambda: home.row("ben").standing is Standing.talking, what="ben talks")
        call.hang_up()
        await home.wraps_up("ben")


@pytest.mark.integration
@pytest.mark.parametrize("ends", [False, True], ids=["the link is cut", "the platform ends"])
async def test_given_answers_that_nobody_hears_while_all_ring_then_one_is_joined_when_all_is_well_again(
    ends: bool, tmp_path: Path
) -> None:
    async with SimSwitch(2, policy=Policy.rings_out()) as switch, AsyncExitStack() as stack:
        home = await stack.enter_async_context(on_sim(switch, tmp_path, QUEUE))
        await home.ready(AGENTS)
        call = await all_ring(home)
        phones = [home.phone(agent) for agent in AGENTS]
        if ends:
            await stack.aclose()
        else:
            switch.faults.cut()
        for phone in phones:
            phone.answer()
        if ends:
            home = await stack.enter_async_context(on_sim(switch, tmp_path, QUEUE))
        await until(lambda: any(one.standing is Standing.talking for one in home.state.agents), 12, "a talk")
        winner, loser = sorted(AGENTS, key=lambda agent: home.row(agent).standing is not Standing.talking)
        await home.free(loser)
        assert home.row(loser).missed == 0
        assert len(switch.exchange.channels) == 2
        call.hang_up()
        await home.wraps_up(winner)


@pytest.mark.integration
async def test_given_an_answer_while_the_switchs_own_queue_has_the_caller_then_that_agent_has_them_on_that_leg(
    tmp_path: Path,
) -> None:
    """The leg waits five seconds of the switch for the platform's word."""
    async with SimSwitch(2, policy=Policy.rings_out(), second=SLOW) as switch:
        call, ana, _ = await left_ringing(switch, tmp_path)
        await until(lambda: call.channel.context == "cti-fallback", 30, "the switch's own queue has the caller")
        ana.answer()
        legs = list(ana.legs)
        async with on_sim(switch, tmp_path, QUEUE) as home:
            await until(lambda: home.row("ana").standing is Standing.talking, 12, "ana talks")
            assert ana.legs == legs, "on the leg that she answered: nobody was hung up and rung again"
            await home.free("ben")
            assert [home.row(agent).missed for agent in AGENTS] == [0, 0]
            assert len(switch.exchange.channels) == 2
            (one,) = home.state.interactions
            assert (one.state, one.from_fallback) == (InteractionState.active, False)
            call.hang_up()
            await home.wraps_up("ana")


@pytest.mark.integration
async def test_given_a_platform_that_stays_away_then_the_switchs_own_queue_serves_the_caller_and_the_rings_are_over(
    tmp_path: Path,
) -> None:
    async with SimSwitch(3, policy=Policy.rings_out()) as switch:
        call, _, third = await a_third_is_rung(switch, tmp_path)
        third.answer()
        await until(lambda: call.joined, what="the fallback serves the caller")
        async with on_sim(switch, tmp_path, QUEUE) as home:
            for agent in AGENTS:
                await until(lambda agent=agent: home.row(agent).duty is Duty.idle, 10, f"{agent} is free")  # type: ignore[misc]
                assert home.row(agent).missed == 0
            (one,) = home.state.interactions
            assert one.state is InteractionState.active
            assert call.up
            call.hang_up()
            await until(lambda: not switch.exchange.channels, what="no channel is left")


async def rung_for_another(switch: SimSwitch, folder: Path) -> tuple[SimCall, SimPhone, SimPhone]:
    """As the switch's own queue rings a third phone, ana answers hers. Returns the call, her phone and the third."""
    call, ana, third = await a_third_is_rung(switch, folder)
    ana.answer()
    return call, ana, third


@pytest.mark.integration
async def test_given_an_answer_while_the_queue_rings_another_who_declines_then_that_agent_has_the_caller(
    tmp_path: Path,
) -> None:
    async with SimSwitch(3, policy=Policy.rings_out(), second=SLOW) as switch:
        call, ana, third = await rung_for_another(switch, tmp_path)
        legs = list(ana.legs)
        async with on_sim(switch, tmp_path, QUEUE) as home:

            def talks() -> bool:
                """The third phone declines each time that the queue rings it."""
                if third.state == "RINGING":
                    third.decline(code=603)
                return home.row("ana").standing is Standing.talking

            await until(talks, 12, "ana talks")
            assert ana.legs == legs, "on the leg that she answered"
            await home.free("ben")
            assert [home.row(agent).missed for agent in AGENTS] == [0, 0]
            assert len(switch.exchange.channels) == 2
            call.hang_up()
            await home.wraps_up("ana")


@pytest.mark.integration
async def test_given_an_answer_while_the_queue_rings_another_who_answers_too_then_that_one_has_the_caller(
    tmp_path: Path,
) -> None:
    async with SimSwitch(3, policy=Policy.rings_out(), second=SLOW) as switch:
        call, ana, third = await rung_for_another(switch, tmp_path)
        async with on_sim(switch, tmp_path, QUEUE) as home:
            third.answer()
            await until(lambda: call.joined, what="the queue's own phone has the caller")
            talk = call.channel.bridge
            for agent in AGENTS:
                await home.free(agent)
                assert (home.row(agent).why, home.row(agent).missed) == ("answered_elsewhere", 0)
            assert ana.legs == []
            assert len(switch.exchange.channels) == 2
            assert call.channel.bridge is talk, "nobody was taken out of it"
            call.hang_up()
            await until(lambda: not switch.exchange.channels, what="no channel is left")


@pytest.mark.integration
async def test_given_an_answer_and_a_platform_that_stays_silent_then_the_line_ends_and_the_queue_rings_that_phone(
    tmp_path: Path,
) -> None:
    """Nobody sits on a silent line: after five seconds it is over, the phone is free, and its agent is told."""
    async with SimSwitch(2, policy=Policy.rings_out()) as switch:
        call, ana, ben = await left_ringing(switch, tmp_path)
        ana.answer()
        (waited,) = ana.legs
        await until(lambda: waited not in ana.legs, 12, "the line is over")
        ben.decline(code=603)
        await ana.until("RINGING", 15)
        ana.answer()
        await until(lambda: call.joined, what="the queue joins them")
        async with on_sim(switch, tmp_path, QUEUE) as home:
            await until(lambda: home.row("ana").standing is Standing.talking, 12, "ana talks, as the desk says too")
            await home.free("ben")
            assert [home.row(agent).missed for agent in AGENTS] == [0, 0]
            (one,) = home.state.interactions
            assert (one.state, one.from_fallback) == (InteractionState.active, True)
            assert len(switch.exchange.channels) == 2
            call.hang_up()
            await home.wraps_up("ana")
