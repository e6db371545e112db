"""A browser's phone as far as registration goes: SIP over the switch's WebSocket, without media. For tests that need no
Chromium."""

import secrets

import aiohttp

from lab.errors import CallFailed
from lab.sip.message import SipMessage, digest, parse

SUBPROTOCOL = "sip"


class BrowserPhone:
    """Registers one endpoint of the pool over `ws://.../ws`; `close` drops the socket as a closed tab does."""

    def __init__(self, session: aiohttp.ClientSession, url: str, endpoint: str, secret: str) -> None:
        self._session, self._url, self._endpoint, self._secret = session, url, endpoint, secret
        self._host = f"{secrets.token_hex(6)}.invalid"
        self._call_id = secrets.token_hex(8)
        self._cseq = 0

    async def register(self) -> None:
        """Open the socket and register. Raises CallFailed when the switch refuses."""
        status = await self.try_register()
        if status != 200:
            raise CallFailed(f"{self._endpoint} was not registered: {status}", "check the endpoint's name and secret")

    async def try_register(self) -> int:
        """The final status of a registration."""
        self._socket = await self._session.ws_connect(self._url, protocols=(SUBPROTOCOL,))
        answer = await self._send(())
        if answer.status != 401:
            return answer.status
        challenge = answer.get("www-authenticate")
        uri = "sip:127.0.0.1"
        value = digest(challenge, user=self._endpoint, secret=self._secret, method="REGISTER", uri=uri)
        return (await self._send((("Authorization", value),))).status

    async def _send(self, extra: tuple[tuple[str, str], ...]) -> SipMessage:
        self._cseq += 1
        identity = f"<sip:{self._endpoint}@127.0.0.1>"
        headers = [("Via", f"SIP/2.0/WS {self._host};branch=z9hG4bK{secrets.token_hex(6)}"), ("Max-Forwards", "70")]
        headers += [("From", f"{identity};tag={secrets.token_hex(4)}"), ("To", identity), ("Call-ID", self._call_id)]
        headers += [
            ("CSeq", f"{self._cseq} REGISTER"),
            ("Contact", f"<sip:browser@{self._host};transport=ws>"),
            ("Expires", "300"),
        ]
        request = SipMessage("REGISTER sip:127.0.0.1 SIP/2.0", [*headers, *extra])
        await self._socket.send_str(request.encode().decode())
        while True:
            received = await self._socket.receive(timeout=5)
            data = received.data if isinstance(received.data, bytes) else str(received.data).encode()
            answer = parse(data)
            if answer and answer.status >= 200:
                return answer

    @property
    def port(self) -> int:
        """Our end of the socket: the switch names the contact by it (webrtc=yes rewrites contacts)."""
        return int(self._socket.get_extra_info("sockname")[1])

    async def close(self) -> None:
        await self._socket.close()
