"""Stand-ins for the engine, the switch's phones and the calls' records, for tests of the desktop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from agent_desktop.phonebook import Phone
from agent_desktop.ports import Batch, Resync, Row, RowChange, State
from agent_desktop.records import AgentStateLine, CallAbout, DialFate, Recording, Why
from agent_desktop.traces import CallLine, TraceLine
from kernel.access import Actor, Ownership
from kernel.messages import Command
from routing.setupmessages import SaveSetUpChange

AT = "2026-03-01T10:00:00Z"


class FakeEngine:
    """CommandPort and EventStream over dicts. `answers` maps a command type to a value, an error or a function."""

    def __init__(self, room: int = 1000) -> None:
        self.seq = 0
        self.rows: dict[str, dict[str, Row]] = {}
        self.commands: list[Command] = []
        self.answers: dict[type[Command], Any] = {}
        self._room = room
        self._queues: set[asyncio.Queue[Batch | Resync]] = set()

    async def execute(self, command: Command) -> object:
        self.commands.append(command)
        answer = self.answers.get(type(command))
        if isinstance(answer, Exception):
            raise answer
        return answer(command) if callable(answer) else answer

    async def state(self) -> State:
        return State(self.seq, {shelf: dict(rows) for shelf, rows in self.rows.items()})

    def commit(self, *changes: tuple[str, str, Row | None]) -> None:
        """Change rows in one batch."""
        self.seq += 1
        for shelf, key, row in changes:
            rows = self.rows.setdefault(shelf, {})
            if row is None:
                rows.pop(key, None)
            else:
                rows[key] = row
        batch = Batch(self.seq, AT, tuple(RowChange(*change) for change in changes))
        for queue in self._queues:
            self._offer(queue, batch)

    def tell(self, *events: Row) -> None:
        """Events in a batch without changes."""
        self.seq += 1
        for queue in self._queues:
            self._offer(queue, Batch(self.seq, AT, (), events))

    def _offer(self, queue: asyncio.Queue[Batch | Resync], batch: Batch) -> None:
        if queue.full():
            while not queue.empty():
                queue.get_nowait()
            queue.put_nowait(Resync())
        else:
            queue.put_nowait(batch)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[AsyncIterator[Batch | Resync]]:
        queue: asyncio.Queue[Batch | Resync] = asyncio.Queue(self._room)
        self._queues.add(queue)

        async def read() -> AsyncIterator[Batch | Resync]:
            while True:
                yield await queue.get()

        try:
            yield read()
        finally:
            self._queues.discard(queue)


class FakePhones:
    def ws_url(self, host: str) -> str:
        return f"ws://{host}:8088/ws"

    async def phone(self, endpoint: str, host: str) -> Phone:
        return Phone(endpoint, "s3cret-of-the-phone", self.ws_url(host), host)


class FakeRecords:
    """`parts` names who had a part in an interaction, `dials` what became of an attempt."""

    def __init__(self) -> None:
        self.parts: dict[str, list[Ownership]] = {}
        self.dials: dict[str, DialFate] = {}

    async def owners(self, interaction_id: str) -> list[Ownership]:
        return self.parts.get(interaction_id, [])

    async def why(self, interaction_id: str) -> Why:
        considered = {"agent_id": "a", "name": "A", "verdict": "chosen", "reason": "longest_idle", "idle_seconds": 4.0}
        return {"offers": [{"id": f"of-{interaction_id}", "made_at": AT, "state": "accepted", "agents": [considered]}]}

    async def recordings(self, interaction_id: str) -> list[Recording]:
        return [
            {
                "id": "re-1",
                "interaction_id": interaction_id,
                "state": "stored",
                "started_at": AT,
                "ended_at": None,
                "seconds": None,
            }
        ]

    async def line(self, interaction_id: str) -> CallLine | None:
        return None

    async def latest(self, before: str | None, limit: int, queue_id: str | None, whose: Actor | None) -> list[CallLine]:
        return []

    async def story(self, interaction_id: str, limit: int) -> list[TraceLine]:
        return []

    async def dial(self, attempt_id: str) -> DialFate | None:
        return self.dials.get(attempt_id)

    async def calls(self, ids: Sequence[str]) -> Mapping[str, CallAbout]:
        return {}

    async def agent(self, agent_id: str) -> Ownership | None:
        return next((one for parts in self.parts.values() for one in parts if one.owner_id == agent_id), None)

    async def setup_changes(self, before: str | None, limit: int) -> list[SaveSetUpChange]:
        return []

    async def setup_change(self, change_id: str) -> SaveSetUpChange | None:
        return None

    async def agent_states(self, agent_id: str, limit: int) -> list[AgentStateLine]:
        line: AgentStateLine = {
            "at": AT, "state": "talking", "was": "ringing", "was_since": AT, "why": "joined", "about": None
        }  # fmt: skip
        return [line] * min(limit, 2)


class HeldPops:
    """A PopSource whose answers can be held back; otherwise passes on to another."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked: list[Any] = []

    async def pop(self, key: Any) -> dict[str, Any]:
        self.asked.append(key)
        await self.gate.wait()
        found: dict[str, Any] = await self._source.pop(key)
        return found


async def until(true: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait until `true()` holds; fail when it does not in time."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
