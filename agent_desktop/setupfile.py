"""The whole set-up as one document: what is there, and what has to be changed for it to be as a document says. People
stand there by what they sign in with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agent_desktop.api import Form
from agent_desktop.ports import Row
from agent_desktop.setupedits import SHELVES
from agent_desktop.setupforms import DispositionRow, Groups, Levels, Outcomes, QueueFields, Sounds, no_doubles
from agent_desktop.setupshapes import CLOSED, Calendars, Days, Id, Name, Weekly, Zone
from kernel.codec import build
from kernel.core import Core, Outcome
from kernel.errors import Invalid, Problem, at_fields
from routing.outcomes import OUTCOMES, list_version
from routing.outcomes import Outcomes as OutcomesHandler
from routing.queuerows import Disposition
from routing.setup import ROWS, Setup
from routing.setupmessages import ChangeSetUp, SaveSetUpChange
from routing.state import State
from routing.teamwork import Edit, Edited

Login = Annotated[str, Field(pattern=r"^[^\x00-\x20][^\x00-\x1f]{0,119}$")]
SECTIONS = {
    "skills": "skill",
    "groups": "group",
    "people": "profile",
    "announcements": "announcement",
    "calendars": "calendar",
    "hours": "hours",
    "queues": "queue",
}
"""The sections of the document, each with rows of a kind by id; the outcomes are a list."""
OWN = ("id", "version", "active")


class NamedInFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name


class PersonInFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    skills: Levels = Field(default_factory=dict)
    groups: Groups = Field(default_factory=list)


class AnnouncementInFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    sounds: Sounds


class CalendarInFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    days: Days = Field(default_factory=list)


class HoursInFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    zone: Zone
    weekly: Weekly
    calendars: Calendars = Field(default_factory=list)


class QueueInFile(QueueFields):
    name: Name
    members: Annotated[list[Login], Field(max_length=1000)] | None = None


InFile = NamedInFile | PersonInFile | AnnouncementInFile | CalendarInFile | HoursInFile | QueueInFile
Named = Annotated[dict[Id, NamedInFile], Field(json_schema_extra=CLOSED)]
People = Annotated[dict[Login, PersonInFile], Field(json_schema_extra=CLOSED)]
Announcements = Annotated[dict[Id, AnnouncementInFile], Field(json_schema_extra=CLOSED)]
CalendarsInFile = Annotated[dict[Id, CalendarInFile], Field(json_schema_extra=CLOSED)]
HoursInFiles = Annotated[dict[Id, HoursInFile], Field(json_schema_extra=CLOSED)]
Queues = Annotated[dict[Id, QueueInFile], Field(json_schema_extra=CLOSED)]


class SetUpDocument(Form):
    """A section that is left out stays as it is; of one that is there, rows that it does not name are removed."""

    skills: Named | None = None
    groups: Named | None = None
    people: People | None = None
    announcements: Announcements | None = None
    calendars: CalendarsInFile | None = None
    hours: HoursInFiles | None = None
    queues: Queues | None = None
    outcomes: Outcomes | None = None

    @model_validator(mode="after")
    def _no_doubles(self) -> SetUpDocument:
        no_doubles(self.outcomes or [])
        return self


@dataclass(frozen=True, slots=True)
class SetUpRows:
    """What is set up, as the engine's plain rows by kind (removed queues and outcomes among them), and the logins of
    people by id."""

    rows: Mapping[str, Sequence[Row]]
    dispositions: Sequence[Row]
    logins: Mapping[str, str]

    @property
    def stamp(self) -> str:
        """Another as soon as anything of it is changed."""
        told = [[kind, row["id"], row["version"]] for kind, rows in sorted(self.rows.items()) for row in rows]
        told += [[OUTCOMES, row["id"], row["version"]] for row in self.dispositions]
        return hashlib.sha256(json.dumps(sorted(told)).encode()).hexdigest()[:24]

    def there(self, kind: str) -> dict[str, Row]:
        return {row["id"]: row for row in self.rows[kind] if row.get("active", True)}

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        rows = sorted((one for one in self.dispositions if one["active"]), key=lambda one: (one["position"], one["id"]))
        return [{name: row[name] for name in DispositionRow.__annotations__} for row in rows]


def document_of(found: SetUpRows) -> dict[str, Any]:
    """What is there, as a document: applied, it changes nothing."""
    made: dict[str, Any] = {}
    for section, kind in SECTIONS.items():
        rows = sorted(found.there(kind).values(), key=lambda row: row["id"])
        made[section] = {_name(found, kind, row["id"]): _said(found, row) for row in rows}
    return {**made, "outcomes": found.outcomes}


def _name(found: SetUpRows, kind: str, id: str) -> str:
    return found.logins.get(id, id) if kind == "profile" else id


def _said(found: SetUpRows, row: Row) -> dict[str, Any]:
    said = {name: value for name, value in row.items() if name not in OWN}
    if "members" in said:
        said["members"] = [found.logins.get(id, id) for id in said["members"]]
    return said


def edits_of(wanted: SetUpDocument, found: SetUpRows) -> list[Edit]:
    """What has to be changed; raises Invalid for people whom nobody knows, naming the place."""
    edits: list[Edit] = []
    for section, kind in SECTIONS.items():
        asked = getattr(wanted, section)
        if asked is None:
            continue
        there = found.there(kind)
        values = {_id(found, kind, name, section): _values(found, name, one) for name, one in asked.items()}
        edits += [Edit(kind, id, said, _version(there, id)) for id, said in values.items()]
        edits += [Edit(kind, id, None, row["version"]) for id, row in there.items() if id not in values]
    if wanted.outcomes is not None:
        rows = [one.model_dump(mode="json", exclude_none=True) for one in wanted.outcomes]
        version = list_version(one["version"] for one in found.dispositions)
        edits.append(Edit(OUTCOMES, OUTCOMES, {OUTCOMES: rows}, version))
    return edits


def _version(there: Mapping[str, Row], id: str) -> int:
    return int(there[id]["version"]) if id in there else 0


def _id(found: SetUpRows, kind: str, name: str, place: str) -> str:
    """The id of a row, or of a person by what they sign in with."""
    if kind != "profile":
        return name
    by_login = {login: id for id, login in found.logins.items()}
    if name not in by_login and name not in found.logins:
        words = f"{place}: nobody signs in as {name}."
        raise Invalid("login_unknown", words, **at_fields(**{place: Problem("login_unknown", words, {"name": name})}))
    return by_login.get(name, name)


def _values(found: SetUpRows, name: str, said: InFile) -> dict[str, Any]:
    values = said.changes() if isinstance(said, QueueInFile) else said.model_dump(mode="json")
    if "members" in values:
        place = f"queues.{name}.members"
        values["members"] = [_id(found, "profile", login, place) for login in values["members"]]
    return values


def tried(edits: Sequence[Edit], found: SetUpRows, at: datetime) -> tuple[Edited, ...]:
    """What `edits` would change, by the engine's own rules on a copy of what is there; raises what they refuse."""
    state = State()
    outcomes = OutcomesHandler(state)
    core = Core(state.shelves, (outcomes, Setup(state, outcomes)))
    loaded: dict[str, list[Any]] = {
        SHELVES[kind]: [build(ROWS[kind], row) for row in rows] for kind, rows in found.rows.items()
    }
    core.load({**loaded, OUTCOMES: [build(Disposition, row) for row in found.dispositions]}, 0)
    out = Outcome()
    core.take(ChangeSetUp(actor="", edits=tuple(edits)), at, out)
    return tuple(edit for one in out.writes if isinstance(one, SaveSetUpChange) for edit in one.edits)
