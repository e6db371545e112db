"""The audit trail: who did what, from where, in a chain of hashes. Any room appends to it in its own transaction."""

from crm_core.people.audit.chain import Anchor, AuditEntry, AuditRow, Break
from crm_core.people.audit.store import (
    AuditCheck,
    AuditFilter,
    append,
    audit_actions,
    audited,
    check_audit,
    lock_head,
    note,
    read_audit,
)

__all__ = [
    "Anchor",
    "AuditCheck",
    "AuditEntry",
    "AuditFilter",
    "AuditRow",
    "Break",
    "append",
    "audit_actions",
    "audited",
    "check_audit",
    "lock_head",
    "note",
    "read_audit",
]
