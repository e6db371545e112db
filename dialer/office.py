"""Where permits are granted: every rule in one short transaction, whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crm_core.customers.store import zone_of
from crm_core.donotcall.store import entry_for, hold_version
from crm_core.store import Connection, Database
from cti.trunk import dial_string
from dialer.hours import LocalTime, local_time, local_times, warnings
from dialer.numbers import Dialable, examine, reaches_emergency, refuse_costly
from dialer.store import add_permit, dials_since, take_number
from kernel.clock import Clock
from kernel.errors import Invalid, Refused
from kernel.faults import FaultPoint, reached
from routing.ports import DialRequest, Permit

DAY = timedelta(hours=24)
OVERFLOW = "overflow"
"""The purpose of a call to a number that an administrator set up for callers of a queue."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings say: the country of the platform, its trunk, and how often one number may be called in 24 h."""

    region: str
    trunk: str
    most_a_day: int


class PermitOffice:
    """Implements routing.ports.DialPermit on any number of processes: what must not happen twice is a key."""

    def __init__(self, database: Database, clock: Clock, rules: Rules) -> None:
        self._db, self._clock, self._rules = database, clock, rules

    async def ask(self, request: DialRequest) -> Permit:
        """A committed permit; raises Invalid or Refused with the rule's id. Nothing is kept of what was refused."""
        at = self._clock.now()
        number = self._allowed(request)
        times = local_times(number.zones, at)
        async with self._db.begin() as connection:
            zone = await zone_of(connection, request.customer_id) if request.customer_id is not None else None
            _check_hours(times, local_time(zone, at), request.confirmed)
            checks = await self._check(connection, request, at)
            checks |= {"zones": sorted(number.zones), "local": [f"{one.at:%H:%M}" for one in times]}
            checks |= {"customer_zone": zone} if zone is not None else {}
            checks |= {"confirmed": sorted(request.confirmed), "costly": number.costly}
            permit = await add_permit(connection, request, checks, at)
        reached(FaultPoint.permit_kept)
        return permit

    def _allowed(self, request: DialRequest) -> Dialable:
        number = examine(request.number, self._rules.region)
        if number.e164 != request.number:
            raise Invalid("number_unreadable", "This is not a telephone number. Check its digits.")
        if not request.costly:
            refuse_costly(number)
        if reaches_emergency(dial_string(self._rules.trunk, number.e164), self._rules.region):
            raise Invalid("number_emergency", "As the trunk is set up, this number would reach the emergency services.")
        return number

    async def _check(self, connection: Connection, request: DialRequest, at: datetime) -> dict[str, Any]:
        """The rules that need the database, and what they were answered. The number's lock comes first: from then on
        no other attempt for this number gets any further before our commit."""
        if request.purpose == OVERFLOW:
            return await _overflow_checks(connection, request.number, at)
        if not await take_number(connection, request.number, request.attempt_id, at):
            raise Refused("number_in_use", "This number is being called already.")
        version = await hold_version(connection)
        entry = await entry_for(connection, request.number, at)
        if entry is not None:
            raise Refused("do_not_call", "This number is on a do-not-call list.", list=entry.list)
        dials = await dials_since(connection, request.number, at - DAY)
        if dials >= self._rules.most_a_day:
            raise Refused("called_too_often", "This number was called too often in the last 24 hours.", calls=dials)
        return {"do_not_call": version, "calls_24h": dials}


async def _overflow_checks(connection: Connection, number: str, at: datetime) -> dict[str, Any]:
    """A number that takes callers over is called for each of them: neither a lock nor a cap is for it."""
    version = await hold_version(connection)
    entry = await entry_for(connection, number, at)
    if entry is not None:
        raise Refused("do_not_call", "This number is on a do-not-call list.", list=entry.list)
    return {"do_not_call": version, "overflow": True}


def _check_hours(times: tuple[LocalTime, ...], customer: LocalTime | None, confirmed: tuple[str, ...]) -> None:
    open_ = [one for one in warnings(times, customer) if one not in confirmed]
    if open_:
        message = (
            "It is night where this number is or where its customer lives, or nobody knows. "
            "Confirm that you want to call all the same."
        )
        raise Refused("confirm_first", message, warnings=open_, local=[f"{one.at:%H:%M}" for one in times])
