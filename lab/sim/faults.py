"""Faults on demand: what goes wrong between the switch and whoever listens to its AMI."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.sim.ami import Session

EventTest = Callable[[str], bool]


def _test(events: Collection[str] | str) -> EventTest:
    """Whether an event's name is meant: one name, several, or `*` for all."""
    if events == "*":
        return lambda _: True
    names = {events} if isinstance(events, str) else set(events)
    return lambda name: name in names


def _never(_: str) -> bool:
    return False


@dataclass(slots=True)
class Faults:
    """Each fault lasts until `clear()`; `cut` and `stall` work on the connections there are."""

    sessions: list[Session] = field(default_factory=list)
    logins_refused: bool = False
    dropped: EventTest = _never
    duplicated: EventTest = _never
    delayed: EventTest = _never
    delay_by: float = 0.0
    cut_at: str = ""
    cut_executes: bool = False
    unanswered: EventTest = _never
    stalled: bool = False

    def cut(self) -> None:
        """Close every AMI connection at once, as a broken network does."""
        for session in list(self.sessions):
            session.abort()

    def cut_on(self, action: str, *, executed: bool) -> None:
        """Close the connection once when this action comes, unanswered: after it was carried out, or before."""
        self.cut_at, self.cut_executes = action, executed

    def stall(self) -> None:
        """Stop reading and answering; connections stay open and what should be said is kept."""
        self.stalled = True
        for session in self.sessions:
            session.stall()

    def resume(self) -> None:
        """End a stall: what was kept is said, what waited is read."""
        self.stalled = False
        for session in list(self.sessions):
            session.resume()

    def duplicate(self, events: Collection[str] | str = "*") -> None:
        """Say these events twice."""
        self.duplicated = _test(events)

    def drop(self, events: Collection[str] | str) -> None:
        """Never say these events."""
        self.dropped = _test(events)

    def delay(self, seconds: float, events: Collection[str] | str = "*") -> None:
        """Say these events later; the others overtake them."""
        self.delayed, self.delay_by = _test(events), seconds

    def leave_unanswered(self, actions: Collection[str] | str) -> None:
        """Carry these actions out, but never respond to them."""
        self.unanswered = _test(actions)

    def refuse_logins(self, refused: bool = True) -> None:
        self.logins_refused = refused

    def clear(self) -> None:
        """No faults any more."""
        self.logins_refused = False
        self.dropped = self.duplicated = self.delayed = self.unanswered = _never
        self.delay_by, self.cut_at = 0.0, ""
        if self.stalled:
            self.resume()
