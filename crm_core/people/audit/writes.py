"""The message by which the engine's rooms put a line into the audit trail, in the commit of what it tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kernel.messages import Write


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveAuditLine(Write):
    """As crm_core.people.audit.AuditEntry; `about` is its subject. `details` hold no personal data."""

    at: datetime
    actor: str
    action: str
    about: str
    ip: str
    details: dict[str, Any] = field(default_factory=dict)
