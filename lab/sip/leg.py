"""One call of a SIP endpoint, outgoing or incoming, with its audio."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lab.errors import CallFailed
from lab.sip.media import RtpStream
from lab.sip.message import SipMessage, audio_address, audio_sdp, display_of, parameter, uri_of, user_of

if TYPE_CHECKING:
    from lab.sip.endpoint import SipEndpoint

ACK_REPEAT = 0.5


class EndedBy(StrEnum):
    """Who ended a call."""

    nobody = "nobody"
    us = "us"
    them = "them"
    refused = "refused"


@dataclass(frozen=True, slots=True)
class CallResult:
    """What became of a call: `status` is the final SIP status of the INVITE (0 while there is none), `seconds` the time
    from answer to end, `reason` the Reason header of the other side's BYE or refusal."""

    answered: bool
    status: int
    seconds: float
    ended_by: EndedBy
    reason: str


class Leg:
    """A call. `answered`, `ended` and the audio's `heard_tone` are what tests wait for."""

    def __init__(self, endpoint: SipEndpoint, *, call_id: str, local: str, remote: str, target: str) -> None:
        self.endpoint, self.call_id = endpoint, call_id
        self.local, self.remote, self.target = local, remote, target
        self.number, self.name = user_of(remote), display_of(remote)
        self.status, self.reason, self.ended_by = 0, "", EndedBy.nobody
        self.invite: SipMessage | None = None
        self._cseq, self._sdp_version = 0, 1
        self._ringing, self._answered, self._ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._began = self._finished = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self._repeating: asyncio.Task[None] | None = None
        self.audio = RtpStream(endpoint.host, None)

    # --- outgoing

    @classmethod
    async def dial(
        cls, endpoint: SipEndpoint, to: str, *, name: str = "", hz: float | None = None, sender: str = ""
    ) -> Leg:
        """Send the INVITE and return at once. `sender`: the From header word for word, in place of name and number;
        bytes that are no UTF-8 are written as `bytes.decode(errors="surrogateescape")` makes them."""
        shown = '"' + name.replace("\\", "").replace('"', "") + '" ' if name else ""
        sender = sender or f"{shown}<sip:{endpoint.user}@{endpoint.host}:{endpoint.port}>"
        local = f"{sender};tag={secrets.token_hex(4)}"
        target = f"sip:{to}@{endpoint.domain}"
        leg = cls(endpoint, call_id=secrets.token_hex(8), local=local, remote=f"<{target}>", target=target)
        leg.audio.send_tone(hz)
        await leg.audio.open()
        endpoint.legs[leg.call_id] = leg
        leg.invite = leg._build("INVITE", body=leg._sdp())
        leg._spawn(leg._carry_invite())
        return leg

    async def _carry_invite(self) -> None:
        assert self.invite is not None
        try:
            answer = await self.endpoint.request(self.invite, on_progress=self._progress)
        except CallFailed as error:
            self._end(EndedBy.refused, str(error.cause))
            return
        self.status = answer.status
        self._cseq = self.invite.cseq
        self.remote = answer.get("to")
        if answer.status >= 300:
            self._ack(answer, same_branch=True)
            self._end(EndedBy.us if answer.status == 487 else EndedBy.refused, answer.get("reason"))
            return
        self.target = uri_of(answer.get("contact")) or self.target
        self._ack(answer, same_branch=False)
        self.audio.remote = audio_address(answer.body)
        self._begin()

    def _progress(self, answer: SipMessage) -> None:
        if answer.status == 180:
            self._ringing.set()
        if answer.body:
            self.audio.remote = audio_address(answer.body)

    def late_response(self, answer: SipMessage) -> None:
        """A final response came again: our ACK was lost."""
        self._ack(answer, same_branch=answer.status >= 300)

    def _ack(self, answer: SipMessage, *, same_branch: bool) -> None:
        ack = self._build("ACK", cseq=answer.cseq)
        if same_branch and self.invite:
            ack.start = f"ACK {self.invite.start.split()[1]} SIP/2.0"
            ack.headers[0] = ("Via", self.invite.get("via"))
        self.endpoint.transmit(ack)

    # --- incoming

    @classmethod
    def incoming(cls, endpoint: SipEndpoint, invite: SipMessage) -> Leg:
        tag = secrets.token_hex(4)
        leg = cls(
            endpoint,
            call_id=invite.get("call-id"),
            local=f"{invite.get('to')};tag={tag}",
            remote=invite.get("from"),
            target=uri_of(invite.get("contact")),
        )
        leg.invite = invite
        return leg

    @property
    def _tag(self) -> str:
        return parameter(self.local, "tag")

    def ring(self) -> None:
        assert self.invite is not None
        self.endpoint.reply(self.invite, 180, tag=self._tag)
        self._ringing.set()

    def refuse(self, status: int = 486) -> None:
        assert self.invite is not None
        self.status = status
        self.endpoint.reply(self.invite, status, tag=self._tag)
        self._end(EndedBy.refused, "")

    async def answer(self, hz: float | None = None) -> None:
        """Take the call, saying a tone."""
        assert self.invite is not None
        if self._ended.is_set():
            raise CallFailed("the call ended before it was answered", "await leg.ended()")
        self.audio.send_tone(hz)
        await self.audio.open()
        self.audio.remote = audio_address(self.invite.body)
        self.status = 200
        body = self._sdp()
        self.endpoint.reply(self.invite, 200, tag=self._tag, body=body)
        self._repeating = self._spawn(self._repeat_answer(self.invite, body))
        self._begin()

    async def _repeat_answer(self, invite: SipMessage, body: str) -> None:
        """Until the ACK comes."""
        for _ in range(8):
            await asyncio.sleep(ACK_REPEAT)
            self.endpoint.reply(invite, 200, tag=self._tag, body=body)

    def request_received(self, request: SipMessage) -> None:
        """A request within this call."""
        if request.method == "ACK":
            if self._repeating:
                self._repeating.cancel()
        elif request.method == "CANCEL":
            self.endpoint.reply(request, 200, tag=self._tag)
            self._cancelled(request)
        elif request.method == "BYE":
            self.endpoint.reply(request, 200)
            self._end(EndedBy.them, request.get("reason"))
        elif request.method == "INVITE":
            self._reinvited(request)
        else:
            self.endpoint.reply(request, 200)

    def _cancelled(self, request: SipMessage) -> None:
        if self._answered.is_set() or self._ended.is_set() or self.invite is None:
            return
        self.endpoint.reply(self.invite, 487, tag=self._tag)
        self._end(EndedBy.them, request.get("reason"))

    def _reinvited(self, request: SipMessage) -> None:
        self.audio.remote = audio_address(request.body) or self.audio.remote
        self._sdp_version += 1
        body = self._sdp()
        self.endpoint.reply(request, 200, body=body)
        self._repeating = self._spawn(self._repeat_answer(request, body))

    # --- both

    async def ringing(self, within: float = 5.0) -> None:
        await self._wait(self._ringing, within, "did not ring")

    async def answered(self, within: float = 5.0) -> None:
        await self._wait(self._answered, within, "was not answered")

    async def ended(self, within: float = 10.0) -> CallResult:
        await self._wait(self._ended, within, "did not end")
        return self.result()

    @property
    def is_over(self) -> bool:
        return self._ended.is_set()

    async def _wait(self, event: asyncio.Event, within: float, what: str) -> None:
        """Wait for an event of the call; an end that makes it impossible ends the waiting too."""
        waits = {asyncio.ensure_future(event.wait()), asyncio.ensure_future(self._ended.wait())}
        await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
        if not event.is_set():
            raise CallFailed(f"the call of {self.endpoint.user} {what} within {within:.0f} s", f"{self.result()}")

    def result(self) -> CallResult:
        end = self._finished or time.monotonic()
        seconds = end - self._began if self._began else 0.0
        return CallResult(self._answered.is_set(), self.status, round(seconds, 3), self.ended_by, self.reason)

    async def hang_up(self) -> CallResult:
        """End the call, whatever state it is in: BYE, CANCEL or 603; returns what became of it."""
        if not self._ended.is_set():
            if self._answered.is_set():
                self._end(EndedBy.us, "")
                await self.endpoint.request(self._build("BYE"))
            elif self.invite is not None and not self.invite.start.endswith(f"@{self.endpoint.domain} SIP/2.0"):
                self.refuse(603)
            else:
                await self._cancel()
        await self._close()
        return self.result()

    async def _cancel(self) -> None:
        assert self.invite is not None
        cancel = self._build("CANCEL", cseq=self.invite.cseq)
        cancel.start = f"CANCEL {self.invite.start.split()[1]} SIP/2.0"
        cancel.headers[0] = ("Via", self.invite.get("via"))
        self.endpoint.transmit(cancel)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), 3)

    async def _close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.audio.port:
            await self.audio.close()
        self.endpoint.legs.pop(self.call_id, None)

    def _begin(self) -> None:
        self._began = time.monotonic()
        self._answered.set()

    def _end(self, by: EndedBy, reason: str) -> None:
        self._finished = time.monotonic()
        self.ended_by, self.reason = by, reason
        self.audio.stop_sending()
        if self._repeating:
            self._repeating.cancel()
        self._ended.set()

    def _sdp(self) -> str:
        return audio_sdp(self.endpoint.host, self.audio.port, self._sdp_version)

    def _build(self, method: str, *, body: str = "", cseq: int | None = None) -> SipMessage:
        if cseq is None:
            self._cseq += 1
        branch = "z9hG4bK" + secrets.token_hex(8)
        headers = [self.endpoint.via(branch), ("Max-Forwards", "70"), ("From", self.local), ("To", self.remote)]
        headers += [("Call-ID", self.call_id), ("CSeq", f"{cseq or self._cseq} {method}")]
        if method in ("INVITE", "UPDATE"):
            headers.append(("Contact", self.endpoint.contact))
        if body:
            headers.append(("Content-Type", "application/sdp"))
        return SipMessage(f"{method} {self.target} SIP/2.0", headers, body)

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
