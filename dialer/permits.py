"""The permit as a link of a chain: pure hashing, and the check that finds a changed or missing row.

The number itself is not in the chain, only a commitment to it: the hash of the number and a salt of its own. Who erases
a person deletes number and salt; the chain stays whole, and nobody can guess the number from what is left."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from crm_core.people.audit import Anchor

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class PermitRow:
    """A granted permit. `checks` holds each rule that was asked and its answer."""

    id: str
    attempt_id: str
    interaction_id: str
    purpose: str
    asked_by: str
    commitment: str
    granted_at: datetime
    checks: Mapping[str, Any]

    def hash(self, seq: int, previous: str) -> str:
        """SHA-256 over the row's canonical JSON, its place and the previous row's hash included."""
        body = [
            seq,
            self.id,
            self.attempt_id,
            self.interaction_id,
            self.purpose,
            self.asked_by,
            self.commitment,
            self.granted_at.astimezone(UTC).isoformat(),
            dict(self.checks),
            previous,
        ]
        text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Link:
    """A sealed permit as it is stored. `number` and `salt` are None once the person was erased."""

    seq: int
    previous: str
    hash: str
    row: PermitRow
    number: str | None
    salt: str | None

    @property
    def true(self) -> bool:
        """Whether the row says what was sealed, its number included."""
        if self.row.hash(self.seq, self.previous) != self.hash:
            return False
        if self.number is None or self.salt is None:
            return self.number is None and self.salt is None
        return commit_to(self.number, self.salt) == self.row.commitment


def commit_to(number: str, salt: str) -> str:
    """What stands for a number in the chain."""
    return hashlib.sha256(f"{salt}:{number}".encode()).hexdigest()


class PermitCheck:
    """Follows a chain link by link, without keeping it. `broken` is the first link that does not fit: changed, after
    one that is missing, or not the one that an earlier look saw (an anchor); beyond the end: the tail was cut."""

    def __init__(self, anchors: Iterable[Anchor] = ()) -> None:
        self.links = 0
        self.hash = GENESIS
        self.broken: int | None = None
        self._anchors = {one.seq: one.hash for one in anchors if one.seq > 0}

    def add(self, link: Link) -> None:
        """The next link there is."""
        if self.broken is not None:
            return
        fits = link.seq == self.links + 1 and link.previous == self.hash and link.true
        if not fits or self._anchors.get(link.seq, link.hash) != link.hash:
            self.broken = link.seq
        else:
            self.links, self.hash = link.seq, link.hash

    def end(self) -> int | None:
        """What is broken, when these were all links."""
        if self.broken is None and max(self._anchors, default=0) > self.links:
            self.broken = self.links + 1
        return self.broken


def broken_link(chain: Iterable[Link], anchors: Iterable[Anchor] = ()) -> int | None:
    """The `seq` of the first link that does not fit; None when all do."""
    check = PermitCheck(anchors)
    for link in chain:
        check.add(link)
    return check.end()
