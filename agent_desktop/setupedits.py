"""Changes of the set-up on their way to the engine, and its rows as they stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import Any, cast

from agent_desktop.api import Ask
from agent_desktop.hub import Hub
from agent_desktop.people import People
from agent_desktop.ports import CommandPort
from agent_desktop.setupforms import Changed
from dialer.numbers import examine, refuse_costly
from kernel.errors import Invalid, Problem, Refused, at_fields
from routing.setupmessages import ChangeSetUp
from routing.teamwork import Edit
from routing.tiers import Goes

SHELVES = {
    "skill": "skills",
    "group": "agent_groups",
    "profile": "profiles",
    "announcement": "announcements",
    "calendar": "calendars",
    "hours": "hours",
    "queue": "queues",
}
"""Where the desktop finds the rows of each kind."""
HOURS_CHECKED = (
    "setup_value_wrong",
    "setup_unknown",
    "setup_name_taken",
    "hours_zone_unknown",
    "hours_day_bad",
    "hours_segment_bad",
    "hours_overlap",
    "hours_never_open",
    "calendar_day_bad",
    "calendar_day_name",
    "calendar_day_twice",
)
"""What hours and calendars may be refused for."""
CHECKED = (
    *HOURS_CHECKED,
    "person_unknown",
    "number_taken",
    "step_out_of_order",
    "step_leads_back",
    "step_repeats",
    "queue_without_anybody",
    "queue_without_outcome",
    "overflow_leads_back",
    "tier_repeats",
    "tier_never_comes",
    "overflow_number_wrong",
)
"""What the set-up as a whole may be refused for."""
OUTCOMES_CHECKED = ("setup_value_wrong", "setup_unknown", "queue_without_outcome")
"""What the list of outcomes may be refused for."""


class SetUpEdits:
    def __init__(self, commands: CommandPort, hub: Hub, people: People) -> None:
        self._commands = commands
        self._hub = hub
        self._people = people

    def rows(self, shelf: str, keys: Iterable[str]) -> list[Any]:
        """The rows that there are, with these of their fields; a queue that was removed is there for old calls only."""
        return [{key: row[key] for key in keys} for row in self._hub.projection.rows(shelf) if row.get("active", True)]

    async def names(self, people: Collection[str]) -> dict[str, str]:
        """Of people, as far as they are known."""
        return await self._people.names(sorted(people)) if people else {}

    def new_id(self, kind: str, name: str) -> str:
        """An id for a new row: of its name, and of no other that there is or was."""
        return id_for(kind, name, {row["id"] for row in self._hub.projection.rows(SHELVES[kind])})

    async def make(self, ask: Ask, edit: Edit) -> Changed:
        """One row changed; raises what the engine refuses it for."""
        found = await self.make_all(ask, (edit,))
        ((place, version),) = found["versions"].items()  # not of `edit`: asked again, a new row would be another
        return {"id": place.removeprefix(f"{edit.kind}/"), "version": version, "change": found["change"]}

    async def make_all(self, ask: Ask, edits: Sequence[Edit], undoes: str | None = None) -> dict[str, Any]:
        """All of them, or none."""
        await self._know(edits)
        for edit in edits:
            can_be_dialled(edit)
        command = ChangeSetUp(actor=ask.actor, edits=tuple(edits), undoes=undoes)
        return cast(dict[str, Any], await self._commands.execute(command))

    async def _know(self, edits: Sequence[Edit]) -> None:
        """Raise for people whom nobody knows: the engine has never heard of most of them."""
        named = [(edit, person) for edit in edits for person in _people_of(edit)]
        known = await self._people.names([person for _, person in named]) if named else {}
        for edit, person in named:
            if person not in known:
                words = f"{edit.kind} {edit.id}: there is no person {person}."
                problem = Problem("person_unknown", words, {"name": person})
                raise Invalid("person_unknown", words, name=person, place=f"{edit.kind} {edit.id}", field="members",
                              **at_fields(members=problem))  # fmt: skip


def _people_of(edit: Edit) -> Iterable[str]:
    if edit.values is None:
        return ()
    return (edit.id,) if edit.kind == "profile" else edit.values.get("members", ())


def can_be_dialled(edit: Edit) -> None:
    """Raise for an outside number to which callers would be sent in vain: every dial is checked so, when it comes."""
    values = edit.values if edit.kind == "queue" and edit.values is not None else {}
    empty, closed = values.get("empty") or {}, values.get("closed") or {}
    ways = [("overflow", one.get("to")) for one in values.get("overflow") or ()]
    ways += [("empty", empty.get(name)) for name in ("join_to", "leave_to")]
    ways.append(("closed", closed.get("to")))
    for field, to in ways:
        if to is None or to.get("kind") != Goes.outside.value:
            continue
        try:
            refuse_costly(examine(str(to.get("number") or ""), ""))
        except (Invalid, Refused) as refused:
            words, place = f"queue {edit.id}: {field}: {refused.message}", f"queue {edit.id}"
            problem = Problem("overflow_number_wrong", words, {"rule": refused.id})
            raise Invalid("overflow_number_wrong", words, place=place, field=field, rule=refused.id,
                          **at_fields(**{field: problem})) from None  # fmt: skip


def id_for(kind: str, name: str, taken: Collection[str]) -> str:
    """Of the name where that has Latin letters or digits, and of no other row."""
    plain = unicodedata.normalize("NFKD", name).lower()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:50] or kind
    numbered = (base if number == 1 else f"{base}_{number}" for number in range(1, len(taken) + 2))
    return next(one for one in numbered if one not in taken)
