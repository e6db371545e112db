"""The whole set-up as one document: read, compared with what is there, applied at once."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from typing_extensions import TypedDict

from agent_desktop.api import Ask, Form, Route
from agent_desktop.hub import Hub
from agent_desktop.people import People
from agent_desktop.resources.setuphistory import edit_row, in_use
from agent_desktop.setupedits import CHECKED, SHELVES, SetUpEdits, can_be_dialled
from agent_desktop.setupfile import SetUpDocument, SetUpRows, document_of, edits_of, tried
from agent_desktop.setupforms import EditRow
from kernel.access import Right
from kernel.errors import Refused
from routing.outcomes import OUTCOMES
from routing.teamwork import Edit

REFUSED = {
    404: ("no_such_queue", "no_such_setup"),
    409: ("setup_in_use", "default_queue_stays", "outcome_id_used"),
    422: (*CHECKED, "login_unknown"),
}


class PlanForm(Form):
    setup: SetUpDocument


class ApplyForm(PlanForm):
    """`stamp` is that of the plan that was looked at."""

    stamp: str = Field(min_length=1, max_length=80)


class Difference(TypedDict):
    """A field before and after; None where there is none."""

    field: str
    before: Any
    after: Any


class PlanRow(EditRow):
    differences: list[Difference]


class Plan(TypedDict):
    """What would be changed, in the order of the document; `stamp` stands for what it was compared with."""

    stamp: str
    edits: list[PlanRow]


class Applied(TypedDict):
    """What was changed; `change` takes it back as a whole, None when there was nothing to change."""

    change: str | None
    edits: list[PlanRow]


class SetUpDocumentResource:
    def __init__(self, edits: SetUpEdits, hub: Hub, people: People) -> None:
        self._edits = edits
        self._hub = hub
        self._people = people

    async def read(self, ask: Ask) -> dict[str, Any]:
        return document_of(await self._found())

    async def plan(self, ask: Ask) -> Plan:
        found = await self._found()
        rows, _ = self._planned(ask.form(PlanForm).setup, found)
        return {"stamp": found.stamp, "edits": rows}

    async def apply(self, ask: Ask) -> Applied:
        form, found = ask.form(ApplyForm), await self._found()
        if form.stamp != found.stamp:
            words = "The set-up was changed since this plan was made. Make another, and look at it."
            raise Refused("plan_old", words)
        rows, edits = self._planned(form.setup, found)
        if not rows:
            return {"change": None, "edits": []}
        made = await self._edits.make_all(ask, edits)
        return {"change": made["change"], "edits": rows}

    def _planned(self, wanted: SetUpDocument, found: SetUpRows) -> tuple[list[PlanRow], list[Edit]]:
        """What would be changed, and the edits for that alone."""
        edits = edits_of(wanted, found)
        for edit in edits:
            can_be_dialled(edit)
        changed = tried(edits, found, self._people.now())
        wanted_ids = {(one.kind, one.id) for one in changed}
        rows: list[PlanRow] = []
        for one in changed:
            before, after = in_use(one.before) or {}, in_use(one.after) or {}
            names = [name for name in {**before, **after} if name not in ("id", "version", "active")]
            differences: list[Difference] = [
                {"field": name, "before": before.get(name), "after": after.get(name)}
                for name in names
                if before.get(name) != after.get(name)
            ]
            rows.append({**edit_row(one, dict(found.logins)), "differences": differences})
        return rows, [one for one in edits if (one.kind, one.id) in wanted_ids]

    async def _found(self) -> SetUpRows:
        projection = self._hub.projection
        rows = {kind: projection.rows(shelf) for kind, shelf in SHELVES.items()}
        people = await self._people.service.list_staff()
        return SetUpRows(rows, projection.rows(OUTCOMES), {one.id: one.login for one in people})

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET", path="/api/setup", resource=self.read, rule=Right.setup_read,
                summary="The whole set-up as one document; people stand there by their login", answer=dict[str, Any],
            ),
            Route(
                method="POST", path="/api/setup/plan", resource=self.plan, rule=Right.setup_write,
                summary="What a document would change; nothing is changed", body=PlanForm, answer=Plan,
                errors=REFUSED,
            ),
            Route(
                method="POST", path="/api/setup/apply", resource=self.apply, rule=Right.setup_write,
                summary="Have the set-up be as a document says, all of it or nothing", body=ApplyForm, answer=Applied,
                errors={**REFUSED, 409: (*REFUSED[409], "plan_old", "queue_changed", "setup_changed",
                                         "dispositions_changed")},
            ),
        )  # fmt: skip
