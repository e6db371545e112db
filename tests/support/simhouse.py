"""The whole platform but its web server on a simulated switch: agents are commands, their phones the switch's own."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from config.settings import Settings
from cti.ami.settings import AmiSettings
from kernel.codec import plain
from kernel.db import connect
from kernel.errors import Refused
from kernel.messages import Command
from lab.sim import SimPhone, SimSwitch
from routing.messages import FinishWrapUp, SetPresence, SignInAgent
from routing.queuerows import Queue
from routing.rows import Agent, Duty, Presence, rejection
from routing.state import State
from server.desk import desktop_app
from server.pbx import Pbx
from server.platform import Platform, make_core, running
from server.replay import replay
from tests.support.house import REGION, prepare
from tests.support.waiting import until


@dataclass(slots=True)
class SimHouse:
    """A running platform, its switch, and what a test does with them."""

    platform: Platform
    switch: SimSwitch

    @property
    def state(self) -> State:
        return self.platform.rooms.routing

    def row(self, agent: str) -> Agent:
        return self.state.agents[agent]

    def phone(self, agent: str) -> SimPhone:
        return self.switch.phones[str(self.row(agent).endpoint)]

    async def do(self, command: Command) -> object:
        return await self.platform.ports.execute(command)

    async def ready(self, agents: Iterable[str]) -> None:
        """Sign the agents in, and wait until each can be offered a caller."""
        for agent in agents:
            await self.do(SignInAgent(actor=agent, agent_id=agent, name=agent.title()))
            await self.do(SetPresence(actor=agent, agent_id=agent, presence=Presence.ready))
        for agent in agents:
            await self.free(agent)

    async def free(self, agent: str) -> None:
        await until(lambda: rejection(self.row(agent), self.platform.clock.now()) is None, 10, f"{agent} is free")

    async def wraps_up(self, agent: str) -> None:
        await until(lambda: self.row(agent).duty is Duty.wrapping, 10, f"{agent} wraps up")
        (stint,) = [one for one in self.state.stints.where("agent_id", agent) if one.state == "wrapping"]
        try:
            await self.do(FinishWrapUp(actor=agent, interaction_id=stint.interaction_id, disposition_id="resolved"))
        except Refused:
            assert self.row(agent).duty is Duty.idle


@asynccontextmanager
async def web_of(
    platform: Platform, folder: Path, more: Iterable[web.RouteDef] = (), **options: Any
) -> AsyncIterator[tuple[str, web.Application]]:
    """The web server of a running platform: its address, and the application, which has `more` routes and these
    settings."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    app = desktop_app(platform, Settings(port=port, data_dir=folder, **options), port)
    app.router.add_routes(more)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        yield f"http://127.0.0.1:{port}", app
    finally:
        await runner.cleanup()


@asynccontextmanager
async def on_sim(
    switch: SimSwitch, folder: Path, queue: Queue, database_url: str = "", staff: Iterable[str] = ()
) -> AsyncIterator[SimHouse]:
    """The platform on `switch` until the block ends; its journal is replayed and must decide the same. Entered again
    with the same folder, it is the same platform after a restart. `database_url`: SQLite in `folder`, unless given."""
    url = database_url or f"sqlite+aiosqlite:///{folder / 'trunkline.db'}"
    if database_url or not (folder / "trunkline.db").exists():
        await prepare(url, staff, queue)
    phones = folder / "phones.json"
    phones.write_text(json.dumps({"phones": [{"endpoint": name, "secret": "long-enough"} for name in switch.phones]}))
    ami = AmiSettings(port=switch.port, username=switch.user, secret=switch.secret, backoff_first=0.02)
    database = connect(url)
    try:
        async with running(database, Pbx("asterisk", "", ami, phones, "ws://{host}:1", folder), REGION) as platform:
            home = SimHouse(platform, switch)
            await until(lambda: home.state.line_up, 10, "the link to the switch")
            yield home
            await until(lambda: _same_state(platform), 10, "the ports give the state that the engine has")
            entries = await platform.store.journal(limit=200_000)
        core, _ = make_core()
        assert list(replay(entries, core)) == []
    finally:
        await database.dispose()


async def _same_state(platform: Platform) -> bool:
    """Dials that are over the ports keep longer."""
    core = platform.engine.core
    shown = (await platform.ports.state()).rows
    return all(
        {row.id: plain(row) for row in core.shelves[name]} == shown[name] for name in shown if name != "attempts"
    )
