"""When queues are open: weeks of hours and calendars of holidays, for administrators."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from typing_extensions import TypedDict

from agent_desktop.api import Ask, Form, Route
from agent_desktop.deskview import moment
from agent_desktop.hub import Hub
from agent_desktop.people import People
from agent_desktop.setupedits import HOURS_CHECKED, SetUpEdits
from agent_desktop.setupforms import Changed, Version
from agent_desktop.setupshapes import Calendars, DayRow, Days, Name, Weekly, Zone
from kernel import codec
from kernel.access import Right
from kernel.hours import BusinessHours
from routing.hourscheck import refuse_wrong_hours
from routing.hoursrows import Calendar, Hours, business_hours, written
from routing.teamwork import Edit

CONFLICT = {404: ("no_such_setup",), 409: ("setup_changed",)}
AHEAD = 28
"""Days of which a preview tells those that are not like their weekday."""


class Fields(Form):
    """What is left out stays as it is."""

    def changes(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True, exclude={"version"})


class HoursFields(Fields):
    name: Name | None = None
    zone: Zone | None = None
    weekly: Weekly | None = None
    calendars: Calendars | None = None


class HoursForm(HoursFields):
    """`version` is the one that was looked at."""

    version: int


class NewHours(HoursFields):
    name: Name
    zone: Zone
    weekly: Weekly


class PreviewForm(Form):
    """Hours as they may be; nothing is changed."""

    zone: Zone
    weekly: Weekly
    calendars: Calendars


class CalendarFields(Fields):
    name: Name | None = None
    days: Days | None = None


class CalendarForm(CalendarFields):
    """`version` is the one that was looked at."""

    version: int


class NewCalendar(CalendarFields):
    name: Name


class HoursRow(TypedDict):
    """`open` is whether they are now, `changes_at` when that changes next; None: never."""

    id: str
    name: str
    zone: str
    weekly: dict[str, list[str]]
    calendars: list[str]
    version: int
    open: bool
    changes_at: str | None


class HoursList(TypedDict):
    hours: list[HoursRow]


class CalendarRow(TypedDict):
    id: str
    name: str
    days: list[DayRow]
    version: int


class CalendarList(TypedDict):
    calendars: list[CalendarRow]


class SpecialRow(TypedDict):
    """A day that is not like its weekday: closed, or open in these segments."""

    date: str
    name: str
    open: list[str]


class Preview(TypedDict):
    """`here` is the time on the wall there, `special` the days of the next four weeks that have hours of their own."""

    open: bool
    changes_at: str | None
    here: str
    special: list[SpecialRow]


class HoursResource:
    def __init__(self, edits: SetUpEdits, hub: Hub, people: People) -> None:
        self._edits = edits
        self._hub = hub
        self._people = people

    async def hours(self, ask: Ask) -> HoursList:
        rows = self._edits.rows("hours", ("id", "name", "zone", "weekly", "calendars", "version"))
        return {"hours": sorted((self._with_opening(row) for row in rows), key=_by_name)}

    def _with_opening(self, row: Any) -> HoursRow:
        now = self._hub.projection.get("openings", row["id"]) or {"open": False, "changes_at": None}
        return cast(HoursRow, {**row, "open": now["open"], "changes_at": moment(now["changes_at"])})

    async def new_hours(self, ask: Ask) -> Changed:
        form = ask.form(NewHours)
        return await self._edits.make(ask, Edit("hours", self._edits.new_id("hours", form.name), form.changes(), 0))

    async def set_hours(self, ask: Ask) -> Changed:
        form = ask.form(HoursForm)
        return await self._edits.make(ask, Edit("hours", ask.key("id"), form.changes(), form.version))

    async def remove_hours(self, ask: Ask) -> Changed:
        return await self._edits.make(ask, Edit("hours", ask.key("id"), None, ask.filters(Version).version))

    async def preview(self, ask: Ask) -> Preview:
        form = ask.form(PreviewForm)
        hours = codec.build(Hours, {"id": "preview", "name": "", **form.model_dump()})
        refuse_wrong_hours(hours)
        rows = self._hub.projection.rows("calendars")
        calendars = {row["id"]: codec.build(Calendar, row) for row in rows if row["id"] in form.calendars}
        at, found = self._people.now(), business_hours(hours, calendars)
        return {
            "open": found.is_open(at),
            "changes_at": moment(found.next_change(at)),
            "here": at.astimezone(ZoneInfo(hours.zone)).strftime("%Y-%m-%dT%H:%M"),
            "special": _special(hours, calendars, found, at),
        }

    async def calendars(self, ask: Ask) -> CalendarList:
        rows: list[CalendarRow] = self._edits.rows("calendars", ("id", "name", "days", "version"))
        return {"calendars": sorted(rows, key=_by_name)}

    async def new_calendar(self, ask: Ask) -> Changed:
        form = ask.form(NewCalendar)
        edit = Edit("calendar", self._edits.new_id("calendar", form.name), form.changes(), 0)
        return await self._edits.make(ask, edit)

    async def set_calendar(self, ask: Ask) -> Changed:
        form = ask.form(CalendarForm)
        return await self._edits.make(ask, Edit("calendar", ask.key("id"), form.changes(), form.version))

    async def remove_calendar(self, ask: Ask) -> Changed:
        return await self._edits.make(ask, Edit("calendar", ask.key("id"), None, ask.filters(Version).version))

    def routes(self) -> tuple[Route, ...]:
        write, checked = Right.setup_write, {**CONFLICT, 422: HOURS_CHECKED}
        removed = {404: ("no_such_setup",), 409: ("setup_changed", "setup_in_use")}
        return (
            Route(
                method="GET", path="/api/hours", resource=self.hours, rule=Right.setup_read,
                summary="All hours, by name, and whether they are open now", answer=HoursList,
            ),
            Route(
                method="POST", path="/api/hours", resource=self.new_hours, rule=write, status=201,
                summary="Make hours: a week of segments in a time zone", body=NewHours, answer=Changed,
                errors={409: ("setup_changed",), 422: HOURS_CHECKED},
            ),
            Route(
                method="PATCH", path="/api/hours/{id}", resource=self.set_hours, rule=write, body=HoursForm,
                summary="Change hours; queues that have them go by the new ones at once", answer=Changed,
                errors=checked,
            ),
            Route(
                method="DELETE", path="/api/hours/{id}", resource=self.remove_hours, rule=write, query=Version,
                summary="Remove hours that no queue has", answer=Changed, errors=removed,
            ),
            Route(
                method="POST", path="/api/hours/preview", resource=self.preview, rule=write, body=PreviewForm,
                summary="Whether such hours would be open now, and when that changes; nothing is changed",
                answer=Preview, errors={422: HOURS_CHECKED},
            ),
            Route(
                method="GET", path="/api/calendars", resource=self.calendars, rule=Right.setup_read,
                summary="All calendars of holidays, by name", answer=CalendarList,
            ),
            Route(
                method="POST", path="/api/calendars", resource=self.new_calendar, rule=write, status=201,
                summary="Make a calendar of holidays", body=NewCalendar, answer=Changed,
                errors={409: ("setup_changed",), 422: HOURS_CHECKED},
            ),
            Route(
                method="PATCH", path="/api/calendars/{id}", resource=self.set_calendar, rule=write, body=CalendarForm,
                summary="Change a calendar; hours that have it go by it at once", answer=Changed, errors=checked,
            ),
            Route(
                method="DELETE", path="/api/calendars/{id}", resource=self.remove_calendar, rule=write, query=Version,
                summary="Remove a calendar that no hours have", answer=Changed, errors=removed,
            ),
        )  # fmt: skip


def _by_name(row: HoursRow | CalendarRow) -> tuple[str, str]:
    return (row["name"].casefold(), row["id"])


def _special(hours: Hours, calendars: dict[str, Calendar], found: BusinessHours, at: datetime) -> list[SpecialRow]:
    first = at.astimezone(ZoneInfo(hours.zone)).date()
    days = [day for name in hours.calendars if name in calendars for day in calendars[name].days]
    rows: list[SpecialRow] = []
    for date in (first + timedelta(days=nth) for nth in range(AHEAD)):
        dated = [day for day in days if not day.yearly and day.date == date]
        yearly = [day for day in days if day.yearly and (day.date.month, day.date.day) == (date.month, date.day)]
        for day in (dated + yearly)[:1]:
            rows.append({"date": str(date), "name": day.name, "open": [written(one) for one in found.spans_of(date)]})
    return rows
