"""The pool of browser phones: secrets by endpoint, from the file that the lab or the installer wrote."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent_desktop.phonebook import IceServer, Phone
from kernel.errors import Unavailable


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    endpoint: str = Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")
    secret: str = Field(min_length=8, repr=False)


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore")
    ws_path: str = Field(default="/ws", pattern=r"^/[A-Za-z0-9_/-]*$")
    phones: tuple[_Entry, ...]


class FilePhoneBook:
    """Reads phones.json whenever it changed. `ws_base` is the switch's WebSocket as a browser reaches it, such as
    `ws://{host}:8088` (`{host}` stands for the host in the browser's address bar)."""

    def __init__(self, path: Path, ws_base: str, domain: str = "", ice_servers: tuple[IceServer, ...] = ()) -> None:
        self._path = path
        self._ws_base = ws_base
        self._domain = domain
        self._ice_servers = ice_servers
        self._stamp: tuple[int, int] | None = None
        self._file = _File(phones=())

    @property
    def endpoints(self) -> tuple[str, ...]:
        """All pool endpoints, in the order of the file."""
        self._refresh()
        return tuple(entry.endpoint for entry in self._file.phones)

    def ws_url(self, host: str) -> str:
        """The switch's WebSocket for a browser that opened the desktop at `host` (without port); empty when the
        phones are no browser phones."""
        self._refresh()
        return self._ws_base.replace("{host}", host) + self._file.ws_path if self._ws_base else ""

    async def phone(self, endpoint: str, host: str) -> Phone:
        """What a browser needs to register as `endpoint`; raises Unavailable when the file does not know it."""
        url = self.ws_url(host)
        for entry in self._file.phones:
            if entry.endpoint == endpoint:
                return Phone(endpoint, entry.secret, url, self._domain or host, self._ice_servers)
        raise Unavailable(
            "phone_unknown",
            "The phone that was leased is not in the phones file. Ask the administrator to run `trunkline doctor`.",
            endpoint=endpoint,
        )

    def _refresh(self) -> None:
        try:
            found = self._path.stat()
            stamp = (found.st_mtime_ns, found.st_size)
            if stamp == self._stamp:
                return
            self._file = _File.model_validate(json.loads(self._path.read_text("utf-8")))
        except (OSError, ValueError, ValidationError) as error:
            if self._stamp is not None and not isinstance(error, FileNotFoundError):
                return
            self._file = _File(phones=())
            self._stamp = None
        else:
            self._stamp = stamp
