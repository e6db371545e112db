"""How queues ring and wrap up, and the dispositions, for administrators; agents' states, for supervisors."""

from __future__ import annotations

from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator
from typing_extensions import TypedDict

from agent_desktop.api import Ask, Form, Route
from agent_desktop.hub import Hub
from agent_desktop.ports import CommandPort, Row
from agent_desktop.records import AgentStateLine, CallRecords
from kernel.access import Right
from kernel.errors import NotFound
from routing.messages import SetUpDispositions, SetUpQueue
from routing.outcomes import list_version
from routing.rows import Flag, Strategy, WrapMode

Name = Annotated[str, Field(min_length=1, max_length=200)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,60}$")]
Rest = Annotated[int | None, Field(default=None, ge=0, le=600)]


class QueueForm(Form):
    """`version` is the one that was looked at. What is left out stays as it is. Times in seconds."""

    version: int
    name: Name | None = None
    strategy: Strategy | None = None
    ring_seconds: Annotated[int, Field(ge=5, le=120)] | None = None
    render_ms: Annotated[int, Field(ge=0, le=2000)] | None = None
    wrap_mode: WrapMode | None = None
    wrap_seconds: Annotated[int, Field(ge=0, le=3600)] | None = None
    wrap_extend_seconds: Annotated[int, Field(ge=5, le=3600)] | None = None
    wrap_extensions: Annotated[int, Field(ge=0, le=20)] | None = None
    misses_to_pause: Annotated[int, Field(ge=0, le=20)] | None = None
    no_answer_delay: Rest = None
    reject_delay: Rest = None
    busy_delay: Rest = None
    lost_phone_seconds: Annotated[int, Field(ge=0, le=120)] | None = None
    progress_seconds: Annotated[int, Field(ge=1, le=120)] | None = None


class LabelsForm(BaseModel):
    """Names by language; those without one are shown the label."""

    model_config = ConfigDict(extra="forbid")

    en: Name | None = None
    es: Name | None = None
    zh: Name | None = None
    ru: Name | None = None


class DispositionForm(BaseModel):
    """`labels` are names by language, `queues` where it is offered (none: everywhere), `key` its digit. `id` is never
    that of an outcome that was removed."""

    model_config = ConfigDict(extra="forbid")

    id: Id
    label: Name
    key: Annotated[str, Field(pattern=r"^[1-9]?$")] = ""
    flags: list[Flag] = Field(default_factory=list, max_length=len(Flag))
    labels: LabelsForm = Field(default_factory=LabelsForm)
    queues: list[Id] = Field(default_factory=list, max_length=200)


class DispositionsForm(Form):
    """`version` is the one that was looked at."""

    version: int
    dispositions: Annotated[list[DispositionForm], Field(min_length=1, max_length=60)]

    @model_validator(mode="after")
    def _no_doubles(self) -> DispositionsForm:
        ids = [one.id for one in self.dispositions]
        keys = [one.key for one in self.dispositions if one.key and not one.queues]
        if len(set(ids)) < len(ids) or len(set(keys)) < len(keys):
            raise ValueError("each disposition has an id and a key of its own")
        return self


class QueueSettings(TypedDict):
    id: str
    name: str
    strategy: str
    ring_seconds: int
    render_ms: int
    wrap_mode: str
    wrap_seconds: int
    wrap_extend_seconds: int
    wrap_extensions: int
    misses_to_pause: int
    no_answer_delay: int
    reject_delay: int
    busy_delay: int
    lost_phone_seconds: int
    progress_seconds: int
    version: int


class DispositionRow(TypedDict):
    id: str
    label: str
    key: str
    flags: list[str]
    labels: dict[str, str]
    queues: list[str]


class Queues(TypedDict):
    queues: list[QueueSettings]


class Dispositions(TypedDict):
    """`version` is that of the list as a whole."""

    version: int
    dispositions: list[DispositionRow]


class Saved(TypedDict):
    """The version that there is now."""

    version: int


class States(TypedDict):
    states: list[AgentStateLine]


class Limit(Form):
    limit: int = Field(default=100, ge=1, le=500)


class SetupResource:
    def __init__(self, commands: CommandPort, records: CallRecords, hub: Hub) -> None:
        self._commands = commands
        self._records = records
        self._hub = hub

    def _rows(self, shelf: str, keys: Any) -> list[Any]:
        return [{key: row[key] for key in keys} for row in self._hub.projection.rows(shelf)]

    async def queues(self, ask: Ask) -> Queues:
        return {"queues": self._rows("queues", QueueSettings.__annotations__)}

    async def set_queue(self, ask: Ask) -> Saved:
        form, queue_id = ask.form(QueueForm), ask.key("id")
        changes: Row = form.model_dump(mode="json", exclude_none=True, exclude={"version"})
        command = SetUpQueue(actor=ask.actor, queue_id=queue_id, changes=changes, version=form.version)
        return cast(Saved, await self._commands.execute(command))

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
                method="GET", path="/api/queues", resource=self.queues, rule=Right.setup_write,
                summary="Every queue with its settings", answer=Queues,
            ),
            Route(
                method="PATCH", path="/api/queues/{id}", resource=self.set_queue, rule=Right.setup_write,
                summary="How a queue rings, rests and wraps up; refused when somebody else changed it meanwhile",
                body=QueueForm, answer=Saved, errors={404: ("no_such_queue",), 409: ("queue_changed",)},
            ),
            Route(
                method="GET", path="/api/dispositions", resource=self.dispositions, rule=Right.setup_write,
                summary="The outcomes of a call, with the flags that rules key on", answer=Dispositions,
            ),
            Route(
                method="PUT", path="/api/dispositions", resource=self.set_dispositions, rule=Right.setup_write,
                summary="All outcomes of a call, in order; refused when somebody else changed them meanwhile",
                body=DispositionsForm, answer=Saved, errors={409: ("dispositions_changed", "outcome_id_used")},
            ),
            Route(
                method="GET", path="/api/agents/{id}/states", resource=self.states, rule=Right.desk_use,
                summary="The last changes of an agent's state, each with its reason", query=Limit, answer=States,
                errors={404: ("no_such_agent",)},
            ),
        )  # fmt: skip
