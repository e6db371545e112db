"""Calling somebody: what a number is before it is dialled, the dial itself, and who must not be called."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal, NotRequired

import structlog
from pydantic import AwareDatetime, Field
from typing_extensions import TypedDict

from agent_desktop.api import Ask, Form, Route
from agent_desktop.deskview import moment
from agent_desktop.parts import DesktopParts
from agent_desktop.ports import Batch, Resync, Row
from agent_desktop.records import DialFate
from agent_desktop.resources.desk import Done
from crm_core.donotcall.models import Entry
from dialer.hours import LocalTime, apart, local_time, local_times, warnings
from dialer.numbers import Dialable, examine, refuse_costly
from kernel.access import Right, may
from kernel.errors import Invalid, Refused, TrunklineError, Unavailable
from routing.dialling import DialNumber

log = structlog.get_logger(__name__)

VERDICT_WITHIN = 10.0
AT_HAND = 0.2
"""Seconds for an event that has been told already."""
KINDS: dict[int, type[TrunklineError]] = {409: Refused, 422: Invalid, 503: Unavailable}
NUMBER_ERRORS = ("number_emergency", "number_short", "number_unreadable", "number_not_in_plan")
COSTS = ("number_premium", "number_shared_cost")
REFUSALS = {
    404: ("no_such_customer",),
    409: (
        *("no_trunk", "agent_out", "finish_wrap_up_first", "agent_busy", "phone_not_there", "no_desk"),
        *("number_in_use", "do_not_call", "called_too_often", "confirm_first", "permit_used", *COSTS),
    ),
    422: NUMBER_ERRORS,
    503: ("link_down", "permit_not_kept"),
}


class NumberQuery(Form):
    """`customer_id`: whom one means to reach; then it counts too what time it is where they live."""

    number: str = Field(min_length=1, max_length=60)
    customer_id: str | None = Field(default=None, max_length=40)


class DialForm(Form):
    """`confirm`: the warnings that the agent saw and confirmed."""

    number: str = Field(min_length=1, max_length=60)
    customer_id: str | None = Field(default=None, max_length=40)
    contact_id: str | None = Field(default=None, max_length=40)
    confirm: tuple[Literal["night", "no_zone", "customer_night"], ...] = Field(default=(), max_length=3)


class ForbidForm(Form):
    number: str = Field(min_length=1, max_length=60)
    reason: str = Field(default="", max_length=200)
    expires_at: AwareDatetime | None = None


class EntriesQuery(Form):
    """`q` is a number in any usual way of writing, a part of one, or words of the reason; `after` is the id to go on
    after."""

    q: str = Field("", max_length=200)
    after: str | None = Field(None, max_length=40)
    limit: int = Field(50, ge=1, le=200)


class LocalClock(TypedDict):
    """`time` is the wall clock there, HH:MM, `day` its date; `zones` are those that agree on it."""

    time: str
    day: str
    late: bool
    zones: list[str]


class NumberCard(TypedDict):
    """What is known of a number before it is called. `region` is its country, `local` the clocks it can be under,
    `customer` the clock where its customer lives when it is none of those, `warnings` what must be confirmed,
    `forbidden` the do-not-call list it is on, `costly` the rule that forbids it to whoever asks."""

    e164: str
    display: str
    region: str | None
    local: list[LocalClock]
    customer: LocalClock | None
    warnings: list[str]
    forbidden: str | None
    costly: str | None


class Dialled(TypedDict):
    """The permit is there; everything else comes as changes of the desk."""

    attempt_id: str
    permit_id: NotRequired[str]


class ListEntry(TypedDict):
    id: str
    list: str
    pattern: str
    reason: str
    added_by: str
    added_at: str | None
    expires_at: str | None


class EntriesPage(TypedDict):
    """The newest first; `next` is the `after` of the next page, None on the last one."""

    items: list[ListEntry]
    next: str | None


class DialResource:
    def __init__(self, parts: DesktopParts, region: str) -> None:
        self._commands, self._stream, self._records = parts.commands, parts.stream, parts.records
        self._crm, self._clock, self._region = parts.crm, parts.clock, region

    async def number(self, ask: Ask) -> NumberCard:
        query = ask.filters(NumberQuery)
        number = examine(query.number, self._region)
        at = self._clock.now()
        zone = None
        if query.customer_id is not None:
            zone = (await self._crm.customers.card(query.customer_id))["time_zone"]
        entry = await self._crm.lists.forbids(number.e164)
        costly = None if self._may_pay(ask) else number.costly
        return _card(number, _Clocks(local_times(number.zones, at), local_time(zone, at)), entry, costly)

    async def dial(self, ask: Ask) -> Dialled:
        """Answers once the permit is committed, or says which rule refused it."""
        form = ask.form(DialForm)
        number = examine(form.number, self._region)
        if not self._may_pay(ask):
            refuse_costly(number)
        if form.customer_id is not None:
            await self._crm.customers.card(form.customer_id)
        command = DialNumber(
            actor=ask.actor,
            number=number.e164,
            customer_id=form.customer_id,
            contact_id=form.contact_id,
            confirmed=tuple(sorted(set(form.confirm))),
            costly=self._may_pay(ask),
        )
        async with self._stream.subscribe() as batches:
            attempt_id = str(await self._commands.execute(command))
            fate = await self._fate(attempt_id)
            told = await self._verdict(batches, attempt_id, VERDICT_WITHIN if fate is None else AT_HAND)
        return told or (_as_kept(fate, attempt_id) if fate is not None else {"attempt_id": attempt_id})

    async def _fate(self, attempt_id: str) -> DialFate | None:
        """What was decided already: where it was so before, and this is the second time that it is asked, no event will
        come any more. An event tells more, so who cannot read this waits for one."""
        try:
            fate = await self._records.dial(attempt_id)
        except Exception as error:
            log.warning("what came of a dial was not read", attempt_id=attempt_id, error=repr(error))
            return None
        return None if fate is None or (fate.permit_id is None and fate.outcome is None) else fate

    async def _verdict(self, batches: AsyncIterator[Batch | Resync], attempt_id: str, within: float) -> Dialled | None:
        try:
            async with asyncio.timeout(within):
                async for batch in batches:
                    event = None if isinstance(batch, Resync) else _about(batch, attempt_id)
                    if event is not None:
                        return _answer(event, attempt_id)
                    if isinstance(batch, Resync):
                        break
        except TimeoutError:
            pass
        return None

    def _may_pay(self, ask: Ask) -> bool:
        return may(ask.me.actor, Right.call_costly).ok

    async def forbid(self, ask: Ask) -> ListEntry:
        form = ask.form(ForbidForm)
        return _entry(await self._crm.lists.add(form.number, ask.actor, form.reason, form.expires_at))

    async def allow(self, ask: Ask) -> Done:
        await self._crm.lists.remove(ask.key("id"))
        return {}

    async def entries(self, ask: Ask) -> EntriesPage:
        query = ask.filters(EntriesQuery)
        found = await self._crm.lists.entries(query.q, query.after, query.limit + 1)
        shown = found[: query.limit]
        following = shown[-1].id if len(found) > query.limit else None
        return {"items": [_entry(one) for one in shown], "next": following}

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET", path="/api/dial/number", resource=self.number, rule=Right.call_dial, query=NumberQuery,
                summary="What a number is, and what time it is there, before it is called", answer=NumberCard,
                errors={404: ("no_such_customer",), 422: NUMBER_ERRORS},
            ),
            Route(
                method="POST", path="/api/dial", resource=self.dial, rule=Right.call_dial, body=DialForm,
                summary="Call a number from my phone, under a permit", answer=Dialled, errors=REFUSALS,
            ),
            Route(
                method="GET", path="/api/do-not-call", resource=self.entries, rule=Right.do_not_call_manage,
                query=EntriesQuery, summary="Who must not be called, by number or reason, by pages", answer=EntriesPage,
            ),
            Route(
                method="POST", path="/api/do-not-call", resource=self.forbid, rule=Right.do_not_call_add,
                body=ForbidForm, summary="Never call this number again, from now on", answer=ListEntry,
                errors={422: ("bad_pattern",)},
            ),
            Route(
                method="DELETE", path="/api/do-not-call/{id}", resource=self.allow, rule=Right.do_not_call_manage,
                summary="Take an entry off the list", answer=Done, errors={404: ("no_such_entry",)},
            ),
        )  # fmt: skip


def _about(batch: Batch, attempt_id: str) -> Row | None:
    """The event that says whether the attempt may go on; an end without one (the agent gave up) counts too."""
    told = ("DialPermitted", "DialRefused", "DialEnded")
    return next((one for one in batch.events if one.get("attempt_id") == attempt_id and one["type"] in told), None)


def _answer(event: Row, attempt_id: str) -> Dialled:
    if event["type"] == "DialRefused":
        raise KINDS.get(event["status"], Refused)(event["error"], event["message"], **event["details"])
    if event["type"] == "DialEnded" and event["outcome"] == "failed":
        raise _not_kept()
    return _dialled(attempt_id, event.get("permit_id"))


def _dialled(attempt_id: str, permit_id: str | None) -> Dialled:
    return {"attempt_id": attempt_id, "permit_id": permit_id} if permit_id else {"attempt_id": attempt_id}


def _as_kept(fate: DialFate, attempt_id: str) -> Dialled:
    """What was decided, in fewer words than when it was."""
    if fate.permit_id is None and fate.outcome == "refused":
        raise _refused(fate.reason or "refused")
    if fate.permit_id is None and fate.outcome == "failed":
        raise _not_kept()
    return _dialled(attempt_id, fate.permit_id)


def _not_kept() -> Unavailable:
    words = "The permit for this call could not be kept. Nobody was called; try again in a moment."
    return Unavailable("permit_not_kept", words)


def _refused(rule: str) -> TrunklineError:
    """The refusal that a rule gave before; its details are not kept."""
    status = next((status for status, ids in REFUSALS.items() if rule in ids), 409)
    return KINDS.get(status, Refused)(rule, "This call was refused before; nobody was called.")


@dataclass(frozen=True, slots=True)
class _Clocks:
    """Of the number, and of the customer who is to be reached."""

    number: tuple[LocalTime, ...]
    customer: LocalTime | None


def _card(number: Dialable, clocks: _Clocks, entry: Entry | None, costly: str | None) -> NumberCard:
    customer = apart(clocks.number, clocks.customer)
    return {
        "e164": number.e164,
        "display": number.display,
        "region": number.region,
        "local": [_clock(one) for one in clocks.number],
        "customer": _clock(customer) if customer is not None else None,
        "warnings": list(warnings(clocks.number, clocks.customer)),
        "forbidden": entry.list if entry is not None else None,
        "costly": costly,
    }


def _clock(one: LocalTime) -> LocalClock:
    return {"time": f"{one.at:%H:%M}", "day": f"{one.at:%Y-%m-%d}", "late": one.late, "zones": list(one.zones)}


def _entry(one: Entry) -> ListEntry:
    return {
        "id": one.id,
        "list": one.list,
        "pattern": one.pattern,
        "reason": one.reason,
        "added_by": one.added_by,
        "added_at": moment(one.added_at),
        "expires_at": moment(one.expires_at),
    }
