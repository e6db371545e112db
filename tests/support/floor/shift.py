"""A shift under faults: ten calls up, two held, five callers waiting, always something moving; and what must hold."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from routing.queuerows import Queue
from tests.support.faulty_link import FaultyLink
from tests.support.floor.people import NO_ANSWER, Person
from tests.support.floor.sight import Talk, double, held, leg_of, mistakes, talks, waiting
from tests.support.floor.worlds import World
from tests.support.waiting import until
from tests.support.working import call_off, still_works
from tests.system.desk.process import PASSWORD, PlatformProcess

UP, HELD, WAIT = 10, 2, 5
LOGINS = tuple(f"agent{n:02d}" for n in range(1, UP + HELD + 1))
QUEUE = Queue("main", "Main", wrap_seconds=20, render_ms=300, lost_phone_seconds=8)
NUMBERS = tuple(f"+3460012{n:04d}" for n in range(24))
CUSTOMERS = tuple((f"Customer {n}", number) for n, number in enumerate(NUMBERS))
RIGHT_WITHIN = 3.0
STARTS_WITHIN = 20.0
"""A process starts in 2 to 4 s; on a machine that does ten other things in more than 10."""
SETTLED_WITHIN = 30.0
UNDER_WAY = 2.0
"""Seconds until the switch has done what a desk was answered: a move of that long ago may still be seen after it."""


@dataclass(slots=True)
class Figures:
    """What a run counted. Times in seconds."""

    rounds: int = 0
    ready: list[float] = field(default_factory=list)
    right: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    """From the start of a new process, or the end of a fault, until all was right."""
    held: int = 0
    """Callers on hold at a fault, summed over the rounds."""
    moves: int = 0
    memory: int = 0

    def __str__(self) -> str:
        def of(times: Sequence[float]) -> str:
            ordered = sorted(times) or [0.0]
            return f"median {ordered[len(ordered) // 2]:.2f}, most {ordered[-1]:.2f} s"

        words = (
            f"{self.rounds} rounds, {self.moves} moves, {self.held} on hold",
            f"ready again: {of(self.ready)}, all right after that: {of(self.right)}, both together: {of(self.again)}",
            f"{self.memory / 2**20:.0f} MB at most",
        )
        return "; ".join(words)


class Shift:
    """Fill it, run rounds of faults, empty it. Each round checks; an AssertionError says what was found."""

    def __init__(self, world: World, platform: PlatformProcess, link: FaultyLink, chance: random.Random) -> None:
        self.world, self.platform, self.link, self.chance = world, platform, link, chance
        self.people = [Person(platform.url, login, PASSWORD) for login in LOGINS]
        self.figures = Figures()
        self.arrived: list[str] = []
        self._ended: set[str] = set()
        self._moved: dict[str, float] = {}
        self._still = asyncio.Event()
        self._still.set()
        self._moving = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._talks: dict[str, Talk] = {}
        self._held: dict[str, Talk] = {}

    # --- its life

    async def begin(self) -> None:
        for person in self.people:
            await person.sign_in(self.world.phone)
        for _ in range(UP + HELD):
            await self._caller()
        await self._settles(lambda: len(self._talks) == UP + HELD, "twelve talk")
        for person in self.people[:HELD]:
            assert await person.does("hold") == 200
        for _ in range(WAIT):
            await self._caller()
        await self._settles(lambda: len(self._talks) == UP, "ten talk")
        self._task = asyncio.create_task(self._churn(), name="the mover")

    async def end(self) -> None:
        """Everybody hangs up: nothing may be left on the switch, nobody busy."""
        await call_off(self._task)
        self._task = None
        for leg in self.arrived:
            await self._hang_up(leg)
        await self._settles(self._empty, "no channel is left and nobody is busy")
        for person in self.people:
            await until(lambda person=person: person.stint == "", 10, f"{person.login} has wrapped up")  # type: ignore[misc]

    async def close(self) -> None:
        try:
            await call_off(self._task)
        finally:
            for person in self.people:
                await person.close()

    def living(self) -> list[str]:
        return [leg for leg in self.arrived if leg not in self._ended]

    def _empty(self) -> bool:
        return all(person.me["duty"] in ("idle", "wrapping") for person in self.people) and not self._channels

    # --- a round

    async def round(self, fault: Callable[[], Awaitable[None]], starts: bool) -> None:
        """Something breaks at a random moment and is whole again; then all must be right within 3 s. Where the platform
        `starts` anew, its start has a limit of its own, and the 3 s are from when it says that it works."""
        still_works(self._task)
        await asyncio.sleep(self.chance.uniform(0.2, 3.0))
        async with self._moving:  # what is under way would be forgotten, and seen as a talk that was cut
            await self._look()
            since = time.monotonic() - UNDER_WAY
            self._moved = {leg: at for leg, at in self._moved.items() if at > since}
            before = self._talks | self._held
            self.figures.held += len(self._held)
        await asyncio.sleep(self.chance.uniform(0.0, 0.5))
        await fault()
        began = time.monotonic()
        await self.platform.ready(STARTS_WITHIN if starts else RIGHT_WITHIN)
        took = time.monotonic() - began
        self.figures.ready.append(took)
        self.figures.memory = max(self.figures.memory, self.platform.memory)
        async with self._moving:  # nobody moves while we look
            await self._settles(lambda: True, "all is right", RIGHT_WITHIN - (0 if starts else took))
            self.figures.again.append(time.monotonic() - began)
            self._nothing_cut(before)
        self.figures.rounds += 1

    def _nothing_cut(self, before: dict[str, Talk]) -> None:
        lost = [leg for leg in self.living() if leg not in self._channels]
        assert not lost, f"callers cut off: {lost}"
        for leg, talk in before.items():
            if leg in self._ended or talk.agent in self._ended:
                continue
            assert talk.agent in self._channels, f"{leg} lost its agent's leg {talk.agent}"
            if leg not in self._moved:
                now = self._talks.get(leg) or self._held.get(leg)
                assert now == talk, f"{leg} is no longer with its agent as it was: {talk} {now}"
        broken = [words for person in self.people for words in person.broken]
        assert not broken, broken
        twice = self.link.originated
        assert len(twice) == len(set(twice)), "a leg was originated twice"

    async def _look(self) -> list[str]:
        """See the switch and the desks; what is wrong."""
        self._channels = await self.world.channels()
        desks = {person.endpoint: person.desk for person in self.people}
        self._talks, self._held = talks(self._channels), held(self._channels, desks)
        offline = [f"{person.login} is not connected: {person.away}" for person in self.people if not person.connected]
        return offline or mistakes(self._channels, desks)

    async def _settles(self, also: Callable[[], bool], what: str, within: float = SETTLED_WITHIN) -> None:
        """Nobody may ever talk twice. A phone may ring twice for a moment: the platform rings it as it comes back while
        the caller gives the platform up and the switch's own queue rings it too; then the platform takes its ring back.
        """
        began = time.monotonic()
        while True:
            found = await self._look()
            answered = {key: one for key, one in self._channels.items() if one.up}
            assert double(answered) == [], "\n".join(str(one) for one in self._channels.values())
            if not found and also():
                break
            assert time.monotonic() - began < within, (
                f"{what}: not within {within} s; {len(self._talks)} talk, {len(waiting(self._channels))} wait\n"
                + "\n".join(found)
            )
            await asyncio.sleep(0.03)
        if what == "all is right":
            self.figures.right.append(time.monotonic() - began)

    # --- what people do meanwhile

    async def _churn(self) -> None:
        moves = (self._agent_ends, self._agent_ends, self._phone_ends, self._caller_ends, self._holds, self._gives_up)
        while True:
            await asyncio.sleep(self.chance.uniform(0.2, 1.2))
            async with self._moving:
                await self.chance.choice(moves)()
                self.figures.moves += 1
                for leg in talks(await self.world.channels()):
                    if leg in self._ended:  # the platform was killed between its word and the order: once more
                        await self._hang_up(leg)
                while len(self.living()) < UP + HELD + WAIT:
                    await self._caller()

    async def _caller(self) -> None:
        self.arrived.append(await self.world.call_in(self.chance.choice(NUMBERS)))

    async def _hang_up(self, leg: str) -> None:
        self._ended.add(leg)
        with contextlib.suppress(Exception):  # it ended with its agent's leg already
            await self.world.caller_hangs_up(leg)

    async def _pair(self, among: Callable[[Person], bool] = lambda _: True) -> tuple[Person, Talk] | None:
        """A talk that goes on, and its agent."""
        found = talks(await self.world.channels())
        by_endpoint = {talk.endpoint: talk for leg, talk in found.items() if leg not in self._ended}
        pairs = [(one, by_endpoint[one.endpoint]) for one in self.people if one.endpoint in by_endpoint and among(one)]
        return self.chance.choice(pairs) if pairs else None

    async def _agent_ends(self) -> None:
        """By the button: while the platform is away nothing comes of it, or nobody knows."""
        pair = await self._pair(lambda one: one.stint == "joined")
        if pair is None or leg_of(pair[0].call.get("id", "")) != pair[1].caller:
            return
        person, talk = pair
        self._ended |= {talk.caller, talk.agent}
        status = await person.does("hang-up")
        if status != 200:  # at worst it is done all the same: end it for sure
            await self._hang_up(talk.caller)

    async def _phone_ends(self) -> None:
        pair = await self._pair()
        if pair is not None:
            person, talk = pair
            self._ended |= {talk.caller, talk.agent}
            await self.world.phone_hangs_up(person.endpoint)
            await self._hang_up(talk.caller)

    async def _caller_ends(self) -> None:
        pair = await self._pair()
        if pair is not None:
            self._ended.add(pair[1].agent)
            await self._hang_up(pair[1].caller)

    async def _gives_up(self) -> None:
        found = [leg for leg in waiting(await self.world.channels()) if leg not in self._ended]
        if found:
            await self._hang_up(self.chance.choice(found))

    async def _holds(self) -> None:
        """Somebody talks on with a held caller, and somebody else puts one on hold."""
        held = [one for one in self.people if one.stint == "held"]
        if len(held) >= HELD:
            one = self.chance.choice(held)
            self._moved[leg_of(one.call["id"])] = time.monotonic()
            await one.does("resume")
        pair = await self._pair(lambda one: one.stint == "joined")
        if pair is not None:
            self._moved[pair[1].caller] = time.monotonic()
            assert await pair[0].does("hold") in (200, 404, 409, 503, NO_ANSWER)
