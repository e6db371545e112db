"""Bytes from the switch to whole AMI messages. Pure: it only cuts, so letters split over two reads stay whole."""

from __future__ import annotations

from kernel.errors import TrunklineError

BANNER = b"Asterisk Call Manager/"
END = b"\r\n\r\n"
MAX_MESSAGE = 65_536
MAX_BANNER = 200


class Garbage(TrunklineError):
    """The other side does not speak AMI, or bytes were lost or changed on the way."""

    def __init__(self, message: str) -> None:
        super().__init__("ami_garbage", message)


class Framer:
    """Collects bytes; holds never more than one unfinished message of `MAX_MESSAGE` bytes."""

    def __init__(self) -> None:
        self.banner: str | None = None
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that `data` completes, each without its empty line. Raises Garbage, after which the framer
        is of no more use."""
        data = self._rest + data
        if self.banner is None:
            data = self._take_banner(data)
            if self.banner is None:
                self._rest = data
                return []
        *messages, self._rest = data.split(END)
        if len(self._rest) > MAX_MESSAGE:
            raise Garbage(f"more than {MAX_MESSAGE} bytes without an end of message")
        return messages

    def _take_banner(self, data: bytes) -> bytes:
        line, found, rest = data.partition(b"\r\n")
        if not line.startswith(BANNER[: len(line)]) or (not found and len(line) > MAX_BANNER):
            raise Garbage("what answers there is not an Asterisk manager")
        if not found:
            return data
        if not line.startswith(BANNER):
            raise Garbage("what answers there is not an Asterisk manager")
        self.banner = line[len(BANNER) :].decode("ascii", "replace")
        return rest
