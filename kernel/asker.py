"""Who asks for what is being done, and from where: set for each request, read where a line is written about it."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Asker:
    """`staff_id` is `system` where nobody asked: at start, on the command line, in demo data."""

    staff_id: str = "system"
    ip: str = field(default="", repr=False)


ASKER: ContextVar[Asker] = ContextVar("asker", default=Asker())  # noqa: B039 - frozen
