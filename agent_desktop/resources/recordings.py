"""The recordings of a call, listed."""

from __future__ import annotations

from pydantic import Field
from typing_extensions import TypedDict

from agent_desktop.api import Ask, Form, Route
from agent_desktop.records import CallRecords, Recording
from kernel.access import Right


class RecordingQuery(Form):
    interaction_id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$")


class RecordingList(TypedDict):
    items: list[Recording]


class RecordingResource:
    def __init__(self, records: CallRecords) -> None:
        self._records = records

    async def list(self, ask: Ask) -> RecordingList:
        """Empty where the asker's right does not reach: whether there is a recording is not told either."""
        interaction_id = ask.filters(RecordingQuery).interaction_id
        owners = await self._records.owners(interaction_id)
        if not ask.reaches(Right.recording_list, owners):
            return {"items": []}
        return {"items": await self._records.recordings(interaction_id)}

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
