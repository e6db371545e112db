"""The port through which a browser phone's secret is found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class IceServer:
    """A STUN server, or a TURN server with what opens it."""

    url: str
    username: str = ""
    credential: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Phone:
    """What a browser needs to register with the switch as `endpoint`. `ws_url` is the switch's own WebSocket,
    empty when the phone is no browser phone and rings beside the computer."""

    endpoint: str
    secret: str = field(repr=False)
    ws_url: str
    domain: str
    ice_servers: tuple[IceServer, ...] = ()


class PhoneBook(Protocol):
    """Knows the pool phones. `host` is the one in the browser's address bar, without port."""

    def ws_url(self, host: str) -> str:
        """The switch's WebSocket; the page's content policy allows it."""
        ...

    async def phone(self, endpoint: str, host: str) -> Phone:
        """Raises Unavailable when the endpoint is unknown."""
        ...
