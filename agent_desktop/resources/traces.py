"""Past calls for whoever watches over their agents: the list, and what was decided of one and why."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from agent_desktop.api import Ask, Form, Route
from agent_desktop.hub import Hub
from agent_desktop.people import People
from agent_desktop.records import CallRecords
from agent_desktop.traces import LINES, CallLine, CallPage, ListedCall, Names, Trace, TraceLine
from kernel.access import Right, Scope, scope_of
from kernel.errors import NotFound

PERSON = ("agent_id", "by", "actor")


class Latest(Form):
    """Newest first; `before` is the id of a call: those before it."""

    before: str | None = Field(default=None, min_length=1, max_length=120)
    queue_id: str | None = Field(default=None, min_length=1, max_length=120)
    limit: int = Field(default=50, ge=1, le=200)


class TraceResource:
    def __init__(self, records: CallRecords, people: People, hub: Hub) -> None:
        self._records = records
        self._people = people
        self._hub = hub

    async def list(self, ask: Ask) -> CallPage:
        """Of the asker's teams, and those that nobody was offered."""
        wanted = ask.filters(Latest)
        whose = None if scope_of(ask.me.actor, Right.call_watch) is Scope.all else ask.me.actor
        found = await self._records.latest(wanted.before, wanted.limit + 1, wanted.queue_id, whose)
        items = found[: wanted.limit]
        names = await self._names(one for row in items for one in row["agents"])
        return {
            "items": [_listed(one, names) for one in items],
            "next": items[-1]["id"] if len(found) > len(items) else None,
        }

    async def trace(self, ask: Ask) -> Trace:
        """A call in which nobody had a part is read by whoever watches at all."""
        interaction_id = ask.key("id")
        call = await self._records.line(interaction_id)
        owners = await self._records.owners(interaction_id)
        if call is None or (owners and not ask.reaches(Right.call_watch, owners)):
            raise NotFound("call_not_found", "There is no such call, or it is not yours.")
        lines = await self._records.story(interaction_id, LINES + 1)
        why = await self._records.why(interaction_id)
        people = {one for row in lines[:LINES] for one in _people(row)} | set(call["agents"])
        names = await self._names(people)
        return {"call": call, "lines": lines[:LINES], "more": len(lines) > LINES, "names": names, **why}

    async def _names(self, people: Iterable[str]) -> Names:
        rows = self._hub.projection.rows
        return {
            "people": await self._people.names(sorted(set(people))),
            "queues": {one["id"]: one["name"] for one in rows("queues")},
            "skills": {one["id"]: one["name"] for one in rows("skills")},
            "groups": {one["id"]: one["name"] for one in rows("agent_groups")},
            "outcomes": {one["id"]: one["label"] for one in rows("dispositions")},
        }

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET", path="/api/calls", resource=self.list, rule=Right.call_watch, query=Latest,
                summary="The last calls, newest first", answer=CallPage,
            ),
            Route(
                method="GET", path="/api/calls/{id}", resource=self.trace, rule=Right.call_watch,
                summary="What was decided of a call, in order, and why", answer=Trace,
                errors={404: ("call_not_found",)},
            ),
        )  # fmt: skip


def _listed(call: CallLine, names: Names) -> ListedCall:
    agents = [names["people"].get(one, one) for one in call["agents"]]
    return {**call, "queue": names["queues"].get(call["queue_id"], call["queue_id"]), "agent_names": agents}


def _people(line: TraceLine) -> Iterable[str]:
    return (str(one) for one in (line["actor"], *(line["facts"].get(name) for name in PERSON)) if one)
