"""What the CallBook keeps, legs and phones, and the questions that its parts and routing ask of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cti.events import AgentLegUp, CallerInFallback, CustomerUp
from cti.facts import Place
from cti.machines import LEG, LegState
from cti.rows import LegRole, LegRow, PhoneRow
from kernel.shelf import Shelf
from kernel.turn import Turn


class Book:
    """The shelves, and what changes a leg in more than one place."""

    def __init__(self) -> None:
        self.legs: Shelf[LegRow] = Shelf("legs", LegRow, ("linked", "bridge", "endpoint", "live"))
        self.phones: Shelf[PhoneRow] = Shelf("phones", PhoneRow)
        self.ignored: Counter[str] = Counter()

    @property
    def shelves(self) -> tuple[Shelf[Any], ...]:
        return (self.legs, self.phones)

    def ignore(self, fact: object) -> None:
        """A fact that comes late, twice or about a foreign leg."""
        self.ignored[type(fact).__name__] += 1

    # ── questions ───────────────────────────────────────────────────────────────────────────────────────

    def live(self, leg: str) -> LegRow | None:
        row = self.legs.get(leg)
        return row if row is not None and row.live else None

    def alive(self, leg: str) -> bool:
        """Whether the switch has a leg of that id, or is about to, as far as we know."""
        return self.live(leg) is not None

    def reachable(self, endpoint: str) -> bool:
        """Whether the switch reaches that phone, as far as it said so."""
        phone = self.phones.get(endpoint)
        return phone is not None and phone.reachable

    def in_use(self, endpoint: str) -> bool:
        """Whether that phone rings or talks now, in a call of ours."""
        return any(row.live for row in self.legs.where("endpoint", endpoint))

    def follow_phones(self, heard: Callable[[str], None]) -> None:
        """From now on each phone is named whose legs changed: `in_use` may say something else."""

        def changed(before: LegRow | None, after: LegRow | None) -> None:
            for row in (before, after):
                if row is not None and row.endpoint:
                    heard(row.endpoint)

        self.legs.follow(changed)

    def partner(self, leg: str) -> str:
        """The leg that this one talks with now; empty when it talks with nobody."""
        row = self.live(leg)
        return row.partner if row is not None else ""

    def on_hold(self, leg: str) -> bool:
        """Whether that agent's leg waits in the kit while its caller is on hold."""
        row = self.live(leg)
        return row is not None and row.place is Place.idle

    def ours(self) -> list[tuple[str, str]]:
        """Leg and interaction of what we had the switch call, and that neither talks nor is on hold."""
        called = (LegRole.agent, LegRole.dialled)
        alone = (row for row in self.legs.where("live", True) if row.channel and not row.bridge and row.place is None)
        return [(row.id, row.interaction_id) for row in alone if row.role in called]

    def caller_of(self, linked: str) -> LegRow | None:
        """The caller, or the number that we dialled, for whom the switch rings a leg of this Linkedid."""
        for row in self.legs.where("linked", linked):
            if row.outside and row.live:
                return row
        return None

    def companions(self, caller: LegRow) -> list[LegRow]:
        """Live legs that the switch rings by itself for this caller."""
        return [row for row in self.legs.where("linked", caller.linked) if row.role is LegRole.switch and row.live]

    # ── changes ─────────────────────────────────────────────────────────────────────────────────────────

    def answer(self, row: LegRow, turn: Turn) -> LegRow:
        """Also for what only an answered leg can do, when the answer itself was not heard."""
        if row.state is LegState.up:
            return row
        row = self.legs.put(replace(row, state=LEG.observe(row.state, "answers")))
        if row.role is LegRole.agent:
            ids = {"interaction_id": row.interaction_id, "leg": row.id}
            turn.emit(AgentLegUp(**ids, endpoint=row.endpoint, channel=row.channel))
        elif row.role is LegRole.dialled:
            turn.emit(CustomerUp(interaction_id=row.interaction_id, leg=row.id))
        return row

    def link(self, row: LegRow, linked: str) -> LegRow:
        """Its Linkedid as the switch says it now: that of a number we dialled becomes its agent's with their talk, and
        stays that when the agent's leg is gone."""
        return row if linked in ("", row.linked) else self.legs.put(replace(row, linked=linked))

    def leave(self, row: LegRow) -> LegRow:
        """Out of its bridge, if it is in one; the place it had before does not count any more."""
        if not row.bridge:
            return row
        partner = self.legs.get(row.partner)
        if partner is not None:
            self.legs.put(replace(partner, partner=""))
        return self.legs.put(replace(row, bridge="", partner="", place=None))

    def tell_fallback(self, caller: LegRow, turn: Turn) -> None:
        """Where the caller stands in the switch's own queue, while it stands there."""
        if caller.place is Place.fallback and not caller.bridge:
            ringing = bool(self.companions(caller))
            turn.emit(CallerInFallback(interaction_id=caller.interaction_id, leg=caller.id, ringing=ringing))
