"""How queues ring and wrap up and whom they ring, and the dispositions, for administrators; agents' states, for
supervisors."""

from __future__ import annotations

from typing import Any, cast

from pydantic import Field
from typing_extensions import TypedDict

from agent_desktop.api import Ask, Form, Route
from agent_desktop.hub import Hub
from agent_desktop.people import People
from agent_desktop.ports import CommandPort
from agent_desktop.records import AgentStateLine, CallRecords
from agent_desktop.setupedits import CHECKED, OUTCOMES_CHECKED, SetUpEdits
from agent_desktop.setupforms import (
    Changed,
    DispositionRow,
    DispositionsForm,
    NewQueue,
    QueueForm,
    QueueSettings,
    Saved,
    Version,
)
from kernel.access import Right
from kernel.codec import build
from kernel.errors import NotFound
from routing.outcomes import list_version
from routing.queuerows import Queue
from routing.serving import hardly_served
from routing.setupmessages import SetUpDispositions
from routing.teamwork import Edit, Profile


class Queues(TypedDict):
    """`people` are the names of those who serve a queue by name. `hardly` has the queues that fewer than two people
    with an open account could serve, each with who could: one, or nobody."""

    queues: list[QueueSettings]
    people: dict[str, str]
    hardly: dict[str, list[str]]


class Dispositions(TypedDict):
    """`version` is that of the list as a whole."""

    version: int
    dispositions: list[DispositionRow]


class States(TypedDict):
    states: list[AgentStateLine]


class Limit(Form):
    limit: int = Field(default=100, ge=1, le=500)


class SetupResource:
    def __init__(
        self, commands: CommandPort, records: CallRecords, hub: Hub, edits: SetUpEdits, people: People
    ) -> None:
        self._commands = commands
        self._people = people
        self._edits = edits
        self._records = records
        self._hub = hub

    async def queues(self, ask: Ask) -> Queues:
        rows: list[QueueSettings] = self._edits.rows("queues", QueueSettings.__annotations__)
        members = {person for row in rows for person in row["members"]}
        return {"queues": rows, "people": await self._edits.names(members), "hardly": await self._hardly_served()}

    async def _hardly_served(self) -> dict[str, list[str]]:
        there = self._hub.projection.rows
        profiles = {one["id"]: build(Profile, one) for one in there("profiles")}
        queues = [build(Queue, one) for one in there("queues")]
        return hardly_served(queues, await self._people.answering(), profiles)

    async def set_queue(self, ask: Ask) -> Saved:
        form = ask.form(QueueForm)
        found = await self._edits.make(ask, Edit("queue", ask.key("id"), form.changes(), form.version))
        return {"version": found["version"]}

    async def new_queue(self, ask: Ask) -> Changed:
        form = ask.form(NewQueue)
        return await self._edits.make(ask, Edit("queue", self._edits.new_id("queue", form.name), form.changes(), 0))

    async def remove_queue(self, ask: Ask) -> Changed:
        return await self._edits.make(ask, Edit("queue", ask.key("id"), None, ask.filters(Version).version))

    async def dispositions(self, ask: Ask) -> Dispositions:
        there = self._hub.projection.rows("dispositions")
        rows = [one for one in there if one["active"]]
        rows.sort(key=lambda one: (one["position"], one["id"]))
        keys = DispositionRow.__annotations__
        found: list[Any] = [{key: row[key] for key in keys} for row in rows]
        return {"version": list_version(one["version"] for one in there), "dispositions": found}

    async def set_dispositions(self, ask: Ask) -> Saved:
        form = ask.form(DispositionsForm)
        rows = tuple(
            {**one.model_dump(mode="json", exclude_none=True), "position": place}
            for place, one in enumerate(form.dispositions, 1)
        )
        command = SetUpDispositions(actor=ask.actor, dispositions=rows, version=form.version)
        return cast(Saved, await self._commands.execute(command))

    async def states(self, ask: Ask) -> States:
        agent_id = ask.key("id")
        owner = await self._records.agent(agent_id)
        if owner is None or not (ask.reaches(Right.call_watch, (owner,)) or ask.reaches(Right.desk_use, (owner,))):
            raise NotFound("no_such_agent", "There is no such agent, or they are not yours to watch.")
        return {"states": await self._records.agent_states(agent_id, ask.filters(Limit).limit)}

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET", path="/api/queues", resource=self.queues, rule=Right.setup_read,
                summary="Every queue with its settings, and who serves it", answer=Queues,
            ),
            Route(
                method="POST", path="/api/queues", resource=self.new_queue, rule=Right.setup_write, status=201,
                summary="Make a queue", body=NewQueue, answer=Changed, errors={409: ("queue_changed",), 422: CHECKED},
            ),
            Route(
                method="PATCH", path="/api/queues/{id}", resource=self.set_queue, rule=Right.setup_write,
                summary="How a queue rings and wraps up, and who serves it; refused when somebody else changed it",
                body=QueueForm, answer=Saved,
                errors={404: ("no_such_queue",), 409: ("queue_changed",), 422: CHECKED},
            ),
            Route(
                method="DELETE", path="/api/queues/{id}", resource=self.remove_queue, rule=Right.setup_write,
                summary="Remove a queue; who waits in it waits in the main queue, at the same place", query=Version,
                answer=Changed,
                errors={404: ("no_such_queue",), 409: ("queue_changed", "default_queue_stays", "setup_in_use")},
            ),
            Route(
                method="GET", path="/api/dispositions", resource=self.dispositions, rule=Right.setup_read,
                summary="The outcomes of a call, with the flags that rules key on", answer=Dispositions,
            ),
            Route(
                method="PUT", path="/api/dispositions", resource=self.set_dispositions, rule=Right.setup_write,
                summary="All outcomes of a call, in order; refused when somebody else changed them meanwhile",
                body=DispositionsForm, answer=Saved,
                errors={409: ("dispositions_changed", "outcome_id_used"), 422: OUTCOMES_CHECKED},
            ),
            Route(
                method="GET", path="/api/agents/{id}/states", resource=self.states, rule=Right.desk_use,
                summary="The last changes of an agent's state, each with its reason", query=Limit, answer=States,
                errors={404: ("no_such_agent",)},
            ),
        )  # fmt: skip
