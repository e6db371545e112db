"""The screen pop of each caller, fetched while the caller still waits, so that it travels with the offer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from agent_desktop.ports import Row

log = structlog.get_logger(__name__)

SERVED = frozenset({"offered", "active", "held"})
TRIES = (0.0, 0.25, 1.0, 3.0)


@dataclass(frozen=True, slots=True)
class PopKey:
    """What a pop depends on. `ended` makes it fresh once more when the call is over."""

    interaction_id: str
    match: str
    customer_id: str | None
    candidate_ids: tuple[str, ...]
    ended: bool = False

    @classmethod
    def of(cls, interaction: Row) -> PopKey | None:
        """None while nobody has looked the caller up yet; whoever is served before that is unknown."""
        match = interaction.get("match") or ("unknown" if interaction["state"] in SERVED else None)
        if match is None:
            return None
        return cls(
            interaction["id"],
            match,
            interaction.get("customer_id"),
            tuple(interaction.get("candidate_ids") or ()),
            interaction["state"] in ("closed", "abandoned"),
        )


class PopSource(Protocol):
    """Reads what is known about a caller."""

    async def pop(self, key: PopKey) -> dict[str, Any]:
        """`customer`, `candidates`, `timeline` and `tickets`, JSON-ready; for an unknown caller customer is None."""
        ...


class PopCache:
    """At most `room` pops by interaction. `arrived` is called with the interaction when its pop is there or new."""

    def __init__(
        self, source: PopSource, arrived: Callable[[str], None], timeout: float = 2.0, room: int = 500
    ) -> None:
        self._source = source
        self._arrived = arrived
        self._timeout = timeout
        self._room = room
        self._pops: dict[str, Row] = {}
        self._keys: dict[str, PopKey] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._turns = asyncio.Semaphore(8)

    def get(self, interaction_id: str | None) -> Row | None:
        return self._pops.get(interaction_id) if interaction_id is not None else None

    def customer_of(self, interaction_id: str) -> str | None:
        """What the customer of a call is called, where the pop is there and knows."""
        customer = self._pops.get(interaction_id, {}).get("customer")
        return str(customer["name"]) if customer else None

    def coming(self, interaction_id: str) -> bool:
        """Whether the first pop of the interaction is being fetched."""
        return interaction_id in self._tasks and interaction_id not in self._pops

    def want(self, key: PopKey, urgent: bool = False) -> None:
        """Fetch the pop unless it is there or on its way; beyond the room only what an agent is shown."""
        if self._keys.get(key.interaction_id) == key:
            return
        if key.interaction_id not in self._keys and len(self._keys) >= self._room and not urgent:
            return
        self._fetch(key)

    def forget(self, interaction_id: str) -> None:
        self._pops.pop(interaction_id, None)
        self._keys.pop(interaction_id, None)
        if task := self._tasks.pop(interaction_id, None):
            task.cancel()

    def keep_only(self, interaction_ids: set[str]) -> None:
        """Forget all others."""
        for key in set(self._keys) - interaction_ids:
            self.forget(key)

    def customer_changed(self, customer_id: str) -> None:
        """Fetch anew every pop that shows this customer."""
        for key in list(self._keys.values()):
            if key.customer_id == customer_id or customer_id in key.candidate_ids:
                self._fetch(key)

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _fetch(self, key: PopKey) -> None:
        if before := self._tasks.get(key.interaction_id):
            before.cancel()
        self._keys[key.interaction_id] = key
        task = asyncio.create_task(self._run(key), name=f"pop {key.interaction_id}")
        self._tasks[key.interaction_id] = task
        task.add_done_callback(lambda done: self._done(key.interaction_id, done))

    def _done(self, interaction_id: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(interaction_id) is task:
            del self._tasks[interaction_id]

    async def _run(self, key: PopKey) -> None:
        for pause in TRIES:
            await asyncio.sleep(pause)
            try:
                async with self._turns, asyncio.timeout(self._timeout):
                    found = await self._source.pop(key)
            except Exception as error:  # the caller is offered without, and it is tried again
                log.warning("pop not read", interaction_id=key.interaction_id, error=repr(error))
            else:
                self._pops[key.interaction_id] = {"interaction_id": key.interaction_id, **found}
                self._arrived(key.interaction_id)
                return
        self._keys.pop(key.interaction_id, None)
