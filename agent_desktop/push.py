"""Browsers' sockets: the only file that knows socket.io. Each socket lives as long as its session."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import socketio
import structlog
from aiohttp import web
from engineio.exceptions import SocketIsClosedError  # type: ignore[import-untyped]
from engineio.packet import MESSAGE  # type: ignore[import-untyped]
from engineio.packet import Packet as EnginePacket
from socketio.exceptions import ConnectionRefusedError as Refusal
from socketio.packet import EVENT, Packet

from agent_desktop.deskview import Person
from agent_desktop.hub import Hub
from agent_desktop.outgoing import FastJson, Outgoing
from agent_desktop.people import People, SignedIn
from agent_desktop.plainsocket import GRACE, HEARD, PlainWebSocket
from agent_desktop.ports import CommandPort
from agent_desktop.sessions import signed_in
from agent_desktop.settings import WebSettings
from kernel.access import Actor, Right, may
from kernel.errors import Forbidden, TrunklineError, Unavailable
from kernel.patience import within
from routing.messages import DeskSeen, OfferRendered, SetPresence, SignOutAgent
from routing.rows import Presence

log = structlog.get_logger(__name__)

SOCKETS_A_PERSON = 20
GOODBYE = 0.1
SILENT = 0.8
"""Share of the ping's time-out after which a browser that said nothing is dropped. It is looked for ten times in that
time, so that it is gone before both times are over."""
KEEP_SECONDS = 300.0
FEW = 8
"""Messages that may wait for a browser whatever their size."""


class TextPacket(Packet):  # type: ignore[misc]
    """A message of JSON only: nothing of ours is binary, and looking for it costs as much as writing."""

    uses_binary_events = False
    json = FastJson


@dataclass(slots=True)
class _Viewer:
    """One open socket."""

    sid: str
    who: SignedIn
    transport: asyncio.Transport | None
    socket: PlainWebSocket | None = None
    tab: str = ""
    greeted: bool = False


class Push:
    """Lets browsers in, sends them their desk, and closes what may no longer be open."""

    def __init__(self, settings: WebSettings, people: People, commands: CommandPort) -> None:
        self._settings = settings
        self._people = people
        self._commands = commands
        self._viewers: dict[str, _Viewer] = {}
        self._phones: dict[str, str] = {}
        self._tabs: defaultdict[str, dict[str, _Viewer]] = defaultdict(dict)
        self._tasks: set[asyncio.Task[None]] = set()
        self._at_desk: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.hub: Hub | None = None
        self._sio = socketio.AsyncServer(
            async_mode="aiohttp",
            serializer=TextPacket,
            async_handlers=False,
            cors_allowed_origins=sorted(settings.origins),
            ping_interval=settings.ping_interval,
            ping_timeout=settings.ping_timeout,
            transports=["websocket"],
            max_http_buffer_size=16 * 1024,
            logger=False,
        )
        engine = self._sio.eio
        engine._async = {**engine._async, "websocket": PlainWebSocket}
        engine.create_queue = Outgoing
        self._sio.on("connect", self._connect)
        self._sio.on("disconnect", self._disconnect)
        self._sio.on("rendered", self._rendered)
        self._sio.on("probe", self._probe)
        self._sio.on("phone_here", self._phone_here)

    @property
    def open_sockets(self) -> int:
        return len(self._viewers)

    def phone_of(self, agent_id: str) -> str | None:
        """The tab that said last that it has the agent's phone."""
        return self._phones.get(agent_id)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The socket.io endpoint. Foreign origins do not get a socket; whoever is not signed in gets one just long
        enough to be told why not, for a browser cannot read the answer to a refused handshake."""
        origin = request.headers.get("Origin")
        if origin is not None and origin not in self._settings.origins:
            raise Forbidden("foreign_origin", "This request came from another site and was refused.")
        if request.transport is not None:
            self._start(self._expect(request.transport))
        response: web.StreamResponse = await self._sio.handle_request(request)
        return response

    async def tell(self, agent_id: str, event: str, message: dict[str, Any]) -> None:
        """Send to every tab of the agent that was greeted; one that does not take what it is sent is dropped. Written
        once for all of them, and without socket.io's own way round, which starts a task for each message."""
        text = ""
        for viewer in list(self._tabs.get(agent_id, {}).values()):
            socket = self._sio.eio.sockets.get(self._engine_id(viewer.sid))
            if socket is None or not viewer.greeted:
                continue
            text = text or TextPacket(EVENT, data=[event, message]).encode()
            with contextlib.suppress(SocketIsClosedError):
                await socket.send(EnginePacket(MESSAGE, text))
                self._drop_if_stalled(viewer)

    async def sign_out(self, session_id: str, reason: str) -> None:
        """Close the sockets of a session that has ended."""
        for viewer in self._viewers_by_session().get(session_id, ()):
            await self._close(viewer, reason)

    def _viewers_by_session(self) -> dict[str, list[_Viewer]]:
        found: defaultdict[str, list[_Viewer]] = defaultdict(list)
        for viewer in self._viewers.values():
            found[viewer.who.session_id].append(viewer)
        return found

    async def sign_out_all(self, session_ids: Iterable[str], reason: str) -> None:
        for session_id in session_ids:
            await self.sign_out(session_id, reason)

    async def leave_desk(self, staff_id: str, reason: str) -> None:
        """Close the sockets of a person who has the desk no longer, and offer them no call."""
        for viewer in list(self._tabs.get(staff_id, {}).values()):
            await self._close(viewer, reason)
        await self.take_out(staff_id)

    async def take_out(self, staff_id: str) -> None:
        """No further call for them; one that they have goes on until its end."""
        commands = (
            SetPresence(actor=staff_id, agent_id=staff_id, presence=Presence.out),
            SignOutAgent(actor=staff_id, agent_id=staff_id),
        )
        for command in commands:
            try:
                await self._commands.execute(command)
            except TrunklineError as error:
                log.info("agent not taken out", agent_id=staff_id, error=error.id)

    async def watch_sessions(self) -> None:
        """Close the sockets of ended sessions and of people who lost the desk, and show the others the rights that they
        have by now, until cancelled; note now and then that the sessions are in use. Whoever changes them elsewhere, at
        another process or by the command line, tells nobody: so they are looked at."""
        since_kept = 0.0
        while True:
            await asyncio.sleep(self._settings.session_check_seconds)
            since_kept += self._settings.session_check_seconds
            open_ids = {viewer.who.session_id for viewer in self._viewers.values()}
            try:
                valid = await self._people.live_sessions(open_ids) if open_ids else {}
                if since_kept >= KEEP_SECONDS:
                    since_kept = 0.0
                    await self._people.keep(valid)
            except Exception as error:  # a database that is away must not sign anybody out
                log.warning("sessions not checked", error=repr(error))
                continue
            await self.sign_out_all(open_ids - valid.keys(), "session_ended")
            for session_id, viewers in self._viewers_by_session().items():
                if session_id in valid:
                    await self._with_rights(viewers, *valid[session_id])

    async def _with_rights(self, viewers: Sequence[_Viewer], person: Person, actor: Actor) -> None:
        for viewer in viewers:
            if not may(actor, Right.desk_use).ok:
                await self.leave_desk(person.id, "role_changed")
            elif (viewer.who.person, viewer.who.actor) != (person, actor):
                viewer.who = replace(viewer.who, person=person, actor=actor)
                if self.hub is not None:
                    self.hub.person_changed(person)

    async def watch_silence(self) -> None:
        """Drop browsers that do not even answer a ping, until cancelled. What engine.io does about them comes later,
        and waits for a writer that may be stuck."""
        settings = self._settings
        while True:
            await asyncio.sleep(settings.ping_timeout / 10)
            since = asyncio.get_running_loop().time() - settings.ping_interval - SILENT * settings.ping_timeout
            for viewer in list(self._viewers.values()):
                if viewer.socket is not None and viewer.socket.heard < since:
                    self._drop(viewer)

    async def close(self) -> None:
        """End all sockets at shutdown; browsers come back by themselves."""
        transports = [one.transport for one in self._viewers.values() if one.transport is not None]
        for socket in list(self._sio.eio.sockets.values()):
            with contextlib.suppress(Exception):
                await socket.close(wait=False)
        if transports:
            await asyncio.sleep(GOODBYE)
        for transport in transports:
            transport.abort()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._sio.shutdown()

    async def _connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        request: web.Request = environ["aiohttp.request"]
        given = auth if isinstance(auth, dict) else {}
        who = await self._admit(request, given)
        viewer = _Viewer(sid, who, request.transport, environ.get(HEARD), str(given.get("tab"))[:60])
        self._viewers[sid] = self._tabs[who.person.id][sid] = viewer
        self._desk_seen(who.person.id)
        self._start(self._greet(viewer, given.get("epoch"), given.get("seq")))

    async def _admit(self, request: web.Request, auth: dict[str, Any]) -> SignedIn:
        """Who opens the socket, or the refusal that they get."""
        try:
            who = await within(self._settings.read_seconds, signed_in(request))
        except Exception as error:
            log.warning("socket not admitted", error=repr(error))
            raise Refusal("unavailable") from None
        if who is None:
            raise Refusal("not_signed_in")
        if not who.csrf_matches(auth.get("csrf_token")):
            raise Refusal("csrf_missing")
        if not may(who.actor, Right.desk_use).ok:
            raise Refusal("right_missing")
        if self._sockets_of(who.person.id) >= SOCKETS_A_PERSON:
            raise Refusal("too_many_tabs")
        return who

    async def _expect(self, transport: asyncio.Transport) -> None:
        """Close a socket whose browser did not prove in time who it is."""
        await asyncio.sleep(self._settings.admission_seconds)
        if all(viewer.transport is not transport for viewer in self._viewers.values()):
            transport.abort()

    async def _greet(self, viewer: _Viewer, epoch: object, seq: object) -> None:
        """What the browser missed, or a snapshot, and from then on every change."""
        if self.hub is None:
            raise RuntimeError("the hub is not wired")
        while not self._sio.manager.is_connected(viewer.sid, "/"):
            if viewer.sid not in self._viewers:
                return
            await asyncio.sleep(0.001)
        await self.hub.ready.wait()
        async with self.hub.viewing(viewer.who.person) as feed:
            if viewer.sid not in self._viewers:
                return
            viewer.greeted = True
            missed, now = feed.since(epoch, seq), self.hub.now()
            if missed is None:
                self.counts["snapshots"] += 1
                await self._sio.emit("snapshot", feed.snapshot(now), to=viewer.sid)
            for change in missed or ():
                await self._sio.emit("change", change.message(now), to=viewer.sid)

    async def _disconnect(self, sid: str, _reason: Any = None) -> None:
        viewer = self._viewers.pop(sid, None)
        if viewer is None:
            return
        tabs = self._tabs[viewer.who.person.id]
        tabs.pop(sid, None)
        if not tabs:
            del self._tabs[viewer.who.person.id]
            self._phones.pop(viewer.who.person.id, None)
        self._desk_seen(viewer.who.person.id)
        if viewer.transport is not None:
            self._start(_abort_later(viewer.transport))

    def _desk_seen(self, staff_id: str) -> None:
        """The agent's first desk was opened or the last one closed; more of them are no news."""
        count = self._sockets_of(staff_id)
        if count == 0 or staff_id not in self._at_desk:
            self._at_desk.add(staff_id)
            self._start(self._tell_desk(staff_id))
        if count == 0:
            self._at_desk.discard(staff_id)

    async def _tell_desk(self, staff_id: str) -> None:
        """Until it is heard; what is told is how it is by then."""
        while True:
            seen = DeskSeen(
                actor=staff_id,
                agent_id=staff_id,
                open=self._sockets_of(staff_id) > 0,
                grace=self._settings.desk_grace_seconds,
            )
            try:
                await self._commands.execute(seen)
            except Unavailable:
                await asyncio.sleep(GRACE)
            else:
                return

    async def _rendered(self, sid: str, message: Any = None) -> dict[str, Any]:
        viewer = self._viewers.get(sid)
        offer_id = message.get("offer_id") if isinstance(message, dict) else None
        if viewer is None or not isinstance(offer_id, str) or not 0 < len(offer_id) <= 120:
            return {"ok": False, "error": {"id": "invalid_input", "message": "An offer_id is expected."}}
        try:
            await self._commands.execute(OfferRendered(actor=viewer.who.person.id, offer_id=offer_id))
        except TrunklineError as error:
            return {"ok": False, "error": {"id": error.id, "message": error.message}}
        return {"ok": True}

    async def _probe(self, sid: str, _message: Any = None) -> dict[str, Any]:
        """Where the numbers stand: a browser that slept asks whether it missed something."""
        viewer = self._viewers.get(sid)
        if viewer is None or self.hub is None:
            return {"epoch": None, "seq": None}
        async with self.hub.viewing(viewer.who.person) as feed:
            return {"epoch": feed.epoch, "seq": feed.seq}

    async def _phone_here(self, sid: str, message: Any = None) -> None:
        """The tab has the phone: whichever had it is told, so that two browsers do not take it from each other. With
        `kept` it only says so again after a break, and is told itself when another has taken the phone meanwhile."""
        viewer = self._viewers.get(sid)
        if viewer is None:
            return
        person, kept = viewer.who.person.id, isinstance(message, dict) and message.get("kept") is True
        holders = [one for one in self._viewers.values() if one.who.person.id == person and one.tab != viewer.tab]
        holders = [one for one in holders if one.tab == self._phones.get(person)]
        if kept and holders:
            await self._sio.emit("phone_moved", {}, to=sid)
            return
        self._phones[person] = viewer.tab
        for other in holders:
            await self._sio.emit("phone_moved", {}, to=other.sid)

    async def _close(self, viewer: _Viewer, reason: str) -> None:
        self.counts["signed_out"] += 1
        await self._sio.emit("signed_out", {"reason": reason}, to=viewer.sid)
        await self._sio.disconnect(viewer.sid)

    def _drop_if_stalled(self, viewer: _Viewer) -> None:
        """Too many messages wait for the browser, or too large ones."""
        socket = self._sio.eio.sockets.get(self._engine_id(viewer.sid))
        if socket is None or socket.queue.qsize() <= FEW:
            return
        waiting = sum(len(one.data) for one in socket.queue._queue if one is not None and isinstance(one.data, str))
        if socket.queue.qsize() > self._settings.outgoing_limit or waiting > self._settings.outgoing_bytes:
            self._drop(viewer)

    def _drop(self, viewer: _Viewer) -> None:
        """Without a goodbye: nobody would read it. The browser comes back by itself and catches up."""
        self.counts["stalled"] += 1
        log.warning("a browser does not read; dropped", agent_id=viewer.who.person.id)
        socket = self._sio.eio.sockets.get(self._engine_id(viewer.sid))
        while socket is not None and not socket.queue.empty():
            socket.queue.get_nowait()
        if viewer.transport is not None:
            viewer.transport.abort()

    def _engine_id(self, sid: str) -> str | None:
        found: str | None = self._sio.manager.eio_sid_from_sid(sid, "/")
        return found

    def _sockets_of(self, staff_id: str) -> int:
        return len(self._tabs.get(staff_id, ()))

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("socket work failed", error=repr(error))


async def _abort_later(transport: asyncio.Transport) -> None:
    """Give the peer a moment to read the goodbye, then close for sure: a stalled one would hold its buffers."""
    await asyncio.sleep(GRACE)
    transport.abort()
