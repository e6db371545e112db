"""A permit office in memory with the rules of the real one (list, hours, cap, number lock), for model tests. What it
granted is committed: it outlives a kill of the platform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dialer.hours import local_times, warnings
from dialer.numbers import examine
from dialer.office import OVERFLOW
from kernel.messages import Fact, Write
from routing.attempts import Attempt
from routing.dialling import AskPermit, PermitGranted, PermitRefused, ReleaseNumber

LISTED = "+34600999999"
NIGHT = "+18085551234"
"""Hawaii: ten hours behind the model's morning."""
NUMBERS = ("+34600111222", "+34910123456", LISTED, NIGHT)
MOST_A_DAY = 3


@dataclass(frozen=True, slots=True)
class Granted:
    attempt_id: str
    number: str
    at: datetime


class LittleOffice:
    """One permit for each attempt, one living attempt for each number."""

    def __init__(self, attempts: Mapping[str, Attempt]) -> None:
        """`attempts`: those on the disk."""
        self._attempts = attempts
        self._locks: dict[str, str] = {}
        self.permits: dict[str, Granted] = {}

    def ask(self, order: AskPermit, at: datetime) -> Fact:
        """Grant or refuse, as committed."""
        ids = {"attempt_id": order.attempt_id, "interaction_id": order.interaction_id}
        if error := self._refusal(order, at):
            return PermitRefused(**ids, error=error, message="No.")
        if order.purpose != OVERFLOW:
            self._locks[order.number] = order.attempt_id
        permit_id = f"permit-{len(self.permits) + 1}"
        self.permits[permit_id] = Granted(order.attempt_id, order.number, at)
        return PermitGranted(**ids, permit_id=permit_id)

    def _refusal(self, order: AskPermit, at: datetime) -> str:
        if order.purpose == OVERFLOW:
            asked = any(one.attempt_id == order.attempt_id for one in self.permits.values())
            return "permit_used" if asked else ""
        holder = self._attempts.get(self._locks.get(order.number, ""))
        if holder is not None and holder.ended_at is None:
            return "number_in_use"
        if any(one.attempt_id == order.attempt_id for one in self.permits.values()):
            return "permit_used"
        if order.number == LISTED:
            return "do_not_call"
        if warnings(local_times(examine(order.number, "ES").zones, at)):
            return "confirm_first"
        return "called_too_often" if self.dials(order.number, at) >= MOST_A_DAY else ""

    def dials(self, number: str, at: datetime) -> int:
        """Permits for the number in the 24 hours before `at`, and since."""
        return sum(one.number == number and one.at > at - timedelta(days=1) for one in self.permits.values())

    def release(self, writes: Iterable[Write]) -> None:
        """The attempts are over: their numbers are free."""
        over = {one.attempt_id for one in writes if isinstance(one, ReleaseNumber)}
        self._locks = {number: holder for number, holder in self._locks.items() if holder not in over}
