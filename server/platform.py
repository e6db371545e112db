"""The composition root: builds the real parts, starts them in order, stops them in reverse."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_core.customers.service import CustomerService
from cti.ami.switch import AmiSwitch
from cti.calls import CallBook
from cti.facts import LinkDown
from cti.switch import Switch
from dialer.office import PermitOffice, Rules
from kernel import db
from kernel.clock import NOTABLE, SteadyClock
from kernel.codec import plain
from kernel.core import Core
from kernel.engine import Engine
from kernel.errors import Displaced
from kernel.faults import FaultPoint, reached
from kernel.messages import Fact
from kernel.once import Answers
from kernel.shelf import Shelf
from kernel.turn import Handler
from recordings.room import Recordings
from routing.dialling import TrunkConfigured
from routing.messages import DesksUnknown
from routing.outcomes import DEFAULT_DISPOSITIONS
from routing.queuerows import Queue
from routing.room import handlers
from routing.setupmessages import DispositionsConfigured, PhonesConfigured, QueueConfigured
from routing.state import MAIN_QUEUE, State
from server.figures import Tally
from server.heartbeat import Heartbeat, PulseHandler
from server.librarian import Librarian
from server.lookback import LookBack
from server.outlet import PlatformOutlet
from server.pbx import Pbx, WayOut
from server.permits import PermitClerk, Sealer, sweep_for_ever
from server.phones import FilePhoneBook
from server.ports import EnginePorts
from server.records import last_dials, talks_of
from server.shelves import savers, shelf_tables
from server.store import SqlEngineStore, last_committed, last_there

log = structlog.get_logger(__name__)

DISPLACED = "displaced"
"""What `Platform.broken` says when another platform has taken the database over."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """The engine's state and handlers, floor by floor."""

    book: CallBook
    routing: State
    recordings: Recordings
    answers: Answers

    @property
    def shelves(self) -> Sequence[Shelf[Any]]:
        return (*self.book.shelves, *self.routing.shelves, *self.recordings.shelves, self.answers.shelf)

    @property
    def handlers(self) -> Sequence[Handler]:
        answers = self.answers
        rooms = (self.book, *handlers(self.routing, self.book), self.recordings)
        return (answers.opening, PulseHandler(), *rooms, answers.closing)


def make_core() -> tuple[Core, Rooms]:
    """An empty engine core with all rooms; a replay runs on one too."""
    state = State()
    rooms = Rooms(CallBook(), state, Recordings(state.is_on), Answers())
    return Core(rooms.shelves, rooms.handlers), rooms


@dataclass(frozen=True, slots=True)
class Platform:
    """The running parts that the web application and the command line reach for."""

    database: AsyncEngine
    clock: SteadyClock
    engine: Engine
    rooms: Rooms
    store: SqlEngineStore
    ports: EnginePorts
    switch: Switch
    phones: FilePhoneBook
    heartbeat: Heartbeat
    broken: asyncio.Future[str]
    """Done with the name of a part that stopped by itself, or DISPLACED: the process must end."""
    tally: Tally
    sealer: Sealer


@asynccontextmanager
async def running(
    database: AsyncEngine, pbx: Pbx, default_region: str, desk_grace: int = 120
) -> AsyncIterator[Platform]:
    """Everything but the web server, working until the block ends.

    Order: state is loaded, the loop runs, set-up enters as facts, then the switch is connected and the
    heartbeat begins. On the way out the heartbeat ends first: waiting callers are then the switch's.
    """
    there = await last_there(database)
    clock = await started_clock(database)
    core, rooms = make_core()
    outlet = PlatformOutlet()
    store = SqlEngineStore(database, shelf_tables(), savers(default_region))
    engine = Engine(core, store, outlet, clock)
    await engine.load()
    reached(FaultPoint.loaded)
    phones = FilePhoneBook(pbx.phones_file, pbx.ws_base, ice_servers=pbx.ice_servers)
    switch = AmiSwitch(pbx.ami, engine.post, orders_wait=True)
    engine.on_late = switch.begin_anew
    customers = CustomerService(database, default_region, clock)
    librarian = Librarian(customers, talks_of(database), pbx.recordings_dir, engine.post)
    ports = EnginePorts(engine, dials=await last_dials(database, clock.now()))
    office = PermitOffice(database, clock, Rules(default_region, pbx.out.dial, pbx.out.most_a_day))
    clerk = PermitClerk(office, engine.post)
    outlet.switch, outlet.carriers = switch, [librarian.send, clerk.send]
    tally = Tally()
    look_back = LookBack(database, pbx.recordings_dir, engine.post, there)
    outlet.listeners += [ports.publish, tally.heard, look_back.heard]
    heartbeat, sealer = Heartbeat(engine, switch), Sealer(database)
    broken: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    broken.add_done_callback(lambda why: switch.leave() if not why.cancelled() and why.result() == DISPLACED else None)
    async with _task(engine.run(), "engine", broken), _task(look_back.run(), "look back", broken):
        for fact in setup_facts(rooms.routing, phones, pbx.out, desk_grace):
            engine.post(fact)
        await switch.start()
        try:
            async with (
                _task(heartbeat.run(), "heartbeat", broken),
                _task(sealer.run(), "sealer", broken),
                _task(sweep_for_ever(database, clock.now), "sweeper", broken),
            ):
                parts = (engine, rooms, store, ports, switch, phones, heartbeat, broken, tally, sealer)
                yield Platform(database, clock, *parts)
        finally:
            await switch.stop()
            await librarian.stop()
            await clerk.stop()


async def started_clock(database: AsyncEngine) -> SteadyClock:
    """A clock that goes on where the last commit was, should the wall clock have been set back meanwhile."""
    clock = SteadyClock(last=await last_committed(database))
    if abs(clock.ahead) > NOTABLE:
        log.warning("the wall clock was set back since the last commit; time goes on from there",
                    seconds=round(clock.ahead.total_seconds()))  # fmt: skip
    return clock


def setup_facts(state: State, phones: FilePhoneBook, out: WayOut, desk_grace: int) -> Sequence[Fact]:
    """What enters the journal at each start: the link is not up yet, the pool of phones, and defaults once."""
    facts: list[Fact] = [LinkDown(reason="start")]
    if MAIN_QUEUE not in state.queues:
        facts.append(QueueConfigured(queue=plain(Queue(MAIN_QUEUE, "Main"))))
    if not len(state.dispositions):
        facts.append(DispositionsConfigured(dispositions=tuple(plain(one) for one in DEFAULT_DISPOSITIONS)))
    facts.append(PhonesConfigured(endpoints=phones.endpoints))
    facts.append(TrunkConfigured(dial=out.dial, caller_number=out.caller_number, ring_seconds=out.ring_seconds))
    facts.append(DesksUnknown(grace=desk_grace))
    return facts


@asynccontextmanager
async def _task(work: Any, name: str, broken: asyncio.Future[str]) -> AsyncIterator[None]:
    """A part that runs until the block ends. When it stops by itself, `broken` says so."""

    def stopped(task: asyncio.Task[None]) -> None:
        if task.cancelled():
            return
        displaced = isinstance(task.exception(), Displaced)
        if displaced:
            log.critical("another platform has taken this database over", part=name)
        else:
            log.critical("a part of the platform stopped", part=name, exc_info=task.exception())
        if not broken.done():
            broken.set_result(DISPLACED if displaced else name)

    task = asyncio.create_task(work, name=name)
    task.add_done_callback(stopped)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def open_database(url: str) -> AsyncEngine:
    """An engine for the platform's database."""
    return db.connect(url)
