"""Shapes of the set-up that more than one form has: names, ids, times of a day, where a caller goes."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from routing.tiers import Goes

Name = Annotated[str, Field(min_length=1, max_length=200)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,60}$")]
CLOSED: Any = {"additionalProperties": False}
"""Of an object whose names have a pattern: it takes no others."""
Segment = Annotated[str, Field(max_length=40)]
"""Such as 09:00-13:30; a day ends at 24:00. The engine says of one that is no time which it is, and of which day."""
Zone = Annotated[str, Field(min_length=1, max_length=60)]
Weekly = Annotated[
    dict[Id, Annotated[list[Segment], Field(max_length=24)]], Field(max_length=14, json_schema_extra=CLOSED)
]
"""Segments of each weekday: mon, tue, wed, thu, fri, sat, sun. One without any is closed. The engine says of a name
that is no weekday which it is."""
Calendars = Annotated[list[Id], Field(max_length=20)]


class DayForm(BaseModel):
    """A holiday, or a day that is open in `open` only; `yearly`: that day of every year."""

    model_config = ConfigDict(extra="forbid")

    date: dt.date
    name: Name
    yearly: bool = False
    open: Annotated[list[Segment], Field(max_length=24)] = Field(default_factory=list)


Days = Annotated[list[DayForm], Field(max_length=1000)]


class DestinationForm(BaseModel):
    """`queue` with `queue_id`; `outside` with `number` (+ and country code); `hang_up`, after an announcement or at
    once."""

    model_config = ConfigDict(extra="forbid")

    kind: Goes
    queue_id: Id | None = None
    number: Annotated[str, Field(max_length=40)] | None = None
    announcement_id: Id | None = None


class ClosedForm(BaseModel):
    """What becomes of those who come while a queue is closed."""

    model_config = ConfigDict(extra="forbid")

    to: DestinationForm


class DestinationRow(TypedDict):
    kind: str
    queue_id: str | None
    number: str | None
    announcement_id: str | None


class ClosedRow(TypedDict):
    to: DestinationRow


class DayRow(TypedDict):
    date: str
    name: str
    yearly: bool
    open: list[str]
