"""AMI on the wire as Asterisk reads and writes it: actions in, messages out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

MAX_LINE = 1024
"""Asterisk's limit; a longer line spoils its whole message."""

Headers = Iterable[tuple[str, object]]


class Action:
    """One action as received: header names without case, every value of a repeated header kept in order."""

    __slots__ = ("headers", "too_long")

    def __init__(self, headers: list[tuple[str, str]], too_long: bool = False) -> None:
        self.headers = headers
        self.too_long = too_long

    def get(self, name: str) -> str:
        """The first value of a header, '' when it is missing."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    def all(self, name: str) -> list[str]:
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]

    @property
    def name(self) -> str:
        return self.get("Action")

    def variables(self) -> list[tuple[str, str]]:
        """Name and value of each channel variable, from `Variable: a=1,b=2` and repeated `Variable:` headers."""
        texts = [part for text in self.all("Variable") for part in text.split(",")]
        pairs = (text.partition("=") for text in texts if "=" in text)
        return [(name.strip(), value) for name, _, value in pairs]


class Splitter:
    """Cuts the bytes of a connection into actions, as Asterisk does: by lines, an empty one ends an action."""

    def __init__(self) -> None:
        self._buffer = b""
        self._headers: list[tuple[str, str]] = []
        self._too_long = False

    def feed(self, data: bytes) -> Iterator[Action]:
        self._buffer += data
        while True:
            line, end, rest = self._buffer.partition(b"\n")
            if not end or len(line) >= MAX_LINE:
                if len(self._buffer) < MAX_LINE:
                    return
                self._buffer = self._buffer[MAX_LINE:]
                self._too_long = True
                continue
            self._buffer = rest
            action = self._line(line.rstrip(b"\r").decode("utf-8", "replace"))
            if action is not None:
                yield action

    def _line(self, text: str) -> Action | None:
        if text:
            name, colon, value = text.partition(":")
            if colon:
                self._headers.append((name.strip(), value.strip()))
            return None
        if not (self._headers or self._too_long):
            return None
        action = Action(self._headers, self._too_long)
        self._headers, self._too_long = [], False
        return action


def encode(headers: Headers) -> bytes:
    """One message. A value never holds a line end: Asterisk takes them out too."""
    lines = [f"{name}: {str(value).translate(_ENDS)}\r\n" for name, value in headers]
    return ("".join(lines) + "\r\n").encode()


_ENDS = {13: None, 10: None, 0: None}
