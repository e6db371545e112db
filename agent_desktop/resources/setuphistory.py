"""What was changed in the set-up, and taking a change back."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from typing_extensions import TypedDict

from agent_desktop.api import Ask, Form, Route
from agent_desktop.deskview import moment
from agent_desktop.people import People
from agent_desktop.records import CallRecords
from agent_desktop.setupedits import CHECKED, SetUpEdits
from agent_desktop.setupforms import ChangeRow, EditRow, What
from kernel.access import Right
from kernel.errors import NotFound, Refused
from routing.setupmessages import SaveSetUpChange
from routing.teamwork import Edit, Edited

CHANGED_SINCE = frozenset({"queue_changed", "setup_changed", "dispositions_changed", "no_such_queue", "no_such_setup"})
OWN = frozenset({"id", "version"})


class Newest(Form):
    """`before` is the id of a change: those before it. Newest first."""

    before: str | None = Field(default=None, max_length=150)
    limit: int = Field(default=50, ge=1, le=200)


class Changes(TypedDict):
    """`next` goes on after the last, where there are more."""

    items: list[ChangeRow]
    next: str | None


class Undone(TypedDict):
    """The change that took the other back, by which it can be taken back itself."""

    change: str | None


class SetUpHistoryResource:
    def __init__(self, edits: SetUpEdits, records: CallRecords, people: People) -> None:
        self._edits = edits
        self._records = records
        self._people = people

    async def changes(self, ask: Ask) -> Changes:
        wanted = ask.filters(Newest)
        found = await self._records.setup_changes(wanted.before, wanted.limit + 1)
        shown = found[: wanted.limit]
        ids = {one.actor for one in shown} | {edit.id for one in shown for edit in one.edits if edit.kind == "profile"}
        names = await self._people.names(sorted(ids))
        items = [change_row(one, names) for one in shown]
        return {"items": items, "next": shown[-1].id if len(found) > len(shown) else None}

    async def undo(self, ask: Ask) -> Undone:
        found = await self._records.setup_change(ask.key("id"))
        if found is None:
            raise NotFound("no_such_change", "There is no such change of the set-up.")
        try:
            made = await self._edits.make_all(ask, [taken_back(one) for one in reversed(found.edits)], found.id)
        except (Refused, NotFound) as refusal:
            if refusal.id not in CHANGED_SINCE:
                raise
            words = "What this changed was changed again since. Take the later change back first."
            raise Refused("changed_since", words, **refusal.details) from None
        return {"change": made["change"]}

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET", path="/api/setup/changes", resource=self.changes, rule=Right.setup_read, query=Newest,
                summary="What was changed in the set-up, newest first", answer=Changes,
            ),
            Route(
                method="POST", path="/api/setup/changes/{id}/undo", resource=self.undo, rule=Right.setup_write,
                summary="Take a change of the set-up back: what was before is there again, as a new version",
                answer=Undone, errors={
                    404: ("no_such_change",),
                    409: ("changed_since", "setup_in_use", "default_queue_stays", "outcome_id_used"),
                    422: CHECKED,
                },
            ),
        )  # fmt: skip


def change_row(found: SaveSetUpChange, names: dict[str, str]) -> ChangeRow:
    return {
        "id": found.id,
        "at": moment(found.at) or "",
        "actor": found.actor,
        "actor_name": names.get(found.actor, found.actor),
        "undoes": found.undoes,
        "edits": [edit_row(one, names) for one in found.edits],
    }


def edit_row(edit: Edited, names: dict[str, str]) -> EditRow:
    """A queue that was removed is there still, out of use."""
    before, after = in_use(edit.before), in_use(edit.after)
    said = after or before or {}
    name = names.get(edit.id, edit.id) if edit.kind == "profile" else said.get("name", edit.id)
    what: What = "created" if before is None else "removed" if after is None else "changed"
    return {"kind": edit.kind, "id": edit.id, "name": str(name), "what": what, "fields": differing(before, after)}


def in_use(row: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if row is None or not row.get("active", True) else row


def differing(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[str]:
    """The fields that are others; none for a row that came or went."""
    if before is None or after is None:
        return []
    return [name for name in after if name not in OWN and before.get(name) != after[name]]


def taken_back(edit: Edited) -> Edit:
    """The edit that makes the row what it was, if nobody changed it since."""
    before, after = in_use(edit.before), in_use(edit.after)
    values = None if before is None else {name: one for name, one in before.items() if name not in OWN}
    return Edit(edit.kind, edit.id, values, 0 if after is None else None, after)
