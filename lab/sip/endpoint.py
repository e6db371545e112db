"""One UDP socket that speaks SIP: sends requests until they are answered, hands calls to their legs."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable

from lab.errors import CallFailed
from lab.sip.leg import Leg
from lab.sip.message import ALLOW, SipMessage, digest, parse, response

T1 = 0.25
LIMIT = 8.0
IN_DIALOG = ("INVITE", "ACK", "BYE", "CANCEL", "INFO", "UPDATE", "OPTIONS")
Address = tuple[str, int]


class SipEndpoint(asyncio.DatagramProtocol):
    """`user` at a loopback address, talking to one server. `on_invite` gets each new incoming leg."""

    def __init__(self, server: Address, user: str, *, host: str, secret: str = "") -> None:
        self.server, self.user, self.secret, self.host = server, user, secret, host
        self.port = 0
        self.legs: dict[str, Leg] = {}
        self.on_invite: Callable[[Leg], None] | None = None
        self._waiting: dict[str, asyncio.Queue[SipMessage]] = {}
        self._answered: dict[tuple[str, str], bytes] = {}

    async def open(self, port: int = 0) -> None:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self.host, port))
        self.port = self._transport.get_extra_info("sockname")[1]

    async def close(self) -> None:
        for leg in list(self.legs.values()):
            await leg.hang_up()
        self._transport.close()

    @property
    def contact(self) -> str:
        return f"<sip:{self.user}@{self.host}:{self.port}>"

    @property
    def domain(self) -> str:
        return f"{self.server[0]}:{self.server[1]}"

    # --- requests that we send

    def via(self, branch: str) -> tuple[str, str]:
        return "Via", f"SIP/2.0/UDP {self.host}:{self.port};rport;branch={branch}"

    def transmit(self, message: SipMessage) -> None:
        if not self._transport.is_closing():
            self._transport.sendto(message.encode(), self.server)

    async def request(
        self, message: SipMessage, *, on_progress: Callable[[SipMessage], None] | None = None
    ) -> SipMessage:
        """Send a request, again and again until something comes, and await its final response.
        A challenge is answered once. Cancelling the task stops the waiting, not the transaction."""
        answer = await self._transact(message, on_progress)
        if answer.status not in (401, 407) or not self.secret:
            return answer
        challenge = answer.get("www-authenticate") or answer.get("proxy-authenticate")
        uri = message.start.split()[1]
        value = digest(challenge, user=self.user, secret=self.secret, method=message.method, uri=uri)
        name = "Authorization" if answer.status == 401 else "Proxy-Authorization"
        message.headers = [self._next(key, text) for key, text in message.headers] + [(name, value)]
        return await self._transact(message, on_progress)

    def _next(self, key: str, value: str) -> tuple[str, str]:
        if key == "Via":
            return self.via(new_branch())
        if key == "CSeq":
            number, method = value.split()
            return key, f"{int(number) + 1} {method}"
        return key, value

    async def _transact(self, message: SipMessage, on_progress: Callable[[SipMessage], None] | None) -> SipMessage:
        queue = self._waiting[message.branch] = asyncio.Queue()
        pause, spent, provisional = T1, 0.0, False
        try:
            while True:
                if not provisional:
                    self.transmit(message)
                try:
                    answer = await asyncio.wait_for(queue.get(), None if provisional else pause)
                except TimeoutError:
                    spent, pause = spent + pause, min(2.0, pause * 2)
                    if spent > LIMIT:
                        raise CallFailed(
                            f"{self.domain} does not answer {message.method}", "is the switch up?"
                        ) from None
                    continue
                if answer.status >= 200:
                    return answer
                provisional = message.method == "INVITE"
                if on_progress:
                    on_progress(answer)
        finally:
            del self._waiting[message.branch]

    # --- what comes in

    def datagram_received(self, data: bytes, addr: Address) -> None:
        message = parse(data)
        if message is None:
            return
        if message.status:
            self._response(message)
        else:
            self._request(message)

    def error_received(self, exc: Exception) -> None:
        """The switch is gone; the retransmissions find out."""

    def _response(self, message: SipMessage) -> None:
        if queue := self._waiting.get(message.branch):
            queue.put_nowait(message)
        elif (leg := self.legs.get(message.get("call-id"))) and message.method == "INVITE" and message.status >= 200:
            leg.late_response(message)

    def _request(self, message: SipMessage) -> None:
        key = (message.branch, message.method)
        if key in self._answered:
            self._transport.sendto(self._answered[key], self.server)
            return
        leg = self.legs.get(message.get("call-id"))
        if leg is None and message.method == "INVITE" and self.on_invite:
            leg = self.legs[message.get("call-id")] = Leg.incoming(self, message)
            self.reply(message, 100)
            self.on_invite(leg)
        elif leg is not None and message.method in IN_DIALOG:
            leg.request_received(message)
        elif message.method != "ACK":
            self.reply(message, 200 if message.method in ("OPTIONS", "NOTIFY") else 481)

    def reply(self, request: SipMessage, status: int, *, tag: str = "", body: str = "") -> None:
        """Answer a request; a repetition of it gets the same answer."""
        extra = [("Contact", self.contact), ("Allow", ALLOW)]
        if body:
            extra.append(("Content-Type", "application/sdp"))
        data = response(request, status, tag=tag, extra=extra, body=body).encode()
        self._answered[request.branch, request.method] = data
        if not self._transport.is_closing():
            self._transport.sendto(data, self.server)

    # --- registration

    async def register(self, expires: int = 300) -> None:
        """Register our address with the server; `expires=0` takes it back."""
        uri = f"sip:{self.domain}"
        identity = f"<sip:{self.user}@{self.domain}>"
        headers = [self.via(new_branch()), ("Max-Forwards", "70"), ("From", f"{identity};tag={secrets.token_hex(4)}")]
        headers += [("To", identity), ("Call-ID", secrets.token_hex(8)), ("CSeq", "1 REGISTER")]
        headers += [("Contact", f"{self.contact};expires={expires}"), ("Expires", str(expires))]
        answer = await self.request(SipMessage(f"REGISTER {uri} SIP/2.0", headers))
        if answer.status != 200:
            raise CallFailed(f"{self.user} was not registered: {answer.start}", "check the endpoint's name and secret")

    async def unregister(self) -> None:
        with contextlib.suppress(CallFailed):
            await self.register(expires=0)


def new_branch() -> str:
    return "z9hG4bK" + secrets.token_hex(8)
