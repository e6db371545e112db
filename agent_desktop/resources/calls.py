"""What an agent does with a call: decline, hold, resume, end, wrap up, say who it is; and why it came to whom."""

from __future__ import annotations

from pydantic import Field
from typing_extensions import TypedDict

from agent_desktop.api import Ask, Form, Route
from agent_desktop.crm import Crm, save_wrap_up_note
from agent_desktop.hub import Hub
from agent_desktop.ports import CommandPort
from agent_desktop.records import CallRecords, Why
from agent_desktop.resources.desk import Done
from crm_core.activities.drafts import Begun
from crm_core.activities.service import MAX_NOTE
from kernel.access import Ownership, Right, Scope, scope_of
from kernel.errors import NotFound
from kernel.faults import FaultPoint, reached
from kernel.messages import Command
from routing.messages import (
    DeclineOffer,
    ExtendWrapUp,
    FinishWrapUp,
    HangUpCall,
    HoldCall,
    LinkCustomer,
    PickCall,
    ResumeCall,
)

NO_LINK = ("link_down",)
WRAP_UP = {
    404: ("call_not_found", "call_gone", "no_such_customer"),
    409: ("note_needs_customer", "callback_needs_customer", "stint_finish_not_now"),
    422: ("bad_disposition", "invalid_fields"),
}


class WrapUp(Form):
    """Without a disposition only where the queue does not want one."""

    disposition: str | None = Field(default=None, min_length=1, max_length=120)
    note: str | None = Field(default=None, max_length=MAX_NOTE)


class CustomerLink(Form):
    customer_id: str = Field(min_length=1, max_length=120)


class NamedWhy(Why):
    """`skills` are the names of those that a reason may name by id."""

    skills: dict[str, str]


class Picked(TypedDict):
    """The offer that was made, or that was open already."""

    offer_id: str


PICK = {
    403: ("pick_not_served",),
    404: ("call_gone",),
    409: (
        *("pick_ringing", "pick_answered", "pick_in_fallback", "pick_not_waiting"),
        *("pick_not_free", "pick_no_phone", "pick_phone_in_use", "no_desk"),
    ),
    503: NO_LINK,
}


class CallResource:
    def __init__(self, commands: CommandPort, crm: Crm, records: CallRecords, hub: Hub) -> None:
        self._commands = commands
        self._crm = crm
        self._records = records
        self._hub = hub

    async def _do(self, command: Command) -> Done:
        await self._commands.execute(command)
        return {}

    async def decline(self, ask: Ask) -> Done:
        return await self._do(DeclineOffer(actor=ask.actor, offer_id=ask.key("id")))

    async def pick(self, ask: Ask) -> object:
        anywhere = scope_of(ask.me.actor, Right.call_pick) is Scope.all
        command = PickCall(actor=ask.actor, interaction_id=ask.key("id"), anywhere=anywhere)
        return await self._commands.execute(command)

    async def hold(self, ask: Ask) -> Done:
        return await self._do(HoldCall(actor=ask.actor, interaction_id=ask.key("id")))

    async def resume(self, ask: Ask) -> Done:
        return await self._do(ResumeCall(actor=ask.actor, interaction_id=ask.key("id")))

    async def hang_up(self, ask: Ask) -> Done:
        return await self._do(HangUpCall(actor=ask.actor, interaction_id=ask.key("id")))

    async def extend(self, ask: Ask) -> Done:
        return await self._do(ExtendWrapUp(actor=ask.actor, interaction_id=ask.key("id")))

    async def wrap_up(self, ask: Ask) -> Done:
        """The note is saved before the disposition: should the second fail, nothing typed is lost, and a repeated
        request finds the note again instead of writing it twice."""
        form, interaction_id = ask.form(WrapUp), ask.key("id")
        await self._must_be_mine(ask, interaction_id)
        row = self._hub.projection.get("interactions", interaction_id) or {}
        customer_id = row.get("customer_id")
        note_id = None
        if form.note:
            note_id = await save_wrap_up_note(self._crm.notes, ask.me.person, interaction_id, customer_id, form.note)
            reached(FaultPoint.note_saved)
        command = FinishWrapUp(
            actor=ask.actor, interaction_id=interaction_id, disposition_id=form.disposition, note_id=note_id
        )
        done = await self._do(command)
        await self._crm.drafts.set("call", interaction_id, Begun(), ask.me.person)
        if customer_id is not None:
            self._hub.customer_changed(customer_id)
        return done

    async def link(self, ask: Ask) -> Done:
        customer_id = ask.form(CustomerLink).customer_id
        card = await self._crm.customers.card(customer_id)
        command = LinkCustomer(
            actor=ask.actor, interaction_id=ask.key("id"), customer_id=customer_id, level=card["level"]
        )
        done = await self._do(command)
        self._hub.customer_changed(customer_id)
        return done

    async def why(self, ask: Ask) -> NamedWhy:
        interaction_id = ask.key("id")
        await self._must_be_mine(ask, interaction_id, Right.call_own, Right.call_watch)
        skills = {str(one["id"]): str(one["name"]) for one in self._hub.projection.rows("skills")}
        return {**await self._records.why(interaction_id), "skills": skills}

    async def _must_be_mine(self, ask: Ask, interaction_id: str, *rights: Right) -> None:
        owners = await self._records.owners(interaction_id) or (Ownership(),)
        if not any(ask.reaches(right, owners) for right in rights or (Right.call_own,)):
            raise NotFound("call_not_found", "There is no such call, or it is not yours.")

    def routes(self) -> tuple[Route, ...]:
        return (
            *(
                Route(method="POST", path=path, resource=resource, rule=Right.call_own, summary=summary, answer=Done,
                      errors={404: (gone,), **refusals})
                for path, resource, summary, gone, refusals in (
                    ("/api/offers/{id}/decline", self.decline, "Decline the offered caller", "offer_gone",
                     {409: ("offer_decline_not_now",)}),
                    ("/api/calls/{id}/hold", self.hold, "Put the caller on hold", "call_gone",
                     {409: ("stint_hold_not_now", "leg_unknown"), 503: NO_LINK}),
                    ("/api/calls/{id}/resume", self.resume, "Talk on with the held caller", "call_gone",
                     {409: ("stint_resume_not_now", "leg_unknown"), 503: NO_LINK}),
                    ("/api/calls/{id}/hang-up", self.hang_up, "End the call", "call_gone",
                     {409: ("stint_hang_up_not_now",), 503: NO_LINK}),
                    ("/api/calls/{id}/wrap-up/extend", self.extend, "More time for the wrap-up", "call_gone",
                     {409: ("stint_extend_not_now", "wrap_up_extended_enough", "wrap_up_has_no_end")}),
                )
            ),
            Route(
                method="POST", path="/api/calls/{id}/pick", resource=self.pick, rule=Right.call_pick,
                summary="Have a caller who waits offered to me now, whoever's turn it is", answer=Picked, errors=PICK,
            ),
            Route(
                method="POST", path="/api/calls/{id}/wrap-up", resource=self.wrap_up, rule=Right.call_own,
                summary="Say what came of the call and finish", body=WrapUp, answer=Done, errors=WRAP_UP,
            ),
            Route(
                method="PUT", path="/api/calls/{id}/customer", resource=self.link, rule=Right.call_own,
                summary="Say who the caller is", body=CustomerLink, answer=Done,
                errors={404: ("call_gone", "no_such_customer")},
            ),
            Route(
                method="GET", path="/api/calls/{id}/why", resource=self.why, rule=Right.call_own,
                summary="Why the call was offered to whom, with each agent considered", answer=NamedWhy,
                errors={404: ("call_not_found",)},
            ),
        )  # fmt: skip
