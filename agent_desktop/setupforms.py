"""What of the set-up a browser or a file may say, and what it is answered: the shapes, and between which bounds."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from typing_extensions import TypedDict

from agent_desktop.api import Form
from agent_desktop.setupshapes import CLOSED, ClosedForm, ClosedRow, DestinationForm, DestinationRow, Id, Name
from kernel.codec import plain
from routing.queuerows import Flag, Strategy, WrapMode
from routing.teamwork import Evaluation
from routing.tiers import NOBODY, Factor, When

PersonId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,39}$")]
Rest = Annotated[int | None, Field(default=None, ge=0, le=600)]
Level = Annotated[int, Field(ge=1, le=5)]
Levels = Annotated[dict[Id, Level], Field(max_length=20, json_schema_extra=CLOSED)]
Groups = Annotated[list[Id], Field(max_length=100)]
Did = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 .-]{0,30}$")]
"""A number called, as its trunk sends it; the country code with + or 00 or bare."""


Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,2}$")]
Sound = Annotated[str, Field(min_length=1, max_length=80)]
"""A sound of the switch by its name, `number:7`, `digits:42`, or `number:position` and `number:minutes`."""
Sounds = Annotated[
    dict[Language, Annotated[list[Sound], Field(min_length=1, max_length=20)]],
    Field(min_length=1, max_length=20, json_schema_extra=CLOSED),
]


class AnnounceForm(BaseModel):
    """What callers who wait are told. `welcome` is an announcement; the position and the expected wait come after
    `first_seconds`, and when they are better, at least `every_seconds` apart."""

    model_config = ConfigDict(extra="forbid")

    welcome: Id | None = None
    position: bool = False
    wait: bool = False
    first_seconds: Annotated[int, Field(ge=0, le=600)] = 20
    every_seconds: Annotated[int, Field(ge=15, le=3600)] = 60


class StepForm(BaseModel):
    """From `after_seconds` on other (fewer, lower) skills are asked for, and more groups serve."""

    model_config = ConfigDict(extra="forbid")

    after_seconds: Annotated[int, Field(ge=1, le=7200)]
    skills: Levels = Field(default_factory=dict)
    groups: Groups = Field(default_factory=list)


Seconds = Annotated[int, Field(ge=0, le=86_400)]


class TierForm(BaseModel):
    """When it comes, `groups` may serve too, or the caller goes `to` somewhere else; one of both. `percent` is of a
    service level."""

    model_config = ConfigDict(extra="forbid")

    when: When
    seconds: Seconds
    percent: Annotated[int, Field(ge=0, le=100)] = 0
    groups: Groups = Field(default_factory=list)
    to: DestinationForm | None = None


class EmptyForm(BaseModel):
    """For which factors whoever comes goes to `join_to`, and whoever waits, after `grace_seconds`, to `leave_to`."""

    model_config = ConfigDict(extra="forbid")

    join: Annotated[list[Factor], Field(max_length=len(Factor))] = Field(default_factory=list)
    join_to: DestinationForm = Field(default_factory=lambda: DestinationForm(**plain(NOBODY)))
    leave: Annotated[list[Factor], Field(max_length=len(Factor))] = Field(default_factory=list)
    leave_to: DestinationForm = Field(default_factory=lambda: DestinationForm(**plain(NOBODY)))
    grace_seconds: Seconds = 60


CLEARABLE = frozenset({"hours_id"})
"""Settings of a queue that null takes away; any other stays as it is."""


class QueueFields(Form):
    """What is left out stays as it is. Times in seconds. `members` are ids of people, in order."""

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
    everyone: bool | None = None
    groups: Groups | None = None
    members: Annotated[list[PersonId], Field(max_length=1000)] | None = None
    skills: Levels | None = None
    evaluation: Evaluation | None = None
    steps: Annotated[list[StepForm], Field(max_length=10)] | None = None
    priority: Annotated[int, Field(ge=0, le=3600)] | None = None
    dids: Annotated[list[Did], Field(max_length=200)] | None = None
    sticky_seconds: Annotated[int, Field(ge=0, le=600)] | None = None
    sticky_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    owner_seconds: Annotated[int, Field(ge=0, le=600)] | None = None
    owner_first: bool | None = None
    resume_seconds: Annotated[int, Field(ge=0, le=600)] | None = None
    overflow: Annotated[list[TierForm], Field(max_length=10)] | None = None
    empty: EmptyForm | None = None
    announce: AnnounceForm | None = None
    hours_id: Id | None = None
    closed: ClosedForm | None = None

    def changes(self) -> dict[str, Any]:
        """What it says of the queue's row; no hours are a thing to say."""
        said = self.model_dump(mode="json", exclude_none=True, exclude={"version"})
        return {**said, **{name: None for name in CLEARABLE & self.model_fields_set if getattr(self, name) is None}}


class QueueForm(QueueFields):
    """`version` is the one that was looked at."""

    version: int


class NewQueue(QueueFields):
    """What is left out is as in the queue `main` of a new platform."""

    name: Name


class NameForm(Form):
    name: Name


class RenameForm(NameForm):
    """`version` is the one that was looked at."""

    version: int


class ProfileForm(Form):
    """`version` is the one that was looked at; 0 where nothing had been said of the person."""

    version: int
    skills: Levels
    groups: Groups


class Version(Form):
    """The one that was looked at."""

    version: int


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


Outcomes = Annotated[list[DispositionForm], Field(min_length=1, max_length=60)]


def no_doubles(found: list[DispositionForm]) -> None:
    """Raises ValueError for two outcomes with one id or, offered everywhere, with one key."""
    ids = [one.id for one in found]
    keys = [one.key for one in found if one.key and not one.queues]
    if len(set(ids)) < len(ids) or len(set(keys)) < len(keys):
        raise ValueError("each disposition has an id and a key of its own")


class DispositionsForm(Form):
    """`version` is the one that was looked at."""

    version: int
    dispositions: Outcomes

    @model_validator(mode="after")
    def _no_doubles(self) -> DispositionsForm:
        no_doubles(self.dispositions)
        return self


class StepRow(TypedDict):
    after_seconds: int
    skills: dict[str, int]
    groups: list[str]


class TierRow(TypedDict):
    when: str
    seconds: int
    percent: int
    groups: list[str]
    to: DestinationRow | None


class EmptyRow(TypedDict):
    join: list[str]
    join_to: DestinationRow
    leave: list[str]
    leave_to: DestinationRow
    grace_seconds: int


class AnnounceRow(TypedDict):
    welcome: str | None
    position: bool
    wait: bool
    first_seconds: int
    every_seconds: int


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
    everyone: bool
    groups: list[str]
    members: list[str]
    skills: dict[str, int]
    evaluation: str
    steps: list[StepRow]
    priority: int
    dids: list[str]
    sticky_seconds: int
    sticky_days: int
    owner_seconds: int
    owner_first: bool
    resume_seconds: int
    overflow: list[TierRow]
    empty: EmptyRow
    announce: AnnounceRow
    hours_id: str | None
    closed: ClosedRow
    version: int


class DispositionRow(TypedDict):
    id: str
    label: str
    key: str
    flags: list[str]
    labels: dict[str, str]
    queues: list[str]


class NamedRow(TypedDict):
    """A skill or a group."""

    id: str
    name: str
    version: int


class ProfileRow(TypedDict):
    """What a person can do. `id` is the person's."""

    id: str
    name: str
    skills: dict[str, int]
    groups: list[str]
    version: int


class Saved(TypedDict):
    """The version that there is now."""

    version: int


class Changed(TypedDict):
    """The row, its version now (0: it is gone), and the change under which it can be taken back; None when nothing was
    changed."""

    id: str
    version: int
    change: str | None


What = Literal["created", "changed", "removed"]


class EditRow(TypedDict):
    """What one change did to one row: `kind` and `id`, its name, and which fields are others now."""

    kind: str
    id: str
    name: str
    what: What
    fields: list[str]


class ChangeRow(TypedDict):
    """One change of the set-up. `undoes` is the change that it took back."""

    id: str
    at: str
    actor: str
    actor_name: str
    undoes: str | None
    edits: list[EditRow]
