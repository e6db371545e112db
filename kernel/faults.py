"""Named places where a test may kill the platform. Nothing is armed unless the start-up code was told so."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kernel.errors import Invalid


class FaultPoint(StrEnum):
    """Each is passed at one place in the code; FAULT_POINTS says what has happened there and what has not."""

    loaded = "loaded"
    snapshot_taken = "snapshot_taken"
    before_commit = "before_commit"
    mid_transaction = "mid_transaction"
    after_commit = "after_commit"
    after_publish = "after_publish"
    after_send = "after_send"
    between_actions = "between_actions"
    action_sent = "action_sent"
    permit_kept = "permit_kept"
    phone_leased = "phone_leased"
    note_saved = "note_saved"
    before_answer = "before_answer"
    recording_measured = "recording_measured"


FAULT_POINTS = {
    FaultPoint.loaded: "at start: the state is read, the switch is not connected yet",
    FaultPoint.snapshot_taken: "the link is up and the snapshot taken, the engine has not heard of it",
    FaultPoint.before_commit: "a batch is decided, nothing of it is saved",
    FaultPoint.mid_transaction: "its rows are written, the transaction is not committed (a server is given a commit as"
    " one statement: there the point makes that moment, and `test_owner` holds what is true of the statement)",
    FaultPoint.after_commit: "it is committed, nobody was told",
    FaultPoint.after_publish: "screens were told, its orders are not sent",
    FaultPoint.after_send: "its orders went to the switch's link, whoever asked has no answer",
    FaultPoint.between_actions: "the switch answered one action of an order, the next is not sent",
    FaultPoint.action_sent: "an action is on the wire, its answer has not come",
    FaultPoint.permit_kept: "the permit of a dial is committed, the engine does not know it",
    FaultPoint.phone_leased: "the lease of a phone is committed, the browser does not know it",
    FaultPoint.note_saved: "the note of a wrap-up is saved, its disposition is not",
    FaultPoint.before_answer: "a request is carried out, its HTTP answer is not written",
    FaultPoint.recording_measured: "a finished recording was found, the engine has not heard of it",
}
"""What has happened at each point, in words."""


@dataclass(slots=True)
class Armed:
    """Kill this process at the `left`-th passing of `point`, of those that are about `about` (empty: of all)."""

    point: FaultPoint
    about: str
    left: int

    def passes(self, point: FaultPoint, about: Iterable[object]) -> None:
        if point is not self.point or (self.about and self.about not in map(name_of, about)):
            return
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


_armed: Armed | None = None


def reached(point: FaultPoint, *about: Iterable[object]) -> None:
    """Pass a fault point. `about`: what is under way, in any number of collections; read only when a test asked."""
    if _armed is not None:
        _armed.passes(point, (one for several in about for one in several))


def awaited(point: FaultPoint) -> bool:
    """Whether a test wants to see the process die there."""
    return _armed is not None and _armed.point is point


def arm(words: str) -> None:
    """`POINT[:ABOUT][:COUNT]`, such as `after_commit:RingAgent` or `before_answer:wrap_up:2`; empty words disarm."""
    global _armed
    _armed = parse(words) if words else None


def parse(words: str) -> Armed:
    """What such words mean. Raises Invalid."""
    name, *rest = words.split(":")
    count = int(rest.pop()) if rest and rest[-1].isdigit() else 1
    if name not in FaultPoint.__members__ or len(rest) > 1 or count < 1:
        raise Invalid(
            "bad_fault_point",
            f"A fault point is POINT[:ABOUT][:COUNT] with a POINT of {', '.join(FaultPoint)}.",
            given=words,
        )
    return Armed(FaultPoint(name), rest[0] if rest else "", count)


def name_of(thing: object) -> str:
    """A word for what is under way: itself, or the type of a message, also of one in a journal's line."""
    if isinstance(thing, str):
        return thing
    return type(getattr(thing, "message", thing)).__name__
