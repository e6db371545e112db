"""Keeps every agent's desk up to date from the event stream and publishes the numbered changes."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

import structlog

from agent_desktop.deskview import Person, moment
from agent_desktop.feed import Feed, Numbered
from agent_desktop.pops import PopCache, PopKey, PopSource
from agent_desktop.ports import Batch, EventStream, Resync
from agent_desktop.projection import Choices, Projection
from kernel.errors import TrunklineError

log = structlog.get_logger(__name__)

SAVING_SECONDS = 0.5


class Audience(Protocol):
    """Everybody who looks at an agent's desk."""

    async def tell(self, agent_id: str, event: str, message: dict[str, Any]) -> None: ...


@dataclass(slots=True)
class _Viewed:
    """One person's feed; the lock keeps what is sent in the order of the numbers."""

    person: Person
    feed: Feed
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class HubParts:
    """`figures_seconds`: queue figures alone are published at most that often. `pop_patience`: seconds that a new
    caller's offer waits for the pop, so that both are on the screen at once. `saving`: whether what is asked for can be
    saved just now."""

    stream: EventStream
    pops: PopSource
    audience: Audience
    now: Callable[[], datetime]
    choices: Choices = field(default_factory=Choices)
    figures_seconds: float = 1.0
    pop_timeout: float = 2.0
    pop_patience: float = 0.15
    saving: Callable[[], bool] = lambda: True


class Hub:
    """Owns the projection and the feeds. `run` until cancelled."""

    def __init__(self, parts: HubParts) -> None:
        self._parts = parts
        self.epoch = secrets.token_hex(8)
        self.pops = PopCache(parts.pops, self._pop_arrived, parts.pop_timeout)
        self.projection = Projection(parts.choices, self.pops.customer_of)
        self._viewed: dict[str, _Viewed] = {}
        self._dirty: set[str] = set()
        self._held: dict[str, tuple[str, float]] = {}
        self._figures_due = False
        self._wake = asyncio.Event()
        self.ready = asyncio.Event()

    def now(self) -> str:
        return moment(self._parts.now()) or ""

    async def run(self) -> None:
        """Follow the stream and publish; after a gap begin anew from the full state."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._publish_loop(), name="desk publisher")
                tasks.create_task(self._figures_loop(), name="queue figures")
                tasks.create_task(self._saving_loop(), name="saving")
                while True:
                    await self._follow()
        finally:
            await self.pops.close()

    @contextlib.asynccontextmanager
    async def viewing(self, person: Person) -> AsyncIterator[Feed]:
        """The person's feed, with nothing published to it while the block runs."""
        viewed = self._viewed.get(person.id)
        if viewed is None:
            feed = Feed(self.epoch, self._desk(person))
            viewed = self._viewed[person.id] = _Viewed(person, feed)
        async with viewed.lock:
            if viewed.person != person:
                viewed.person = person
                self._mark({person.id})
            yield viewed.feed

    def language_changed(self, staff_id: str, language: str) -> None:
        """Show the new language on all tabs of that person."""
        if viewed := self._viewed.get(staff_id):
            viewed.person = replace(viewed.person, language=language)
            self._mark({staff_id})

    def person_changed(self, person: Person) -> None:
        """Show who they are by now on all tabs of that person."""
        viewed = self._viewed.get(person.id)
        if viewed is not None and viewed.person != person:
            viewed.person = person
            self._mark({person.id})

    def customer_changed(self, customer_id: str) -> None:
        """Something was written about the customer: everybody who shows them gets it."""
        self.pops.customer_changed(customer_id)

    def figures(self) -> dict[str, int]:
        """What metrics count."""
        return {"feeds": len(self._viewed), "agents": len(list(self.projection.agents()))}

    async def _follow(self) -> None:
        async with self._parts.stream.subscribe() as batches:
            try:
                self.projection.reset(await self._parts.stream.state())
            except TrunklineError as error:
                log.warning("no state yet", error=error.id)
                await asyncio.sleep(0.5)
                return
            self._want_pops(row["id"] for row in self.projection.interactions())
            self.pops.keep_only({row["id"] for row in self.projection.interactions()})
            self._mark(set(self._viewed))
            self.ready.set()
            async for item in batches:
                if isinstance(item, Resync):
                    log.warning("event stream overflowed; taking the state anew")
                    return
                self._take(item)

    def _take(self, batch: Batch) -> None:
        touched = self.projection.apply(batch)
        self._want_pops(touched.interactions)
        self._figures_due = self._figures_due or touched.figures
        self._mark(set(self._viewed) if touched.everybody else touched.agents)

    def _want_pops(self, interaction_ids: Any) -> None:
        for interaction_id in interaction_ids:
            row = self.projection.get("interactions", interaction_id)
            if row is None:
                self.pops.forget(interaction_id)
            elif key := PopKey.of(row):
                self.pops.want(key, urgent=bool(self.projection.viewers(interaction_id)))

    def _pop_arrived(self, interaction_id: str) -> None:
        self.projection.board.names_changed()
        self._figures_due = True
        self._mark(self.projection.viewers(interaction_id))

    def _mark(self, agent_ids: set[str]) -> None:
        wanted = agent_ids & self._viewed.keys()
        if wanted:
            self._dirty |= wanted
            self._wake.set()

    async def _publish_loop(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            dirty, self._dirty = self._dirty, set()
            for agent_id in dirty:
                if not self._hold(agent_id):
                    await self._publish(agent_id)

    def _hold(self, agent_id: str) -> bool:
        """Whether the agent's next change waits for the pop of a caller who is new to the screen."""
        interaction_id = self.projection.shown_to(agent_id)
        if interaction_id is None or not self.pops.coming(interaction_id):
            return False
        shown = self._viewed[agent_id].feed.desk["call"]
        if shown is not None and shown["id"] == interaction_id:
            return False
        loop = asyncio.get_running_loop()
        held, since = self._held.get(agent_id, ("", 0.0))
        if held != interaction_id:
            since = loop.time()
            self._held[agent_id] = interaction_id, since
            loop.call_later(self._parts.pop_patience, self._mark, {agent_id})
        return loop.time() - since < self._parts.pop_patience

    async def _figures_loop(self) -> None:
        while True:
            await asyncio.sleep(self._parts.figures_seconds)
            if self._figures_due:
                self._figures_due = False
                await self._publish_figures()

    async def _saving_loop(self) -> None:
        """No commit tells that there are none: ask."""
        while True:
            saving = self._parts.saving()
            if saving != self.projection.saving:
                self.projection.saving = saving
                self._mark(set(self._viewed))
            await asyncio.sleep(SAVING_SECONDS)

    async def _publish_figures(self) -> None:
        """To everybody; a pop that comes meanwhile does not wait for the last of them."""
        for agent_id, viewed in list(self._viewed.items()):
            now = {
                "queues": self.projection.board.queues_of(viewed.person),
                "waiting": self.projection.board.waiting_of(viewed.person),
            }
            async with viewed.lock:
                await self._send(agent_id, viewed.feed.update({**viewed.feed.desk, **now}))
            await asyncio.sleep(0)

    async def _publish(self, agent_id: str) -> None:
        viewed = self._viewed[agent_id]
        async with viewed.lock:
            told = viewed.feed.desk["waiting"]
            await self._send(agent_id, viewed.feed.update(self._desk(viewed.person, told)))

    async def _send(self, agent_id: str, change: Numbered | None) -> None:
        if change is not None:
            await self._parts.audience.tell(agent_id, "change", change.message(self.now()))

    def _desk(self, person: Person, told: dict[str, Any] | None = None) -> dict[str, Any]:
        """`told`: who waits as they were told last. With many callers that is the longest part of a desk: it goes with
        the figures, however much else changes."""
        return self.projection.desk(person, self.pops.get(self.projection.shown_to(person.id)), told)
