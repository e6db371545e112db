"""Callers who are sent to an outside number: permit first, then the number is rung for them, and they hear music until
it answers. It takes them by the claim, as an agent's phone does; where it does not, they wait on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from cti import ids
from cti.events import (
    AgentLegEnded,
    AgentLegRinging,
    AgentLegUp,
    CallerInFallback,
    CallerLeft,
    Joined,
    LegOrdered,
    OrderFailed,
    SwitchBack,
)
from cti.facts import LinkDown
from cti.orders import DropClaim, HangUp, RingOutside
from kernel.handling import Handles, on
from kernel.messages import Due, Event
from kernel.turn import Turn
from routing.attempts import ATTEMPT, SENT, AttemptState, Outcome, outcome_of
from routing.dialling import AskPermit, DialPermitted, PermitGranted, PermitRefused
from routing.legs import end_leg, queue_again
from routing.lostphones import PHONE_LOST
from routing.outsiderows import OutsideDial
from routing.rows import Interaction, InteractionState
from routing.state import MAIN_TRUNK, State
from routing.switchboard import Switchboard
from routing.tiers import Destination

A = AttemptState
OVERFLOW = "overflow"
CONFIRMED = ("night", "no_zone", "customer_night")
"""Whoever set the number up wants it called whatever the hour is there."""
PERMIT_WITHIN = timedelta(seconds=8)
GRACE = timedelta(seconds=5)
"""How long after its last second, or after its end was ordered, the switch may take to say that the leg is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideEnded(Event):
    """What came of the number that was called for a caller: `outcome` as in routing.attempts.Outcome."""

    dial_id: str
    interaction_id: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideDue(Due):
    """No permit came, or the switch should have said by now what became of the leg."""

    dial_id: str


def call_outside(state: State, caller: Interaction, destination: Destination, reason: str, turn: Turn) -> bool:
    """Ask for a permit to call the number for the caller; False where there is no way out, or one is under way."""
    number = way_out(state, destination)
    if number is None or not state.line_up or state.outside_of(caller.id):
        return False
    dial = OutsideDial(
        id=turn.new_id("od"),
        interaction_id=caller.id,
        queue_id=caller.queue_id,
        number=number,
        state=ATTEMPT.initial,
        leg=turn.new_id(ids.AGENT),
        asked_at=turn.at,
    )
    state.outside.put(dial)
    state.put_interaction(caller, moved_why=reason)
    turn.send(
        AskPermit(
            order_id=f"permit-{dial.id}",
            attempt_id=dial.id,
            interaction_id=caller.id,
            agent_id=OVERFLOW,
            purpose=OVERFLOW,
            number=dial.number,
            confirmed=CONFIRMED,
        )
    )
    turn.due(turn.at + PERMIT_WITHIN, OutsideDue(key=f"outside-{dial.id}", dial_id=dial.id))
    return True


def way_out(state: State, destination: Destination) -> str | None:
    """The number of a destination that can be dialled; None where there is no trunk for it."""
    trunk = state.trunks.get(MAIN_TRUNK)
    return destination.number or None if trunk is not None and trunk.dial else None


class Outside(Handles):
    """Keeps these dials. It comes after Visits and Partings, which say where the caller is by then."""

    def __init__(
        self, state: State, switchboard: Switchboard, waits_again: Callable[[Interaction, Turn], None]
    ) -> None:
        """`waits_again` sees to those whose number came to nothing, before anybody else is offered them."""
        self._state = state
        self._switchboard = switchboard
        self._waits_again = waits_again

    @on(PermitGranted)
    def _granted(self, fact: PermitGranted, turn: Turn) -> None:
        """Ordered in the turn that hears of the permit, and never again."""
        dial = self._state.outside.get(fact.attempt_id)
        if dial is None or dial.state is not A.asked:
            return
        caller, trunk = self._state.interactions.get(dial.interaction_id), self._state.trunks.get(MAIN_TRUNK)
        told = {"attempt_id": dial.id, "interaction_id": dial.interaction_id, "permit_id": fact.permit_id}
        turn.emit(DialPermitted(**told))
        waits = caller is not None and caller.state is InteractionState.queued and self._state.line_up
        if caller is None or trunk is None or not waits:
            return self._end(dial, Outcome.cancelled, "caller_gone", turn)
        dial = self._advance(dial, "permit", permit_id=fact.permit_id)
        self._advance(dial, "dialed", dialed_at=turn.at)
        turn.emit(LegOrdered(interaction_id=caller.id, leg=dial.leg, endpoint=""))
        turn.send(
            RingOutside(
                order_id=f"outside-{dial.id}",
                leg=dial.leg,
                interaction_id=caller.id,
                permit_id=fact.permit_id,
                trunk=trunk.dial,
                number=dial.number,
                caller_channel=caller.channel,
                claim=dial.leg,
                timeout=trunk.ring_seconds,
                caller_number=trunk.caller_number,
            )
        )
        due = turn.at + timedelta(seconds=trunk.ring_seconds) + GRACE
        turn.due(due, OutsideDue(key=f"outside-{dial.id}", dial_id=dial.id))

    @on(PermitRefused)
    def _refused(self, fact: PermitRefused, turn: Turn) -> None:
        dial = self._state.outside.get(fact.attempt_id)
        if dial is not None and dial.state is A.asked:
            self._end(dial, Outcome.refused, fact.error, turn)

    @on(AgentLegRinging)
    def _ringing(self, event: AgentLegRinging, turn: Turn) -> None:
        dial = self._on(event.leg)
        if dial is not None and dial.ringing_at is None:
            self._state.outside.put(replace(dial, ringing_at=turn.at))

    @on(AgentLegUp)
    def _answered(self, event: AgentLegUp, turn: Turn) -> None:
        """The switch compares the claim by itself: what comes next is a talk, or the leg's end."""
        dial = self._on(event.leg)
        if dial is not None and dial.state is A.dialing:
            self._advance(dial, "answered", answered_at=turn.at)
            turn.due(turn.at + GRACE, OutsideDue(key=f"outside-{dial.id}", dial_id=dial.id))

    @on(Joined)
    def _joined(self, event: Joined, turn: Turn) -> None:
        dial, caller = self._on(event.agent_leg), self._state.interactions.get(event.interaction_id)
        if caller is None:
            return
        if dial is not None and dial.state in (A.dialing, A.answered):
            self._advance(dial, "joined", answered_at=dial.answered_at or turn.at)
            turn.cancel(f"outside-{dial.id}")
            self._state.put_interaction(caller, outside=dial.number)
        elif dial is None:  # somebody else has the caller now
            self._give_up(event.interaction_id, "answered_elsewhere", turn)
            if caller.outside is not None:
                self._state.put_interaction(caller, outside=None)

    @on(AgentLegEnded)
    def _leg_ended(self, event: AgentLegEnded, turn: Turn) -> None:
        dial = self._on(event.leg)
        if dial is None:
            return
        if dial.state is A.bridged:
            self._end(dial, Outcome.reached, "talked", turn)
            return self._talk_over(dial, event.cause in PHONE_LOST, turn)
        outcome = Outcome.cancelled if dial.state is A.ending else None
        answered = dial.answered_at is not None
        found = outcome or outcome_of(event.cause, unseen=event.unseen, answered=answered, given_up=False)
        self._end(dial, found, dial.reason or f"cause_{event.cause}", turn)
        caller = self._state.interactions.get(dial.interaction_id)
        if caller is not None and caller.state is InteractionState.after_call:
            if caller.answered_at is not None and caller.answered_at >= dial.asked_at:  # only just as it was given up
                caller = self._state.put_interaction(caller, answered_at=None)
            self._wait_again(caller, turn)

    def _talk_over(self, dial: OutsideDial, lost: bool, turn: Turn) -> None:
        """Whoever was talked to outside hung up: the call is over. Where their line was lost, or nobody saw how it
        ended, the caller waits again."""
        caller = self._state.interactions.get(dial.interaction_id)
        if caller is None or caller.state is not InteractionState.after_call:
            return
        if lost:
            self._wait_again(caller, turn)
        elif self._state.line_up:
            turn.send(HangUp(order_id=turn.new_id("hup"), leg=caller.leg, interaction_id=caller.id))

    def _wait_again(self, caller: Interaction, turn: Turn) -> None:
        """Without a link its snapshot brings them back."""
        again = self._state.put_interaction(caller, outside=None)
        if self._state.line_up:
            queue_again(again, turn)

    @on(CallerLeft)
    def _caller_left(self, event: CallerLeft, turn: Turn) -> None:
        self._give_up(event.interaction_id, "caller_left", turn)

    @on(CallerInFallback)
    def _fallback(self, event: CallerInFallback, turn: Turn) -> None:
        """The claim is void there."""
        self._give_up(event.interaction_id, "caller_in_fallback", turn)

    def _give_up(self, interaction_id: str, reason: str, turn: Turn) -> None:
        """Nobody waits for the number any more: its leg is ended, and the end awaited."""
        dial = self._state.outside_of(interaction_id)
        if dial is None or dial.state in (A.bridged, A.ending):
            return
        if dial.state is A.asked:
            return self._end(dial, Outcome.cancelled, reason, turn)
        self._advance(dial, "let_go", reason=reason)
        self._hang_up(dial, turn)

    def _hang_up(self, dial: OutsideDial, turn: Turn) -> None:
        """A claim that the caller may carry for it is taken off first."""
        caller = self._state.interactions.get(dial.interaction_id)
        if caller is not None and caller.ended_at is None:
            order = {"order_id": turn.new_id("drop"), "caller_channel": caller.channel}
            turn.send(DropClaim(**order, interaction_id=caller.id))
        end_leg(dial.leg, dial.interaction_id, turn)
        turn.due(turn.at + GRACE, OutsideDue(key=f"outside-{dial.id}", dial_id=dial.id))

    @on(OrderFailed)
    def _order_failed(self, event: OrderFailed, turn: Turn) -> None:
        """Refused: it never began. Without an answer nobody knows: the leg, the snapshot or the time tell."""
        dial = self._state.outside.get(event.order_id.removeprefix("outside-"))
        if dial is not None and event.order_id.startswith("outside-") and not event.unknown:
            self._end(dial, Outcome.failed, "switch_refused", turn)

    @on(OutsideDue)
    def _due(self, due: OutsideDue, turn: Turn) -> None:
        dial = self._state.outside.get(due.dial_id)
        if dial is None or dial.state is A.bridged:
            return
        if dial.state is A.asked:
            return self._end(dial, Outcome.failed, "no_permit_in_time", turn)
        if not self._state.line_up:  # the snapshot decides
            return
        if dial.state is A.ending and not self._switchboard.alive(dial.leg):
            return self._end(dial, Outcome.unknown, dial.reason or "leg_gone", turn)
        if dial.state is not A.ending:
            dial = self._advance(dial, "let_go", reason="timed_out")
        self._hang_up(dial, turn)

    @on(LinkDown)
    def _started(self, fact: LinkDown, turn: Turn) -> None:
        """After a kill whoever was asked for a permit will not answer any more."""
        if fact.reason == "start":
            for dial in [one for one in self._state.outside if one.state is A.asked]:
                self._end(dial, Outcome.failed, "restarted", turn)

    @on(SwitchBack)
    def _switch_back(self, event: SwitchBack, turn: Turn) -> None:
        """A leg that the snapshot does not show was never made, or is gone. Nothing is dialled again."""
        for dial in [one for one in self._state.outside if one.state in SENT]:
            if not self._switchboard.alive(dial.leg):
                done = (Outcome.reached, "talked") if dial.state is A.bridged else (Outcome.unknown, "leg_gone")
                self._end(dial, *done, turn)
                if dial.state is A.bridged:
                    self._talk_over(dial, True, turn)
            elif dial.state is A.ending:
                self._hang_up(dial, turn)
            elif dial.state is not A.bridged and turn.deadlines.get(f"outside-{dial.id}") is None:
                turn.due(turn.at + GRACE, OutsideDue(key=f"outside-{dial.id}", dial_id=dial.id))

    # ── the row ─────────────────────────────────────────────────────────────────────────────────────────

    def _on(self, leg: str) -> OutsideDial | None:
        found = self._state.outside.where("leg", leg)
        return found[0] if found and found[0].ended_at is None else None

    def _advance(self, dial: OutsideDial, fact: str, **changes: Any) -> OutsideDial:
        return self._state.outside.put(replace(dial, state=ATTEMPT.observe(dial.state, fact), **changes))

    def _end(self, dial: OutsideDial, outcome: Outcome, reason: str, turn: Turn) -> None:
        self._advance(dial, "ends", ended_at=turn.at, outcome=outcome, reason=reason)
        turn.cancel(f"outside-{dial.id}")
        self._state.outside.retire(dial.id)
        about = {"dial_id": dial.id, "interaction_id": dial.interaction_id}
        turn.emit(OutsideEnded(**about, outcome=outcome.value, reason=reason))
        caller = self._state.interactions.get(dial.interaction_id)
        if outcome is not Outcome.reached and caller is not None:
            self._waits_again(caller, turn)
