"""Words begun and not yet sent: kept here too, so that they outlive a browser and go along with a call."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field
from typing_extensions import TypedDict

from agent_desktop.api import Ask, Form, Route
from agent_desktop.crm import Crm
from agent_desktop.hub import Hub
from agent_desktop.resources.desk import Done
from crm_core.activities.drafts import Begun, Draft, DraftScope
from crm_core.activities.service import MAX_NOTE
from kernel.access import Right
from kernel.errors import NotFound

MAX_TICKET = 60_000
"""A form with the longest description, as JSON."""
GONE = {404: ("draft_not_yours",)}


class DraftForm(Form):
    note: str = Field(default="", max_length=MAX_NOTE)
    ticket: str = Field(default="", max_length=MAX_TICKET)
    disposition: str = Field(default="", max_length=120)
    customer_id: str | None = Field(default=None, max_length=40)


class DraftQuery(Form):
    scope: Literal["call", "customer"]
    ref: str = Field(min_length=1, max_length=120)


class OneDraft(TypedDict):
    draft: Draft | None


class DraftList(TypedDict):
    items: list[Draft]


class DraftResource:
    def __init__(self, crm: Crm, hub: Hub) -> None:
        self._drafts = crm.drafts
        self._hub = hub

    async def show(self, ask: Ask) -> OneDraft:
        query = ask.filters(DraftQuery)
        if query.scope == "call" and not self._in_hand(ask, query.ref):
            raise _not_yours()
        return {"draft": await self._drafts.get(query.scope, query.ref, ask.me.person)}

    async def mine(self, ask: Ask) -> DraftList:
        return {"items": await self._drafts.mine(ask.me.person)}

    async def save(self, ask: Ask) -> Done:
        """A call's draft is changed by those who have the call in hand; who wrote it last may take it away later."""
        scope, ref, form = _scope(ask.key("scope")), ask.key("ref"), ask.form(DraftForm)
        begun = Begun(form.note, form.ticket, form.disposition, form.customer_id)
        if scope == "call" and not self._in_hand(ask, ref):
            known = await self._drafts.get(scope, ref, ask.me.person)
            if not begun.empty or (known is not None and known["staff_id"] != ask.actor):
                raise _not_yours()
        await self._drafts.set(scope, ref, begun, ask.me.person)
        return {}

    def _in_hand(self, ask: Ask, interaction_id: str) -> bool:
        return ask.actor in self._hub.projection.viewers(interaction_id)

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET", path="/api/drafts", resource=self.mine, rule=Right.note_write,
                summary="What I began to write and did not send", answer=DraftList,
            ),
            Route(
                method="GET", path="/api/draft", resource=self.show, rule=Right.note_write,
                summary="What was begun about a call in hand or, by me, about a customer", query=DraftQuery,
                answer=OneDraft, errors=GONE,
            ),
            Route(
                method="PUT", path="/api/drafts/{scope}/{ref}", resource=self.save, rule=Right.note_write,
                summary="Keep what was typed so far; empty texts drop it", body=DraftForm, answer=Done, errors=GONE,
            ),
        )  # fmt: skip


def _scope(word: str) -> DraftScope:
    for scope in get_args(DraftScope):
        if scope == word:
            return scope  # type: ignore[no-any-return]
    raise NotFound("not_found", "There is nothing at this address.")


def _not_yours() -> NotFound:
    return NotFound("draft_not_yours", "This call is not in your hands (any more).")
