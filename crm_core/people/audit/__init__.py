"""The audit trail: who did what, from where, in a chain of hashes. Any room appends to it in its own transaction."""

from crm_core.people.audit.chain import AuditEntry, AuditRow
from crm_core.people.audit.store import append, lock_head, read_audit, verify_audit

__all__ = ["AuditEntry", "AuditRow", "append", "lock_head", "read_audit", "verify_audit"]
