"""Calls that agents make: permit first, then the agent's phone, then the number; each dialled once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from cti.events import (
    AgentLegEnded,
    AgentLegUp,
    CallerLeft,
    CustomerDialled,
    CustomerRinging,
    CustomerUp,
    Joined,
    LegOrdered,
    OrderFailed,
    SwitchBack,
)
from cti.facts import LinkDown
from cti.orders import DialOut, HangUp, RingDialler
from kernel.errors import LinkDown as NoLink
from kernel.errors import Refused
from kernel.handling import Handles, on
from kernel.turn import Turn
from routing.agents import change_duty, reserve_for_outbound
from routing.attempts import ATTEMPT, SENT, Attempt, AttemptState, Outcome, Trunk, outcome_of
from routing.dialling import (
    AskPermit,
    DialDue,
    DialEnded,
    DialNumber,
    DialPermitted,
    DialRefused,
    PermitDue,
    PermitGranted,
    PermitRefused,
    ReleaseNumber,
    TrunkConfigured,
)
from routing.machines import INTERACTION, STINT
from routing.messages import HangUpCall, IdentifyCaller, InteractionEnded, LookUpDue
from routing.record import record_call
from routing.rows import Agent, Duty, Interaction, InteractionState, Match, Presence, Stint, StintState
from routing.state import MAIN_QUEUE, MAIN_TRUNK, State
from routing.switchboard import Switchboard

LOOK_UP = timedelta(seconds=1)
PERMIT_WITHIN = timedelta(seconds=8)
AGENT_RINGS = 20
GRACE = timedelta(seconds=5)
"""How long after its last second the switch may take to say what became of a leg."""


class Outbound(Handles):
    """Keeps the attempts. It comes before Visits, which takes over once both talk."""

    def __init__(self, state: State, switchboard: Switchboard) -> None:
        self._state = state
        self._switchboard = switchboard

    @on(TrunkConfigured)
    def _trunk(self, fact: TrunkConfigured, turn: Turn) -> None:
        self._state.trunks.put(Trunk(MAIN_TRUNK, fact.dial, fact.caller_number, fact.ring_seconds))

    # ── asking ──────────────────────────────────────────────────────────────────────────────────────────

    @on(DialNumber)
    def _dial(self, command: DialNumber, turn: Turn) -> None:
        agent = self._state.agent(command.actor)
        self._must_be_able(agent)
        reserve_for_outbound(self._state, agent.id)
        attempt = Attempt(
            id=turn.new_id("at"),
            interaction_id=f"ix-{turn.at:%y%m%d%H%M%S}-{turn.new_id('out')}",
            agent_id=agent.id,
            purpose="manual",
            state=ATTEMPT.initial,
            asked_at=turn.at,
            leg=turn.new_id("leg"),
            customer_leg=turn.new_id("leg"),
            number=command.number,
            customer_id=command.customer_id,
            contact_id=command.contact_id,
        )
        self._state.attempts.put(attempt)
        stint = Stint(turn.new_id("st"), attempt.interaction_id, agent.id, StintState.dialling, turn.at, attempt.leg)
        self._state.stints.put(stint)
        self._begin(attempt, stint, turn)
        turn.send(
            AskPermit(
                order_id=f"permit-{attempt.id}",
                attempt_id=attempt.id,
                interaction_id=attempt.interaction_id,
                agent_id=agent.id,
                purpose=attempt.purpose,
                number=attempt.number,
                confirmed=command.confirmed,
                costly=command.costly,
            )
        )
        turn.due(turn.at + PERMIT_WITHIN, PermitDue(key=f"permit-{attempt.id}", attempt_id=attempt.id))
        turn.reply = attempt.id

    def _must_be_able(self, agent: Agent) -> None:
        trunk = self._state.trunks.get(MAIN_TRUNK)
        if trunk is None or not trunk.dial:
            raise Refused("no_trunk", "No trunk is set up to call out. An administrator sets TRUNKLINE_TRUNK.")
        if agent.presence is Presence.out:
            raise Refused("agent_out", "You are signed out of calls. Be ready, or pause, to call somebody.")
        if agent.duty is Duty.wrapping:
            raise Refused("finish_wrap_up_first", "Say what came of the last call first; then you can call.")
        if agent.duty is Duty.idle and self._switchboard.engaged(agent.endpoint or ""):
            raise Refused("agent_busy", "Your phone rings or talks. End that before you call somebody.")
        if not self._state.line_up:
            raise NoLink("The switch cannot be reached just now. Nobody was called; try again in a moment.")

    def _begin(self, attempt: Attempt, stint: Stint, turn: Turn) -> None:
        interaction = Interaction(
            id=attempt.interaction_id,
            state=InteractionState.dialling,
            leg=attempt.customer_leg,
            channel="",
            queue_id=MAIN_QUEUE,
            did="",
            language="",
            arrived_at=turn.at,
            direction="outbound",
            number=attempt.number,
            match=Match.known if attempt.customer_id else None,
            customer_id=attempt.customer_id,
            contact_id=attempt.contact_id,
            stint_id=stint.id,
        )
        self._state.put_interaction(interaction)
        if attempt.customer_id is None:
            turn.send(
                IdentifyCaller(order_id=turn.new_id("look"), interaction_id=interaction.id, number=attempt.number)
            )
            turn.due(turn.at + LOOK_UP, LookUpDue(key=f"lookup-{interaction.id}", interaction_id=interaction.id))

    @on(PermitGranted)
    def _granted(self, fact: PermitGranted, turn: Turn) -> None:
        attempt = self._state.attempts.get(fact.attempt_id)
        if attempt is None or attempt.state is not AttemptState.asked:
            return
        attempt = self._put(attempt, "permit", permit_id=fact.permit_id)
        turn.cancel(f"permit-{attempt.id}")
        turn.emit(
            DialPermitted(
                attempt_id=attempt.id, interaction_id=attempt.interaction_id, permit_id=attempt.permit_id or ""
            )
        )
        agent, trunk = self._state.agents.get(attempt.agent_id), self._state.trunks.get(MAIN_TRUNK)
        if agent is None or agent.endpoint is None or trunk is None:
            return self._end(attempt, Outcome.failed, "agent_gone", turn)
        interaction = self._state.interactions.get(attempt.interaction_id)
        turn.emit(LegOrdered(interaction_id=attempt.interaction_id, leg=attempt.leg, endpoint=agent.endpoint))
        turn.send(
            RingDialler(
                order_id=f"dialler-{attempt.id}",
                leg=attempt.leg,
                interaction_id=attempt.interaction_id,
                endpoint=agent.endpoint,
                timeout=AGENT_RINGS,
                wait=trunk.ring_seconds + AGENT_RINGS,
                number=attempt.number,
                name=interaction.name if interaction is not None else None,
            )
        )
        self._watch(attempt, AGENT_RINGS, turn)

    @on(PermitRefused)
    def _refused(self, fact: PermitRefused, turn: Turn) -> None:
        attempt = self._state.attempts.get(fact.attempt_id)
        if attempt is None or attempt.state is not AttemptState.asked:
            return
        refusal = DialRefused(
            attempt_id=attempt.id,
            interaction_id=attempt.interaction_id,
            error=fact.error,
            message=fact.message,
            status=fact.status,
            details=fact.details,
        )
        turn.emit(refusal)
        self._end(attempt, Outcome.refused, fact.error, turn)

    @on(PermitDue)
    def _permit_due(self, due: PermitDue, turn: Turn) -> None:
        attempt = self._state.attempts.get(due.attempt_id)
        if attempt is not None and attempt.state is AttemptState.asked:
            self._end(attempt, Outcome.failed, "no_permit_in_time", turn)

    # ── the agent's phone, then the number ──────────────────────────────────────────────────────────────

    @on(AgentLegUp)
    def _agent_up(self, event: AgentLegUp, turn: Turn) -> None:
        """The agent's phone has answered: now, and only now, the number is dialled."""
        attempt = self._live(event.leg)
        trunk = self._state.trunks.get(MAIN_TRUNK)
        if attempt is None or attempt.state is not AttemptState.permitted or trunk is None:
            return
        if not event.channel:
            return self._end(attempt, Outcome.failed, "leg_unknown", turn)
        for stint in self._state.stints.where("leg", event.leg):
            self._state.stints.put(replace(stint, channel=event.channel))
        attempt = self._put(attempt, "dialed", dialed_at=turn.at)
        far = LegOrdered(interaction_id=attempt.interaction_id, leg=attempt.customer_leg, endpoint="", dialled=True)
        turn.emit(far)
        turn.send(
            DialOut(
                order_id=f"dial-{attempt.id}",
                leg=attempt.customer_leg,
                interaction_id=attempt.interaction_id,
                permit_id=attempt.permit_id or "",
                trunk=trunk.dial,
                agent_channel=event.channel,
                timeout=trunk.ring_seconds,
                number=attempt.number,
                caller_number=trunk.caller_number,
            )
        )
        self._watch(attempt, trunk.ring_seconds, turn)

    @on(CustomerDialled)
    def _dialled(self, event: CustomerDialled, turn: Turn) -> None:
        interaction = self._state.interactions.get(event.interaction_id)
        if interaction is not None and interaction.state is InteractionState.dialling:
            changed = self._state.put_interaction(interaction, leg=event.leg, channel=event.channel)
            record_call(self._state, changed, turn)

    @on(CustomerRinging)
    def _ringing(self, event: CustomerRinging, turn: Turn) -> None:
        attempt = self._of(event.interaction_id)
        if attempt is not None and attempt.ringing_at is None:
            self._state.attempts.put(replace(attempt, ringing_at=turn.at))

    @on(CustomerUp)
    def _up(self, event: CustomerUp, turn: Turn) -> None:
        attempt = self._of(event.interaction_id)
        if attempt is not None and attempt.state is AttemptState.dialing:
            self._put(attempt, "answered", answered_at=turn.at)
            turn.cancel(f"dial-{attempt.id}")

    @on(Joined)
    def _joined(self, event: Joined, turn: Turn) -> None:
        attempt = self._of(event.interaction_id)
        if attempt is not None and attempt.state is not AttemptState.bridged:
            self._put(attempt, "joined", answered_at=attempt.answered_at or turn.at)
            turn.cancel(f"dial-{attempt.id}")

    # ── ends ────────────────────────────────────────────────────────────────────────────────────────────

    @on(CallerLeft)
    def _number_ended(self, event: CallerLeft, turn: Turn) -> None:
        attempt = self._of(event.interaction_id)
        if attempt is None:
            return
        if attempt.state is AttemptState.bridged:
            return self._end(attempt, Outcome.reached, "talked", turn)
        if self._state.line_up or not event.unseen:
            self._number_gone(attempt, event.cause, event.unseen, f"cause_{event.cause}", turn)

    def _number_gone(self, attempt: Attempt, cause: int, unseen: bool, reason: str, turn: Turn) -> None:
        answered, given_up = attempt.answered_at is not None, attempt.reason == "agent_hung_up"
        outcome = outcome_of(cause, unseen=unseen, answered=answered, given_up=given_up)
        self._end(attempt, outcome, attempt.reason or reason, turn)

    @on(AgentLegEnded)
    def _agent_ended(self, event: AgentLegEnded, turn: Turn) -> None:
        """Before the number was dialled that is all; later the number's leg is ended first, and its end awaited."""
        attempt = self._live(event.leg)
        if attempt is None or attempt.state is AttemptState.bridged:
            return
        if attempt.state in SENT:
            self._state.attempts.put(replace(attempt, reason="agent_hung_up"))
            self._hang_up(attempt, attempt.customer_leg, turn)
            turn.due(turn.at + GRACE, DialDue(key=f"dial-{attempt.id}", attempt_id=attempt.id))
        else:
            self._end(attempt, Outcome.failed, "agent_phone", turn)

    @on(HangUpCall)
    def _give_up(self, command: HangUpCall, turn: Turn) -> None:
        """Before there is a leg to hang up (Control sees to that), the attempt is simply over."""
        attempt = self._of(command.interaction_id)
        if attempt is not None and attempt.state in (AttemptState.asked, AttemptState.permitted):
            self._end(attempt, Outcome.cancelled, "agent_hung_up", turn)

    @on(OrderFailed)
    def _order_failed(self, event: OrderFailed, turn: Turn) -> None:
        """Refused: it never began. Without an answer nobody knows: the leg's own end, the snapshot or the time tell."""
        kind, _, attempt_id = event.order_id.partition("-")
        attempt = self._state.attempts.get(attempt_id)
        if kind not in ("dialler", "dial") or attempt is None or event.unknown:
            return
        self._end(attempt, Outcome.failed, "switch_refused", turn)

    @on(DialDue)
    def _dial_due(self, due: DialDue, turn: Turn) -> None:
        """The switch said nothing of the end: what may live is hung up; then it is over, unknown. While the link is
        down the switch cannot say anything, and both may talk: the snapshot decides."""
        attempt = self._state.attempts.get(due.attempt_id)
        if attempt is None or attempt.state is AttemptState.bridged:
            return
        if attempt.state in SENT and not self._state.line_up:
            return
        if attempt.reason is None:
            self._state.attempts.put(replace(attempt, reason="timed_out"))
            self._hang_up(attempt, attempt.customer_leg if attempt.state in SENT else attempt.leg, turn)
            turn.due(turn.at + GRACE, DialDue(key=f"dial-{attempt.id}", attempt_id=attempt.id))
            return
        outcome = Outcome.unknown if attempt.state in SENT else Outcome.failed
        self._end(attempt, outcome, attempt.reason, turn)

    @on(SwitchBack)
    def _switch_back(self, event: SwitchBack, turn: Turn) -> None:
        """The snapshot decides: a leg that it does not show was never made, or is gone. Nothing is sent again. Of a
        number that is dialled only now, for it showed that the agent's phone has answered, it knows nothing."""
        only_now = {one.leg for one in turn.orders if isinstance(one, DialOut)}
        for attempt in [one for one in self._state.attempts if one.customer_leg not in only_now]:
            sent = attempt.state in SENT
            leg = attempt.customer_leg if sent else attempt.leg
            if attempt.state in (AttemptState.asked, AttemptState.bridged):
                continue
            if not self._switchboard.alive(leg):
                if sent:
                    self._number_gone(attempt, 0, True, "leg_gone", turn)
                else:
                    self._end(attempt, Outcome.failed, "leg_gone", turn)
            elif attempt.state is AttemptState.dialing and turn.deadlines.get(f"dial-{attempt.id}") is None:
                self._watch(attempt, 0, turn)

    @on(LinkDown)
    def _started(self, fact: LinkDown, turn: Turn) -> None:
        """After a kill: whoever was asked for a permit will not answer any more."""
        if fact.reason == "start":
            for attempt in list(self._state.attempts):
                if attempt.state is AttemptState.asked:
                    self._end(attempt, Outcome.failed, "restarted", turn)

    def _end(self, attempt: Attempt, outcome: Outcome, reason: str, turn: Turn) -> None:
        """The attempt is over, and the number free again. Legs that live are hung up, unless both talk."""
        attempt = self._put(attempt, "ends", ended_at=turn.at, outcome=outcome, reason=reason)
        for key in (f"permit-{attempt.id}", f"dial-{attempt.id}"):
            turn.cancel(key)
        turn.save(ReleaseNumber(attempt_id=attempt.id))
        turn.emit(
            DialEnded(
                attempt_id=attempt.id, interaction_id=attempt.interaction_id, outcome=outcome.value, reason=reason
            )
        )
        self._state.attempts.retire(attempt.id)
        if outcome is Outcome.reached:
            return
        for leg in (attempt.customer_leg, attempt.leg):
            if self._switchboard.alive(leg):
                self._hang_up(attempt, leg, turn)
        self._close(attempt, turn)

    def _close(self, attempt: Attempt, turn: Turn) -> None:
        """Nobody talked: the interaction ends with the attempt, and the agent is as before."""
        reason = (attempt.outcome or Outcome.failed).value
        for stint in self._state.stints.where("leg", attempt.leg):
            done = STINT.observe(stint.state, "dropped")
            self._state.stints.put(replace(stint, state=done, done_at=turn.at, end_reason=reason))
        interaction = self._state.interactions.get(attempt.interaction_id)
        if interaction is not None and interaction.ended_at is None:
            closed = INTERACTION.observe(interaction.state, "not_reached")
            ended = self._state.put_interaction(interaction, state=closed, ended_at=turn.at, end_reason=reason)
            turn.cancel(f"lookup-{ended.id}")
            if attempt.dialed_at is not None:
                record_call(self._state, ended, turn)
            turn.emit(InteractionEnded(interaction_id=ended.id, state=ended.state.value, reason=reason))
        change_duty(self._state, attempt.agent_id, "released", turn.at)
        self._state.tidy(attempt.interaction_id)

    def _hang_up(self, attempt: Attempt, leg: str, turn: Turn) -> None:
        turn.send(HangUp(order_id=turn.new_id("hup"), leg=leg, interaction_id=attempt.interaction_id))

    def _watch(self, attempt: Attempt, seconds: int, turn: Turn) -> None:
        due = turn.at + timedelta(seconds=seconds) + GRACE
        turn.due(due, DialDue(key=f"dial-{attempt.id}", attempt_id=attempt.id))

    def _put(self, attempt: Attempt, fact: str, **changes: Any) -> Attempt:
        state = ATTEMPT.observe(attempt.state, fact)
        return self._state.attempts.put(replace(attempt, state=state, **changes))

    def _of(self, interaction_id: str) -> Attempt | None:
        """The live attempt behind an interaction."""
        found = self._state.attempts.where("interaction_id", interaction_id)
        return found[0] if found and found[0].ended_at is None else None

    def _live(self, leg: str) -> Attempt | None:
        found = self._state.attempts.where("leg", leg)
        return found[0] if found and found[0].ended_at is None else None
