"""Keeps one connection to the switch: dials, signs in, watches it, closes it when it is dead, and dials again."""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
from collections import Counter
from typing import Any, Protocol

from cti.ami.actions import Action, check
from cti.ami.pending import Ask, NoAnswer, Reply
from cti.ami.protocol import AmiProtocol, OneConnection
from cti.ami.settings import AmiSettings
from cti.switch import LinkState, LinkStatus
from kernel.errors import LinkDown, TrunklineError

log = logging.getLogger(__name__)


class Listener(Protocol):
    """Who hears of the link. `event` must not block."""

    def event(self, event: bytes) -> None: ...

    async def opened(self, switch_version: str) -> None:
        """Signed in and booted; the link counts as up when this returns."""
        ...

    async def lost(self, reason: str) -> None:
        """Once per outage; dialling goes on when this returns."""
        ...


class _Over(Exception):
    """This attempt is over: a reason as in facts.LinkDown, and words for the operator."""

    def __init__(self, reason: str, detail: str, state: LinkState = LinkState.down) -> None:
        super().__init__(reason)
        self.reason, self.detail, self.state = reason, detail, state


class AmiLink:
    """One switch's link. Sends each action at most once, and refuses at once what it cannot send now."""

    def __init__(self, settings: AmiSettings, listener: Listener, counts: Counter[str]) -> None:
        self._settings = settings
        self._listener = listener
        self._counts = counts
        self._status = LinkStatus(LinkState.closed, "not started", 0)
        self._protocol: AmiProtocol | None = None
        self._task: asyncio.Task[None] | None = None
        self._pinging: asyncio.Task[None] | None = None
        self._booted = asyncio.Event()
        self._outage_told = False

    @property
    def status(self) -> LinkStatus:
        return self._status

    @property
    def signed_in(self) -> bool:
        """Whether actions can be sent: the switch has booted and knows us."""
        return self._protocol is not None and self._booted.is_set()

    def start(self) -> None:
        if self._task is None:
            self._say(LinkState.connecting, f"dialling {self._settings.where}")
            self._task = asyncio.create_task(self._run(), name="ami-link")

    async def stop(self) -> None:
        """Stop everything: the connection, the pings, and dialling again."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._say(LinkState.closed, "stopped")

    def leave(self) -> None:
        """Close the connection at once, and dial no more: nothing is sent from here on."""
        if self._task is not None:
            self._task.cancel()
        self.drop("left")

    def act(self, action: Action, limit: float | None = None, list_end: bytes = b"") -> asyncio.Future[Reply]:
        """Write an action now and return its answer to come; the future fails with NoAnswer.

        Raises LinkDown when nothing can be sent, Invalid when the action may not be sent; nothing was sent then.
        """
        if not self.signed_in:
            raise LinkDown()
        return self._write(action, limit, list_end)

    def drop(self, reason: str) -> None:
        """Give the connection up and dial again."""
        if self._protocol is not None:
            self._protocol.drop(reason)

    def event(self, event: bytes) -> None:
        if event.startswith(b"Event: FullyBooted\r\n"):
            self._booted.set()
        self._listener.event(event)

    def _write(self, action: Action, limit: float | None = None, list_end: bytes = b"") -> asyncio.Future[Reply]:
        check(action)
        if self._protocol is None or self._protocol.lost.done():
            raise LinkDown()
        ask = Ask(action, limit or self._settings.action_timeout, list_end)
        future: asyncio.Future[Reply] = self._manager.send_action(ask, as_list=False)  # type: ignore[no-untyped-call]
        return future

    # ── the life of the link ────────────────────────────────────────────────────────────────────────────

    async def _run(self) -> None:
        attempts = 0
        while True:
            attempts += 1
            try:
                await self._attempt(attempts)
            except _Over as error:
                over = error
            except Exception as error:
                log.exception("the link to the switch failed in a way nobody foresaw; dialling again")
                over = _Over("not_ready", f"an error of the platform itself: {error!r}")
            attempts = 0 if self._status.state is LinkState.up else attempts
            await self._over(over, attempts)

    async def _attempt(self, attempts: int) -> None:
        """One connection, from dialling to its end; always raises."""
        self._say(self._waiting_state(), self._status.detail, attempts)
        protocol = await self._dial()
        self._protocol = protocol
        opening = asyncio.create_task(self._open(protocol), name="ami-open")
        try:
            first: set[asyncio.Future[Any]] = {opening, protocol.lost}
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            if not opening.done():  # what the switch said last may tell why it closed
                await asyncio.wait({opening}, timeout=0.1)
            if opening.done() and (error := opening.exception()) is not None:
                raise error
            reason = await protocol.lost
            raise _Over(reason, _LOST.get(reason, f"the link was lost: {reason}"))
        finally:
            await _cancel(opening)
            await _cancel(self._pinging)
            self._protocol = self._pinging = None
            self._booted.clear()
            protocol.close()

    def _waiting_state(self) -> LinkState:
        return LinkState.refused if self._status.state is LinkState.refused else LinkState.connecting

    async def _dial(self) -> AmiProtocol:
        settings = self._settings
        try:
            self._manager = OneConnection(  # type: ignore[no-untyped-call]
                loop=asyncio.get_running_loop(),
                host=settings.host,
                port=settings.port,
                ssl=ssl.create_default_context(cafile=settings.tls_ca or None) if settings.tls else False,
                protocol_factory=lambda: AmiProtocol(self.event, self._counts),
                log=log,
            )
            async with asyncio.timeout(settings.connect_timeout):
                _transport, protocol = await self._manager.connect()  # type: ignore[no-untyped-call]
        except (OSError, TimeoutError) as error:
            raise _Over("unreachable", _unreachable(settings, error)) from None
        return protocol  # type: ignore[no-any-return]

    async def _open(self, protocol: AmiProtocol) -> None:
        """Sign in, wait until the switch has booted, let the listener take its snapshot."""
        settings = self._settings
        try:
            reply = await self._write({"Action": "Login", "Username": settings.username, "Secret": settings.secret})
            if not reply.ok:
                raise _Over("refused", _refused(settings, reply.text), LinkState.refused)
            self._say(LinkState.connecting, "signed in, waiting until the switch has booted")
            self._pinging = asyncio.create_task(self._ping(protocol), name="ami-ping")
            async with asyncio.timeout(settings.boot_timeout):
                await self._booted.wait()
            version = (await self.act({"Action": "CoreSettings"})).headers.get("AsteriskVersion", "")
            self._outage_told = False
            await self._listener.opened(version)
        except TimeoutError:
            raise _Over("not_ready", _NOT_BOOTED) from None
        except TrunklineError as error:
            if protocol.lost.done():
                return
            raise _Over("not_ready", f"the switch did not answer while we signed in: {error.message}") from None
        self._say(LinkState.up, f"connected to {settings.where}", 0, version)
        log.info("the link to the switch is up", extra={"switch_version": version})

    async def _ping(self, protocol: AmiProtocol) -> None:
        """Close the link after several pings in a row without an answer."""
        missed = 0
        while missed < self._settings.pings_missed:
            try:
                asked = asyncio.get_running_loop().time()
                await self._write({"Action": "Ping"}, self._settings.ping_interval)
                missed = 0
                await asyncio.sleep(asked + self._settings.ping_interval - asyncio.get_running_loop().time())
            except NoAnswer:
                missed += 1
                self._counts["pongs_missed"] += 1
            except LinkDown:
                return
        protocol.drop("heartbeat")

    async def _over(self, over: _Over, attempts: int) -> None:
        self._say(over.state, over.detail, attempts)
        self._counts["links_lost"] += 1
        if not self._outage_told:
            self._outage_told = True
            log.warning("no link to the switch", extra={"reason": over.reason, "detail": over.detail})
            await self._listener.lost(over.reason)
        await asyncio.sleep(self._pause(over, attempts))

    def _pause(self, over: _Over, attempts: int) -> float:
        """Growing with each attempt in vain, and never the same for two platforms that lost one switch."""
        settings = self._settings
        if over.state is LinkState.refused:
            base = settings.backoff_refused
        else:
            base = min(settings.backoff_most, settings.backoff_first * 2.0 ** min(attempts, 16))
        return base * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, not a secret

    def _say(self, state: LinkState, detail: str, attempts: int | None = None, version: str | None = None) -> None:
        if attempts is None:
            attempts = self._status.attempts
        self._status = LinkStatus(state, detail, attempts, version or self._status.switch_version)


_NOT_BOOTED = (
    "signed in, but the switch never said FullyBooted: it is still starting, or the AMI user lacks read=system "
    "(run `trunkline install-dialplan --check`)"
)
_LOST = {
    "closed": "the switch closed the link: it was restarted, or somebody ended the session",
    "heartbeat": "the switch stopped answering, so the link was closed",
    "garbage": "what came over the link was not AMI, so it was closed: check host and port, and what is in between",
    "not_taken_in": "the calls that are on the switch could not be taken in (the log has the error), so it was closed",
    "overflow": "the platform or the switch could not keep up, so it was closed; the next one brings what was missed",
}


def _unreachable(settings: AmiSettings, error: Exception) -> str:
    why = "no answer" if isinstance(error, TimeoutError) else str(error)
    cure = "check that Asterisk runs, that manager.conf has enabled=yes, and its bindaddr and port"
    return f"cannot connect to {settings.where} ({why}): {cure}"


def _refused(settings: AmiSettings, text: str) -> str:
    cure = "check the user's secret and permit lines in manager.conf, then reload the manager"
    return f"the switch at {settings.where} refused the AMI user '{settings.username}' ({text}): {cure}"


async def _cancel(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
