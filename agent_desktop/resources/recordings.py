"""The recordings of a call, listed."""

from __future__ import annotations

from pydantic import Field
from typing_extensions import TypedDict

from agent_desktop.api import Ask, Form, Route
from agent_desktop.audittrail import AuditTrail
from agent_desktop.records import CallRecords, Recording
from crm_core.people.audit import AuditEntry
from kernel.access import Right
from kernel.clock import Clock


class RecordingQuery(Form):
    interaction_id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$")


class RecordingList(TypedDict):
    items: list[Recording]


class RecordingResource:
    def __init__(self, records: CallRecords, trail: AuditTrail, clock: Clock) -> None:
        self._records, self._trail, self._clock = records, trail, clock

    async def list(self, ask: Ask) -> RecordingList:
        """Empty where the asker's right does not reach: whether there is a recording is not told either. Who is told
        stands in the audit trail first."""
        interaction_id = ask.filters(RecordingQuery).interaction_id
        owners = await self._records.owners(interaction_id)
        if not ask.reaches(Right.recording_list, owners):
            return {"items": []}
        found = await self._records.recordings(interaction_id)
        if found:
            now, count = self._clock.now(), {"count": len(found)}
            await self._trail.note(AuditEntry(now, ask.actor, "recordings_listed", interaction_id, ask.ip, count))
        return {"items": found}

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/api/recordings",
                resource=self.list,
                rule=Right.recording_list,
                summary="The recordings of a call",
                query=RecordingQuery,
                answer=RecordingList,
            ),
        )
