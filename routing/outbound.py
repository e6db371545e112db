"""Calls that agents make: permit first, then the agent's phone, then the number; each dialled once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from cti import ids
from cti.events import AgentLegUp, CustomerDialled, CustomerRinging, CustomerUp, Joined, LegOrdered, StrayLeg
from cti.facts import LinkDown
from cti.orders import DialOut, RingDialler
from kernel.errors import LinkDown as NoLink
from kernel.errors import Refused
from kernel.handling import Handles, on
from kernel.turn import Turn
from routing.agents import reserve_for_outbound
from routing.attempts import ATTEMPT, Attempt, AttemptState, Outcome, Trunk, wanted
from routing.dialends import DialEnds
from routing.dialling import (
    AskPermit,
    DialNumber,
    DialPermitted,
    DialRefused,
    PermitDue,
    PermitGranted,
    PermitRefused,
    TrunkConfigured,
)
from routing.dues import LookUpDue
from routing.messages import IdentifyCaller
from routing.record import record_call
from routing.rows import Agent, Duty, Interaction, InteractionState, Match, Presence, Stint, StintState
from routing.state import MAIN_QUEUE, MAIN_TRUNK, State, advance
from routing.switchboard import Switchboard

LOOK_UP = timedelta(seconds=1)
PERMIT_WITHIN = timedelta(seconds=8)
AGENT_RINGS = 20


class Outbound(Handles):
    """Keeps the attempts. It comes before Visits, which takes over once both talk."""

    def __init__(self, state: State, switchboard: Switchboard, ends: DialEnds) -> None:
        self._state = state
        self._switchboard = switchboard
        self._ends = ends

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
            leg=turn.new_id(ids.AGENT),
            customer_leg=turn.new_id(ids.DIALLED),
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
                customer_id=command.customer_id,
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
        if agent.duty is Duty.idle and agent.endpoint and self._switchboard.in_use(agent.endpoint):
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
        attempt = advance(self._state, attempt, "permit", permit_id=fact.permit_id)
        turn.cancel(f"permit-{attempt.id}")
        turn.emit(
            DialPermitted(
                attempt_id=attempt.id, interaction_id=attempt.interaction_id, permit_id=attempt.permit_id or ""
            )
        )
        agent, trunk = self._state.agents.get(attempt.agent_id), self._state.trunks.get(MAIN_TRUNK)
        if agent is None or agent.endpoint is None or trunk is None:
            return self._ends.end(attempt, Outcome.failed, "agent_gone", turn)
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
        self._ends.watch(attempt, AGENT_RINGS, turn)

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
        self._ends.end(attempt, Outcome.refused, fact.error, turn)

    @on(PermitDue)
    def _permit_due(self, due: PermitDue, turn: Turn) -> None:
        attempt = self._state.attempts.get(due.attempt_id)
        if attempt is not None and attempt.state is AttemptState.asked:
            self._ends.end(attempt, Outcome.failed, "no_permit_in_time", turn)

    @on(LinkDown)
    def _started(self, fact: LinkDown, turn: Turn) -> None:
        """After a kill: whoever was asked for a permit will not answer any more."""
        if fact.reason == "start":
            for attempt in list(self._state.attempts):
                if attempt.state is AttemptState.asked:
                    self._ends.end(attempt, Outcome.failed, "restarted", turn)

    # ── the agent's phone, then the number ──────────────────────────────────────────────────────────────

    @on(AgentLegUp)
    def _agent_up(self, event: AgentLegUp, turn: Turn) -> None:
        """The agent's phone has answered: now, and only now, the number is dialled."""
        attempt = self._state.attempt_on(event.leg)
        trunk = self._state.trunks.get(MAIN_TRUNK)
        if attempt is None or attempt.state is not AttemptState.permitted or trunk is None:
            return
        if not event.channel:
            return self._ends.end(attempt, Outcome.failed, "leg_unknown", turn)
        for stint in self._state.stints.where("leg", event.leg):
            self._state.stints.put(replace(stint, channel=event.channel))
        attempt = advance(self._state, attempt, "dialed", dialed_at=turn.at)
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
        self._ends.watch(attempt, trunk.ring_seconds, turn)

    @on(StrayLeg)
    def _late(self, event: StrayLeg, turn: Turn) -> None:
        """The number's leg comes when it was thought that it never would: it is still wanted while nobody gave up."""
        attempt = self._state.dialled_on(event.leg)
        if attempt is not None and wanted(attempt):
            self._dialled(
                CustomerDialled(interaction_id=attempt.interaction_id, leg=event.leg, channel=event.channel), turn
            )

    @on(CustomerDialled)
    def _dialled(self, event: CustomerDialled, turn: Turn) -> None:
        interaction = self._state.interactions.get(event.interaction_id)
        if interaction is not None and interaction.state is InteractionState.dialling:
            changed = self._state.put_interaction(interaction, leg=event.leg, channel=event.channel)
            record_call(self._state, changed, turn)

    @on(CustomerRinging)
    def _ringing(self, event: CustomerRinging, turn: Turn) -> None:
        attempt = self._state.attempt_of(event.interaction_id)
        if attempt is not None and attempt.ringing_at is None:
            self._state.attempts.put(replace(attempt, ringing_at=turn.at))

    @on(CustomerUp)
    def _up(self, event: CustomerUp, turn: Turn) -> None:
        attempt = self._state.attempt_of(event.interaction_id)
        if attempt is not None and attempt.state is AttemptState.dialing:
            advance(self._state, attempt, "answered", answered_at=turn.at)
            turn.cancel(f"dial-{attempt.id}")

    @on(Joined)
    def _joined(self, event: Joined, turn: Turn) -> None:
        attempt = self._state.attempt_of(event.interaction_id)
        if attempt is not None and attempt.state in (AttemptState.dialing, AttemptState.answered):
            advance(self._state, attempt, "joined", answered_at=attempt.answered_at or turn.at)
            turn.cancel(f"dial-{attempt.id}")
