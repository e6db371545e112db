"""The audit trail: filtered, by pages, as a file, and whether its chain is whole."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal

from aiohttp import web
from pydantic import AwareDatetime, Field
from typing_extensions import TypedDict

from agent_desktop.api import Ask, Form, Route
from agent_desktop.auditnames import AuditNames, CallShown, Kind, Names
from agent_desktop.audittrail import AuditTrail
from agent_desktop.csvout import csv_line
from agent_desktop.deskview import moment
from agent_desktop.people import People
from crm_core.people.audit import AuditEntry, AuditFilter, AuditRow
from kernel.access import Right

EXPORT_PAGE = 500
COLUMNS = ("number", "at", "actor", "actor_name", "action", "subject", "subject_name", "from", "details")


class AuditQuery(Form):
    """`before` is the number to go on before; `since` is included, `until` is not."""

    actor: str | None = Field(None, max_length=60)
    action: str | None = Field(None, max_length=60)
    subject: str | None = Field(None, max_length=100)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    before: int | None = Field(None, ge=1, lt=2**63)
    limit: int = Field(50, ge=1, le=200)


class ExportQuery(Form):
    actor: str | None = Field(None, max_length=60)
    action: str | None = Field(None, max_length=60)
    subject: str | None = Field(None, max_length=100)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class CallLine(TypedDict):
    """A call in words of today: when it came or was dialled, and whose it was: the customer's name, else the number.
    Without any it was withheld, unless `customer_gone` says that the customer was erased."""

    at: str | None
    outbound: bool
    who: str | None
    customer_gone: bool


class AuditLine(TypedDict):
    """Names are those of today, in the details too; None of what has none, or what the reader may not know.
    `subject_is` says what the subject is, where it is neither a person nor a team: an entry of the do-not-call list, a
    customer, a customer's note, a ticket, a queue, a call. `subject_gone`: it (or the note's customer) is there no
    more. `call` is the one that the line speaks of, as its subject or in its details."""

    seq: int
    at: str | None
    actor: str
    actor_name: str | None
    actor_login: str | None
    action: str
    subject: str
    subject_name: str | None
    subject_login: str | None
    subject_is: Kind | None
    subject_gone: bool
    call: CallLine | None
    ip: str
    details: dict[str, Any]


class AuditPage(TypedDict):
    """`next` is the `before` of the next page; None on the last one."""

    items: list[AuditLine]
    next: int | None


class AuditActions(TypedDict):
    items: list[str]


class ChainState(TypedDict):
    """`broken_at` is the first line that does not hold; `lines` before it do."""

    whole: bool
    lines: int
    last_hash: str
    checked_at: str | None
    broken_at: int | None
    broken_how: Literal["changed", "missing", "cut", "rewritten"] | None


class AuditResource:
    def __init__(self, trail: AuditTrail, people: People, names: AuditNames) -> None:
        self._trail, self._people, self._names = trail, people, names

    async def lines(self, ask: Ask) -> AuditPage:
        query = ask.filters(AuditQuery)
        wanted = AuditFilter(query.actor, query.action, query.subject, query.since, query.until)
        found = await self._trail.lines(wanted, query.before, query.limit + 1)
        shown = found[: query.limit]
        following = shown[-1].seq if len(found) > query.limit else None
        names = await self._names.all(shown, ask.me.actor)
        return {"items": [_line(row, names) for row in shown], "next": following}

    async def actions(self, ask: Ask) -> AuditActions:
        return {"items": await self._trail.actions()}

    async def chain(self, ask: Ask) -> ChainState:
        found = await self._trail.check()
        broken: Any = found.broken
        return {
            "whole": broken is None,
            "lines": found.lines,
            "last_hash": found.head.hash,
            "checked_at": moment(self._people.now()),
            "broken_at": broken.seq if broken else None,
            "broken_how": broken.what if broken else None,
        }

    async def export(self, ask: Ask) -> web.StreamResponse:
        """A page at a time, so that a trail of any length is not held in memory. Of customers it has ids only: no
        erasure reaches a file."""
        query = ask.filters(ExportQuery)
        wanted = AuditFilter(query.actor, query.action, query.subject, query.since, query.until)
        now = self._people.now()
        response = web.StreamResponse(headers=self._headers(now))
        lines = await self._trail.lines(wanted, None, EXPORT_PAGE)
        await self._trail.note(AuditEntry(now, ask.actor, "audit_exported", "audit", ask.ip))
        await response.prepare(ask.request)
        await response.write(b"\xef\xbb\xbf" + csv_line(COLUMNS).encode())
        while lines:
            names = await self._names.staff(lines)
            await response.write("".join(_csv(_line(row, names)) for row in lines).encode())
            lines = await self._trail.lines(wanted, lines[-1].seq, EXPORT_PAGE)
        await response.write_eof()
        return response

    def _headers(self, now: datetime) -> dict[str, str]:
        name = f"audit-{now.date().isoformat()}.csv"
        return {
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/api/audit",
                resource=self.lines,
                rule=Right.audit_read,
                summary="Who did what from where, newest first, by pages",
                query=AuditQuery,
                answer=AuditPage,
            ),
            Route(
                method="GET",
                path="/api/audit/actions",
                resource=self.actions,
                rule=Right.audit_read,
                summary="Every kind of act in the trail",
                answer=AuditActions,
            ),
            Route(
                method="GET",
                path="/api/audit/chain",
                resource=self.chain,
                rule=Right.audit_read,
                summary="Whether the trail is whole, line by line",
                answer=ChainState,
            ),
            Route(
                method="GET",
                path="/api/audit/export",
                resource=self.export,
                rule=Right.audit_read,
                summary="The trail as a CSV file",
                query=ExportQuery,
            ),
        )


def _line(row: AuditRow, names: Names) -> AuditLine:
    subject = names.subject(row)
    return {
        "seq": row.seq,
        "at": moment(row.at),
        "actor": row.actor,
        "actor_name": names.staff.get(row.actor),
        "actor_login": names.logins.get(row.actor),
        "action": row.action,
        "subject": row.subject,
        "subject_name": subject.name,
        "subject_login": names.logins.get(row.subject),
        "subject_is": subject.kind,
        "subject_gone": subject.gone,
        "call": _call(names.call(row)),
        "ip": row.ip,
        "details": names.details(row),
    }


def _call(call: CallShown | None) -> CallLine | None:
    if call is None:
        return None
    return {"at": moment(call.at), "outbound": call.outbound, "who": call.who, "customer_gone": call.customer_gone}


def _csv(row: AuditLine) -> str:
    details = json.dumps(row["details"], ensure_ascii=False, sort_keys=True)
    names = (row["actor"], row["actor_name"], row["action"], row["subject"], row["subject_name"])
    return csv_line((row["seq"], row["at"], *names, row["ip"], details))
