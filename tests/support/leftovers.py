"""What tests leave on a switch: each channel is held against one test, once. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

ACTIVE = re.compile(r"^(\d+) active channels?$", re.MULTILINE)


@dataclass(slots=True)
class Leftovers:
    """Of one switch: which test each channel was told to, by its unique id; `hidden` are those that Asterisk counts
    and does not list (several under one name show as one)."""

    told: dict[str, str] = field(default_factory=dict)
    hidden: int = 0

    def found(self, concise: str, count: str) -> list[str]:
        """Lines about channels that no test was told of yet, from `core show channels concise` and `... count`."""
        active = ACTIVE.search(count)
        if active is None:
            return [f"no count of channels: {count.strip()!r}"]
        listed = _lines(concise)
        new = [line for line in listed if _id(line) not in self.told]
        hidden = int(active[1]) - len(listed) - self.hidden
        return [*new, f"{hidden} more that Asterisk counts and does not list"] if hidden > 0 else new

    def tell(self, concise: str, count: str, test: str) -> None:
        """From now on all this is held against `test`, and against no later one."""
        listed = _lines(concise)
        for line in listed:
            self.told.setdefault(_id(line), test)
        if active := ACTIVE.search(count):
            self.hidden = max(self.hidden, int(active[1]) - len(listed))

    def old(self, concise: str) -> list[str]:
        """What is still there of earlier tests, by name."""
        lines = [line for line in _lines(concise) if _id(line) in self.told]
        return [f"{line.split('!')[0]} is still there; it was told to {self.told[_id(line)]}" for line in lines]


def _lines(concise: str) -> list[str]:
    return [line for line in concise.splitlines() if "!" in line]


def _id(line: str) -> str:
    return line.rpartition("!")[2].strip()
