"""The message by which the engine's rooms put a number on the do-not-call list, in the commit of why they do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kernel.messages import Write, personal


@dataclass(frozen=True, slots=True, kw_only=True)
class ForbidNumber(Write):
    """`number` as the switch or a person wrote it, None where there is none; `call` is where it was asked."""

    number: str | None = personal()
    at: datetime
    call: str
    actor: str
    ip: str
