"""The control port of a simulated switch that runs elsewhere: JSON lines over the loopback, server and client.

`SimControl` gives the lab's commands what they need of a switch: `call`, `down`, and `ask` for the rest."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from lab.daemon import alive
from lab.errors import LabError
from lab.sim.phones import Policy
from lab.state import state_dir

if TYPE_CHECKING:
    from lab.sim.phones import SimCall
    from lab.sim.switch import SimSwitch

JSON_LIMIT = 65536
DOWN_WITHIN = 5.0


def state_file() -> Path:
    """Where a running simulator says how to reach it: beside the notes of the lab's real switches."""
    return state_dir() / "sim.json"


def is_running(file: Path | None = None) -> bool:
    """Whether a simulator runs; the note of one that died is removed."""
    path = file or state_file()
    try:
        pid = int(json.loads(path.read_text())["pid"])
    except (OSError, ValueError, KeyError):
        return False
    if not alive(pid):
        path.unlink(missing_ok=True)
    return alive(pid)


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """What became of a call: whether an agent talked to the caller, and how it ended. Seconds since it began."""

    number: str
    did: str
    seconds: float
    joined: bool
    cause: int
    ended_by: str


class ControlServer:
    """Listens beside the switch; each line is a request `{"do": ..., ...}`, answered by one line."""

    def __init__(self, switch: SimSwitch, file: Path | None = None) -> None:
        self._switch = switch
        self._file = file
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._calls: dict[str, SimCall] = {}
        self.stopped = asyncio.Event()
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=JSON_LIMIT)
        self.port = self._server.sockets[0].getsockname()[1]
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps({"control": self.port, "ami": self._switch.port, "pid": os.getpid()}))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.unlink(missing_ok=True)
        if self._server is not None:
            self._server.close()
        for writer in list(self._open):
            writer.close()
        if self._server is not None:
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while line := await reader.readline():
                writer.write(json.dumps(await self._answer(line)).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError, asyncio.CancelledError):
            pass  # the other side went, or sent a line without end
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, object]:
        try:
            request = json.loads(line)
            handler = getattr(self, f"_do_{request.pop('do')}")
            return {"ok": True, "result": await handler(**request)}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return {"ok": False, "error": f"{type(error).__name__}: {error}"}

    async def _do_call(self, number: str = "", name: str = "", did: str = "5551234", seconds: float = 20.0) -> object:
        return asdict(await place_call(self._switch, number, name, did, seconds))

    async def _do_begin(self, number: str = "", name: str = "", did: str = "5551234") -> object:
        """A caller who stays until `end`; answers the id of the leg."""
        call = self._switch.call_in(number, name, did)
        self._calls[call.channel.id] = call
        return call.channel.id

    async def _do_end(self, leg: str) -> object:
        """The caller puts the phone down."""
        call = self._calls.pop(leg)
        call.hang_up()
        return call.cause

    async def _do_channels(self) -> object:
        """Every channel: id, name, endpoint, state, place in the dialplan, and bridge (empty: none)."""
        return [
            {
                "id": one.id,
                "name": one.name,
                "endpoint": one.endpoint,
                "state": one.state.name,
                "context": one.context,
                "bridge": one.bridge.id if one.bridge else "",
            }
            for one in self._switch.exchange.channels.values()
        ]

    async def _do_sent(self, name: str) -> object:
        """The actions of that name that came in, oldest first, with all their headers."""
        return [action.headers for action in self._switch.sent(name)]

    async def _do_dialled(self) -> object:
        """The numbers that were called over the trunk, oldest first."""
        return self._switch.trunk.dialled

    async def _do_status(self) -> object:
        phones = {name: phone.state for name, phone in self._switch.phones.items()}
        return {"channels": len(self._switch.exchange.channels), "ami": self._switch.port, "phones": phones}

    async def _do_phone(self, endpoint: str, manner: str, after: float = 0.1, talk: float | None = None) -> object:
        """`manner`: answer, ring, decline, busy; or the events register, unregister, vanish, hang_up, pick_up."""
        phone = self._switch.phones[endpoint]
        if manner in ("register", "unregister", "vanish", "hang_up"):
            getattr(phone, manner)()
        elif manner == "pick_up":
            phone.answer()
        else:
            phone.policy = {
                "answer": Policy.answers(after, talk),
                "ring": Policy.rings_out(),
                "decline": Policy.declines(after=after),
                "busy": Policy.busy(),
            }[manner]
        return phone.state

    async def _do_fault(self, name: str, **details: object) -> object:
        """A fault by the name of its method: cut, stall, resume, duplicate, drop, delay, refuse_logins, clear..."""
        if name.startswith("_"):
            raise ValueError(f"{name} is no fault")
        getattr(self._switch.faults, name)(**details)
        return name

    async def _do_restart(self, down: float = 0.0) -> object:
        await self._switch.restart(down)
        return self._switch.port

    async def _do_down(self) -> object:
        self.stopped.set()
        return "stopping"


async def place_call(switch: SimSwitch, number: str, name: str, did: str, seconds: float) -> CallOutcome:
    """One caller who stays so many seconds, unless the call ends before."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    call = switch.call_in(number, name, did)
    call.hang_up_after(seconds)
    cause = await call.ended(seconds + 5)
    by = "caller" if call.ours else "switch"
    return CallOutcome(number, did, round(loop.time() - began, 3), call.joined, cause, by)


class SimControl:
    """`async with SimControl.found() as sim: await sim.call(number="+34600111222", seconds=10)`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._turn = asyncio.Lock()

    @classmethod
    def found(cls, file: Path | None = None) -> Self:
        """The simulator that runs on this machine. Raises LabError when there is none."""
        path = file or state_file()
        try:
            return cls(int(json.loads(path.read_text())["control"]))
        except (OSError, ValueError, KeyError) as error:
            cure = "start one: `make run PBX=sim`, `trunkline lab up --switch sim`, or `python -m lab.sim`"
            raise LabError("no simulated switch runs on this machine", cure) from error

    async def __aenter__(self) -> Self:
        try:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, limit=2**24)
        except OSError as error:
            raise LabError(f"the simulated switch does not answer on port {self._port}", "start it again") from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()

    async def ask(self, do: str, **details: object) -> object:
        """One request; raises LabError with what the simulator said against it."""
        # Who gives up half way must not leave an answer behind that the next one takes for theirs.
        line = await asyncio.shield(asyncio.ensure_future(self._exchange({"do": do, **details})))
        answer = json.loads(line or b'{"ok": false, "error": "it ended"}')
        if not answer["ok"]:
            raise LabError(f"the simulated switch refused {do}: {answer['error']}", "look at the arguments")
        result: object = answer["result"]
        return result

    async def _exchange(self, request: dict[str, object]) -> bytes:
        async with self._turn:
            self._writer.write(json.dumps(request).encode() + b"\n")
            return await self._reader.readline()

    async def call(self, number: str = "", name: str = "", did: str = "5551234", seconds: float = 20.0) -> CallOutcome:
        found = await self.ask("call", number=number, name=name, did=did, seconds=seconds)
        return CallOutcome(**found)  # type: ignore[arg-type]

    async def down(self) -> None:
        """Ends the simulator; its note is gone then, so that who begins one at once takes up none that ends."""
        await self.ask("down")
        with contextlib.suppress(ConnectionError, TimeoutError):
            await asyncio.wait_for(self._reader.read(), DOWN_WITHIN)
