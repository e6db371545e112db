"""Where legs are: in a place of the dialplan kit, or joined with one another in a bridge."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from cti.book import Book
from cti.events import CallerAfter, CallerArrived, CallerHeard, CallerHeld, CallerWaits, Joined
from cti.facts import BridgeEntered, BridgeLeft, Heard, LegPlaced, LegSaid, PickupEnded, Place
from cti.ids import endpoint_of, is_dialled
from cti.machines import LegState
from cti.rows import LegRole, LegRow
from kernel.handling import Handles, on
from kernel.turn import Turn


class Places(Handles):
    """Facts about where a leg is."""

    def __init__(self, book: Book) -> None:
        self._book = book

    # ── in the kit ──────────────────────────────────────────────────────────────────────────────────────

    @on(LegPlaced)
    def _placed(self, fact: LegPlaced, turn: Turn) -> None:
        row = self._book.legs.get(fact.leg)
        known = row is not None
        if row is None:
            row = self._adopt(fact, turn)
        row = self._book.link(row, fact.linked)
        if fact.place is Place.entered:
            return self._book.ignore(fact) if known else None
        if not row.live or row.place is fact.place:
            return self._book.ignore(fact)
        row = self._book.answer(self._book.leave(row), turn)
        row = self._book.legs.put(replace(row, place=fact.place))
        self.tell(row, turn)

    def _adopt(self, fact: LegPlaced, turn: Turn) -> LegRow:
        """A leg that we hear of by its place first: a new caller, or one (or an idle agent) from before our start."""
        dialled = is_dialled(fact.leg)
        caller = fact.place is not Place.idle and not dialled
        row = LegRow(
            id=fact.leg,
            role=LegRole.caller if caller else LegRole.dialled if dialled else LegRole.agent,
            interaction_id=fact.interaction_id,
            state=LegState.new,
            since=turn.at,
            channel=fact.channel,
            endpoint=endpoint_of(fact.channel),
            linked=fact.linked or fact.leg,
        )
        self._book.legs.put(row)
        if caller:
            turn.emit(
                CallerArrived(
                    interaction_id=fact.interaction_id,
                    leg=fact.leg,
                    channel=fact.channel,
                    did=fact.did,
                    language=fact.language,
                    since=turn.at - timedelta(seconds=fact.seconds),
                    number=fact.number,
                    name=fact.name,
                )
            )
        return row

    def tell(self, row: LegRow, turn: Turn) -> None:
        """What the place of a leg means."""
        ids = {"interaction_id": row.interaction_id, "leg": row.id}
        if row.place is Place.waiting:
            turn.emit(CallerWaits(**ids))
        elif row.place is Place.held:
            turn.emit(CallerHeld(**ids))
        elif row.place is Place.after:
            turn.emit(CallerAfter(**ids))
        elif row.place is Place.fallback:
            self._book.tell_fallback(row, turn)

    @on(LegSaid)
    def _said(self, fact: LegSaid, turn: Turn) -> None:
        row = self._book.live(fact.leg)
        said = f"{fact.step}:{fact.result}"
        if row is None or not row.outside or row.said == said:
            return self._book.ignore(fact)
        self._book.legs.put(replace(row, said=said))
        done, missing = fact.result is Heard.played, fact.result is Heard.missing
        ids = {"interaction_id": row.interaction_id, "leg": row.id}
        turn.emit(CallerHeard(**ids, step=fact.step, done=done, missing=missing))

    @on(PickupEnded)
    def _picked_up(self, fact: PickupEnded, turn: Turn) -> None:
        row = self._book.live(fact.leg)
        if row is None:
            return self._book.ignore(fact)
        if fact.result == "STALE":
            self._book.legs.put(replace(row, stale=True))

    # ── in a bridge ─────────────────────────────────────────────────────────────────────────────────────

    @on(BridgeEntered)
    def _entered(self, fact: BridgeEntered, turn: Turn) -> None:
        row = self._book.live(fact.leg)
        if row is None or row.bridge == fact.bridge:
            return self._book.ignore(fact)
        row = self._book.answer(self._book.leave(self._book.link(row, fact.linked)), turn)
        row = self._book.legs.put(replace(row, bridge=fact.bridge))
        self._join(row, turn)

    def _join(self, row: LegRow, turn: Turn) -> None:
        """Joined only when both were seen entering one bridge."""
        other = self._partner_for(row)
        if other is None:
            return
        caller, agent = (row, other) if row.outside else (other, row)
        if caller.role is LegRole.dialled and caller.linked in ("", caller.id):
            caller = self._book.link(caller, agent.linked or agent.id)  # whoever was first in the bridge
        self._book.legs.put(replace(caller, partner=agent.id))
        self._book.legs.put(
            replace(agent, partner=caller.id, interaction_id=agent.interaction_id or caller.interaction_id)
        )
        turn.emit(
            Joined(
                interaction_id=caller.interaction_id,
                caller_leg=caller.id,
                agent_leg=agent.id,
                agent_channel=agent.channel,
                endpoint=agent.endpoint,
                ours=agent.role is LegRole.agent,
            )
        )

    def _partner_for(self, row: LegRow) -> LegRow | None:
        for other in self._book.legs.where("bridge", row.bridge):
            if other.id != row.id and not other.partner and other.outside is not row.outside:
                return other
        return None

    @on(BridgeLeft)
    def _left(self, fact: BridgeLeft, turn: Turn) -> None:
        row = self._book.live(fact.leg)
        if row is None or (row.bridge and row.bridge != fact.bridge):
            return self._book.ignore(fact)
        if row.bridge:
            self._book.leave(row)
        elif row.place is not None:  # its entering was not heard; it is not where it was before that
            self._book.legs.put(replace(row, place=None))
