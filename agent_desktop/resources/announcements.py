"""What callers are told: announcements, those among them that are always there, for administrators."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from agent_desktop.api import Ask, Form, Route
from agent_desktop.setupedits import SetUpEdits
from agent_desktop.setupforms import Changed, Sounds, Version
from agent_desktop.setupshapes import Name
from kernel import codec
from kernel.access import Right
from routing.announcements import DEFAULTS
from routing.teamwork import Edit

KIND = "announcement"
CONFLICT = {404: ("no_such_setup",), 409: ("setup_changed",)}
CHECKED = ("setup_value_wrong", "setup_name_taken")


class NewAnnouncement(Form):
    name: Name
    sounds: Sounds


class AnnouncementForm(Form):
    """`version` is the one that was looked at; 0 of one that is always there and was not changed."""

    version: Annotated[int, Field(ge=0)]
    name: Name
    sounds: Sounds


class AnnouncementRow(TypedDict):
    """`sounds` are played one after the other, by language. One that is `always` there can be changed, and taken away
    again is as it was."""

    id: str
    name: str
    sounds: dict[str, list[str]]
    version: int
    always: bool


class Announcements(TypedDict):
    announcements: list[AnnouncementRow]


class AnnouncementResource:
    def __init__(self, edits: SetUpEdits) -> None:
        self._edits = edits

    async def announcements(self, ask: Ask) -> Announcements:
        keys = ("id", "name", "sounds", "version")
        rows: dict[str, Any] = {one.id: codec.plain(one) for one in DEFAULTS.values()}
        rows |= {row["id"]: row for row in self._edits.rows("announcements", keys)}
        found: list[Any] = [{**row, "always": row["id"] in DEFAULTS} for row in rows.values()]
        return {"announcements": sorted(found, key=lambda one: (one["always"], one["name"].casefold(), one["id"]))}

    async def create(self, ask: Ask) -> Changed:
        form = ask.form(NewAnnouncement)
        id = self._edits.new_id(KIND, form.name)
        return await self._edits.make(ask, Edit(KIND, id, {"name": form.name, "sounds": form.sounds}, 0))

    async def change(self, ask: Ask) -> Changed:
        form = ask.form(AnnouncementForm)
        values = {"name": form.name, "sounds": form.sounds}
        return await self._edits.make(ask, Edit(KIND, ask.key("id"), values, form.version))

    async def remove(self, ask: Ask) -> Changed:
        return await self._edits.make(ask, Edit(KIND, ask.key("id"), None, ask.filters(Version).version))

    def routes(self) -> tuple[Route, ...]:
        right, path = Right.setup_write, "/api/announcements"
        return (
            Route(
                method="GET", path=path, resource=self.announcements, rule=Right.setup_read,
                summary="What callers can be told: sounds of the switch by language", answer=Announcements,
            ),
            Route(
                method="POST", path=path, resource=self.create, rule=right, summary="Make an announcement",
                body=NewAnnouncement, answer=Changed, status=201, errors={409: ("setup_changed",), 422: CHECKED},
            ),
            Route(
                method="PATCH", path=f"{path}/{{id}}", resource=self.change, rule=right, body=AnnouncementForm,
                summary="Change an announcement, one that is always there too", answer=Changed,
                errors={**CONFLICT, 422: CHECKED},
            ),
            Route(
                method="DELETE", path=f"{path}/{{id}}", resource=self.remove, rule=right, query=Version,
                summary="Remove an announcement that is not in use; one that is always there is as it was again",
                answer=Changed, errors={404: ("no_such_setup",), 409: ("setup_changed", "setup_in_use")},
            ),
        )  # fmt: skip
