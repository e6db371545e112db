"""Set-up that enters by the inbox: what people change of it, and what it is at the start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kernel.messages import Command, Fact, Write
from routing.teamwork import Edit, Edited


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpQueue(Command):
    """What ChangeSetUp took the place of, in journals. Change settings of a queue; see routing.queuerows.Queue; the
    others stay. `version` is the one that was looked at: with another one there it is refused; the reply is the version
    now. None (in journals of before there were versions) is taken as it is, and moves none."""

    queue_id: str
    changes: dict[str, Any]
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpDispositions(Command):
    """All dispositions, in order (routing.queuerows.Disposition). One that is not among them is not offered any more.
    `version` and reply as in SetUpQueue, of the list as a whole."""

    dispositions: tuple[dict[str, object], ...]
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSetUp(Command):
    """Change rows of the set-up, all or none of them: see routing.teamwork.Edit for each. The reply has the `change`
    under which it can be undone, and of each row the version now. `undoes` is the change that this one takes back."""

    edits: tuple[Edit, ...]
    undoes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PhonesConfigured(Fact):
    """The pool of phone endpoints that agents lease."""

    endpoints: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueConfigured(Fact):
    """A queue's settings, whole; see routing.queuerows.Queue."""

    queue: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DispositionsConfigured(Fact):
    """All dispositions, in order; see routing.queuerows.Disposition."""

    dispositions: tuple[dict[str, object], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveSetUpChange(Write):
    """What was changed in the set-up, with what was there before: by it the change can be taken back."""

    id: str
    at: datetime
    actor: str
    edits: tuple[Edited, ...]
    undoes: str | None = None
