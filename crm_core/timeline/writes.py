"""The message by which the engine's rooms put an entry on a customer's timeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kernel.messages import Write, personal


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveTimelineEntry(Write):
    """Insert the entry, or replace it when `id` is there already. `kind` is one of `crm_core.shapes.ENTRY_KINDS`;
    `status` is open, done or None; `ref` names the thing itself (an interaction, a ticket, a note)."""

    id: str
    customer_id: str
    at: datetime
    kind: str  # type: ignore[misc]  # the kind of entry; a write needs no other
    title: str
    body: str = personal("")
    status: str | None = None
    ref: str | None = None
    staff_id: str | None = None
    staff_name: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagTimelineEntry(Write):
    """Set one of the details of an entry that is there; nothing when it is not."""

    id: str
    flag: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepPromises(Write):
    """The callbacks promised to a customer before then are done."""

    customer_id: str
    before: datetime
