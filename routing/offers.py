"""Offers: a caller is shown to an agent (or to all who are free), then the phone rings; the answered leg is the
acceptance. Of several phones that ring at once the first answered has the caller, and the others are rescinded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from cti.events import (
    AgentLegEnded,
    AgentLegRinging,
    AgentLegUp,
    CallerWaits,
    LegOrdered,
    OrderFailed,
    SwitchBack,
)
from cti.ids import AGENT
from cti.orders import DropClaim, GrantClaim, RingAgent
from kernel.errors import NotFound, Refused
from kernel.handling import Handles, on
from kernel.messages import Message
from kernel.turn import Turn
from routing.agents import change_duty
from routing.dues import LegGoneDue, MatchDue, OfferDue, RenderDue
from routing.endings import ANSWERED_ELSEWHERE, Ending, ending_of, failed_rest, refused_rest, unanswered
from routing.legs import end_leg
from routing.machines import DUTY, INTERACTION, OFFER, PRESENCE, STINT
from routing.matchmaking import Matchmaker
from routing.messages import (
    AgentPausedForMisses,
    AgentPausedForPhone,
    DeclineOffer,
    OfferEnded,
    OfferMade,
    OfferRendered,
    SaveChoice,
)
from routing.queuerows import SHARING, Queue, Strategy
from routing.rows import Agent, Duty, Interaction, InteractionState, Offer, OfferState, Presence, Reach, Stint
from routing.standing import MISSED
from routing.state import State
from routing.switchboard import Switchboard
from routing.tallies import Round

GRACE = timedelta(seconds=3)
"""How long after the switch's own ring time-out we wait for it to say so."""
LEG_GONE = timedelta(seconds=5)
"""How long an ended offer's leg may take to disappear before the caller is offered again."""

SILENT_RINGS = 3
"""How often a phone may fail to ring where no number of misses pauses the agent."""
PHONE_SILENT = "phone_silent"
"""The pause reason of an agent whose phone the switch reaches, and which does not ring."""


class Offers(Handles):
    """Makes offers, rings, and ends them. It comes last among routing's handlers, so it matches after each message."""

    def __init__(
        self, state: State, switchboard: Switchboard, matchmaker: Matchmaker, sent_on: Callable[[Turn], None]
    ) -> None:
        """`sent_on` sees to those who are not to be offered here any more, before each matching."""
        self._state = state
        self._sent_on = sent_on
        self._switchboard = switchboard
        self._matchmaker = matchmaker

    def handle(self, message: Message, turn: Turn) -> None:
        """A deadline (MatchDue) may be no more than the moment from which somebody can be offered."""
        super().handle(message, turn)
        self._sent_on(turn)
        if self._state.line_up and self._matchmaker.due(turn.at):
            self._match(turn)

    # ── making ──────────────────────────────────────────────────────────────────────────────────────────

    def _match(self, turn: Turn) -> None:
        while (choice := self._matchmaker.next(turn.at)) is not None:
            choice_id: str | None = None
            for agent_id in choice.agents:
                caller, agent = self._state.interactions[choice.caller], self._state.agents[agent_id]
                choice_id = self._offer(caller, agent, choice_id, turn).choice_id
            if choice_id is not None:
                turn.save(SaveChoice(id=choice_id, interaction_id=choice.caller, why=choice.why))

    def pick(self, caller: Interaction, agent: Agent, turn: Turn) -> Offer:
        """Offer a caller who waits to an agent who picked them; nobody else is rung beside, and nobody's turn is used
        up. Refused for a caller who cannot be offered now."""
        why = self._matchmaker.picked(caller.id, agent.id, turn.at)
        if why is None:
            raise Refused("pick_not_waiting", "This caller does not wait for an agent just now.")
        offer = self._offer(caller, agent, None, turn, picked=True)
        turn.save(SaveChoice(id=offer.choice_id, interaction_id=caller.id, why=why))
        return offer

    def engaged(self, agent: Agent) -> bool:
        """Whether their phone is in use, or an offer to them is not over."""
        return self._matchmaker.engaged(agent)

    def _offer(
        self, caller: Interaction, agent: Agent, choice_id: str | None, turn: Turn, picked: bool = False
    ) -> Offer:
        queue = self._state.queue_of(caller)
        offer_id = turn.new_id("of")
        offer = Offer(
            id=offer_id,
            interaction_id=caller.id,
            agent_id=agent.id,
            endpoint=agent.endpoint or "",
            state=OfferState.pending,
            leg=turn.new_id(AGENT),
            claim=offer_id,
            made_at=turn.at,
            deadline=turn.at + timedelta(milliseconds=queue.render_ms, seconds=queue.ring_seconds),
            choice_id=choice_id or offer_id,
            shared=not picked and queue.strategy in SHARING,
        )
        stint = Stint(turn.new_id("st"), caller.id, agent.id, STINT.initial, turn.at, offer.leg)
        self._state.offers.put(offer)
        self._state.stints.put(stint)
        state = INTERACTION.after(caller.state, "offer")
        self._state.put_interaction(caller, state=state, offer_id=caller.offer_id or offer.id)
        self._state.put_agent(agent, duty=DUTY.after(agent.duty, "reserve"), why="offered", about=None)
        turn.due(
            turn.at + timedelta(milliseconds=queue.render_ms), RenderDue(key=f"render-{offer.id}", offer_id=offer.id)
        )
        if not picked:
            self._note_turn(queue, offer, turn)
        turn.emit(OfferMade(interaction_id=caller.id, offer_id=offer.id, agent_id=agent.id, picked=picked))
        return offer

    def _note_turn(self, queue: Queue, offer: Offer, turn: Turn) -> None:
        """Whose turn it was, where each has theirs, or when the next phone is to ring too."""
        if queue.strategy is Strategy.round_robin:
            self._state.rounds.put(Round(queue.id, offer.agent_id))
        elif queue.strategy is Strategy.ring_progressively:
            due = turn.at + timedelta(seconds=queue.progress_seconds)
            turn.due(due, MatchDue(key=f"match-{offer.id}"))

    @on(OfferRendered)
    def _rendered(self, command: OfferRendered, turn: Turn) -> None:
        offer = self._state.pending(command.offer_id)
        if offer is None or offer.agent_id != command.actor or offer.rendered_at is not None:
            return
        self._ring(self._state.offers.put(replace(offer, rendered_at=turn.at)), turn)

    @on(RenderDue)
    def _render_due(self, due: RenderDue, turn: Turn) -> None:
        offer = self._state.pending(due.offer_id)
        if offer is not None:
            self._ring(offer, turn)

    def _ring(self, offer: Offer, turn: Turn) -> None:
        if offer.ring_ordered_at is not None:
            return
        caller = self._state.interaction(offer.interaction_id)
        ring = self._state.queue_of(caller).ring_seconds
        deadline = turn.at + timedelta(seconds=ring)
        self._state.offers.put(replace(offer, ring_ordered_at=turn.at, leg_live=True, deadline=deadline))
        turn.cancel(f"render-{offer.id}")
        turn.due(deadline + GRACE, OfferDue(key=f"offer-{offer.id}", offer_id=offer.id))
        turn.emit(LegOrdered(interaction_id=caller.id, leg=offer.leg, endpoint=offer.endpoint))
        turn.send(
            RingAgent(
                order_id=f"ring-{offer.id}",
                leg=offer.leg,
                endpoint=offer.endpoint,
                caller_channel=caller.channel,
                interaction_id=caller.id,
                claim=offer.claim,
                timeout=ring,
                caller_number=caller.number,
                caller_name=caller.name,
                shared=offer.shared,
            )
        )

    # ── what the agent's leg does ───────────────────────────────────────────────────────────────────────

    @on(AgentLegRinging)
    def _ringing(self, event: AgentLegRinging, turn: Turn) -> None:
        offer = self._by_leg(event.leg)
        if offer is not None and offer.state is OfferState.pending and offer.ringing_at is None:
            self._state.offers.put(replace(offer, ringing_at=turn.at))
            agent = self._state.agents.get(offer.agent_id)
            if agent is not None and agent.silent:
                self._state.put_agent(agent, silent=0)

    @on(AgentLegUp)
    def _up(self, event: AgentLegUp, turn: Turn) -> None:
        offer = self._by_leg(event.leg)
        if offer is not None and offer.state is OfferState.pending:
            state = OFFER.observe(offer.state, "answered")
            offer = self._state.offers.put(replace(offer, state=state, answered_at=turn.at))
            turn.cancel(f"offer-{offer.id}")
            if offer.shared:
                if self._state.line_up:  # else the snapshot's end grants it, once it is known where the caller is
                    self._grant(offer, turn)
                self.rescind(offer.interaction_id, offer.leg, offer.agent_id, turn)

    def _grant(self, offer: Offer, turn: Turn, back: bool = False) -> None:
        """The first answer has the caller: only now does the caller carry a claim, and only this leg's. While the
        switch's own queue has the caller a claim is void, and would end the leg that waits for it."""
        caller = self._state.interactions.get(offer.interaction_id)
        if caller is None or caller.ended_at is not None or caller.state is InteractionState.in_fallback:
            return
        if any(isinstance(one, GrantClaim) and one.claim == offer.claim for one in turn.orders):
            return
        ids = {"interaction_id": caller.id, "caller_channel": caller.channel}
        turn.send(GrantClaim(order_id=turn.new_id("grant"), **ids, claim=offer.claim, back=back))

    @on(CallerWaits)
    def _back(self, event: CallerWaits, turn: Turn) -> None:
        """Out of the switch's own queue: who answered meanwhile, and waits on an open line, has the caller now."""
        for offer in self._state.live_offers(event.interaction_id):
            if offer.shared and offer.state is OfferState.accepted and offer.ended_at is None:
                self._grant(offer, turn, back=True)

    def rescind(self, interaction_id: str, leg: str, by: str | None, turn: Turn) -> None:
        """Somebody has the caller with `leg`: every other open offer of the caller is over, and nobody's fault."""
        for other in self._state.live_offers(interaction_id):
            if other.leg != leg and other.ended_at is None:
                self.end(other, Ending("answered_elsewhere", "answered_elsewhere", by=by), turn)

    @on(AgentLegEnded)
    def _leg_ended(self, event: AgentLegEnded, turn: Turn) -> None:
        offer = self._by_leg(event.leg)
        if offer is None:
            return
        offer = self._state.offers.put(replace(offer, leg_live=False))
        if offer.ended_at is not None:
            self._release(offer, turn)
        else:
            self.end(offer, self._ending_of(offer, event), turn)

    def _ending_of(self, offer: Offer, event: AgentLegEnded | None = None) -> Ending:
        """How the offer ends by its leg's end, or by time alone: nobody's fault while the switch cannot tell of it."""
        if event is None and not self._state.line_up:
            return Ending("failed", "leg_gone")
        queue = self._state.queue_of(self._state.interaction(offer.interaction_id))
        agent = self._state.agents.get(offer.agent_id)
        there = agent is not None and agent.device is Reach.reachable
        return unanswered(offer, queue, there) if event is None else ending_of(offer, event, queue, there)

    @on(OrderFailed)
    def _order_failed(self, event: OrderFailed, turn: Turn) -> None:
        if not event.order_id.startswith("ring-"):
            return
        offer = self._state.pending(event.order_id.removeprefix("ring-"))
        if offer is not None and not event.unknown:
            offer = self._state.offers.put(replace(offer, leg_live=False))
            queue = self._state.queue_of(self._state.interaction(offer.interaction_id))
            rest = failed_rest(queue) if self._state.line_up else 0
            self.end(offer, Ending("failed", "switch_refused", rest), turn)

    @on(SwitchBack)
    def _switch_back(self, event: SwitchBack, turn: Turn) -> None:
        """Offers whose leg the snapshot does not show are over: the order never arrived, or the leg ended unseen."""
        for offer in list(self._state.offers):
            if offer.ring_ordered_at is None:
                continue
            if self._switchboard.alive(offer.leg):
                if offer.shared and offer.state is OfferState.accepted and offer.ended_at is None:
                    self._grant(offer, turn)  # the first word may be lost with the link
                if offer.ended_at is not None and not self._switchboard.partner(offer.leg):
                    self._hang_up(offer, turn)  # so may the order to end it
                continue
            gone = self._state.offers.put(replace(offer, leg_live=False))
            if offer.ended_at is None:
                self.end(gone, Ending("failed" if offer.state is OfferState.pending else "broken", "leg_gone"), turn)
            else:
                self._release(gone, turn)

    # ── ending ──────────────────────────────────────────────────────────────────────────────────────────

    @on(DeclineOffer)
    def _decline(self, command: DeclineOffer, turn: Turn) -> None:
        offer = self._state.offers.get(command.offer_id)
        if offer is None or offer.agent_id != command.actor:
            raise NotFound("offer_gone", "This call is no longer offered to you.", offer_id=command.offer_id)
        OFFER.after(offer.state, "decline")
        queue = self._state.queue_of(self._state.interaction(offer.interaction_id))
        self.end(offer, Ending("rejected", "declined", refused_rest(queue)), turn)

    @on(OfferDue)
    def _offer_due(self, due: OfferDue, turn: Turn) -> None:
        offer = self._state.pending(due.offer_id)
        if offer is not None:
            self.end(offer, self._ending_of(offer), turn)

    @on(LegGoneDue)
    def _leg_gone_due(self, due: LegGoneDue, turn: Turn) -> None:
        offer = self._state.offers.get(due.offer_id)
        if offer is not None and offer.state is not OfferState.pending:
            self._release(offer, turn)

    def end(self, offer: Offer, how: Ending, turn: Turn) -> None:
        """End an offer. A leg that may live is hung up first and its end awaited before anything else is offered."""
        state = OFFER.observe(offer.state, how.fact)
        ended = replace(offer, state=state, ended_at=turn.at, reason=how.reason, answered_by=how.by)
        self._state.offers.put(ended)
        turn.cancel(f"render-{offer.id}")
        turn.cancel(f"offer-{offer.id}")
        stint = self._stint_of(offer)
        if stint is not None:
            dropped = STINT.observe(stint.state, "dropped")
            self._state.stints.put(replace(stint, state=dropped, done_at=turn.at, end_reason=how.reason))
        self._penalise(offer, how, turn)
        turn.emit(
            OfferEnded(
                interaction_id=offer.interaction_id,
                offer_id=offer.id,
                agent_id=offer.agent_id,
                state=state.value,
                reason=how.reason,
                by=how.by,
            )
        )
        if ended.leg_live:
            self._hang_up(offer, turn)
        else:
            if how.reason == "leg_gone":
                self._drop_claim(offer, turn)
            self._release(ended, turn)

    def _hang_up(self, offer: Offer, turn: Turn) -> None:
        """The leg of an offer that is over; a claim that the caller may carry for it is taken off first."""
        self._drop_claim(offer, turn)
        cause = ANSWERED_ELSEWHERE if self._state.offers[offer.id].reason == "answered_elsewhere" else 16
        end_leg(offer.leg, offer.interaction_id, turn, cause)
        turn.due(turn.at + LEG_GONE, LegGoneDue(key=f"gone-{offer.id}", offer_id=offer.id))

    def _drop_claim(self, offer: Offer, turn: Turn) -> None:
        caller = self._state.interactions.get(offer.interaction_id)
        claimed = not offer.shared or offer.state is OfferState.accepted
        if claimed and caller is not None and caller.ended_at is None:
            turn.send(DropClaim(order_id=turn.new_id("drop"), caller_channel=caller.channel, interaction_id=caller.id))

    def _release(self, offer: Offer, turn: Turn) -> None:
        """The ended offer's leg is gone: the agent is free again, and so is the caller when it was the last."""
        turn.cancel(f"gone-{offer.id}")
        self._state.offers.put(replace(offer, leg_live=False))
        self._state.offers.retire(offer.id)
        caller = self._state.interactions.get(offer.interaction_id)
        left = self._state.live_offers(offer.interaction_id)
        if caller is not None and left and caller.offer_id == offer.id:
            self._state.put_interaction(caller, offer_id=left[0].id)
        elif caller is not None and not left and caller.offer_id is not None:
            state = INTERACTION.observe(caller.state, "offer_over")
            self._state.put_interaction(caller, state=state, offer_id=None)
        change_duty(self._state, offer.agent_id, "released", turn.at, offer.reason or "", offer.answered_by)
        self._state.tidy(offer.interaction_id)

    def _penalise(self, offer: Offer, how: Ending, turn: Turn) -> None:
        agent = self._state.agents.get(offer.agent_id)
        if agent is None or not (how.rest or how.missed):
            return
        until = turn.at + timedelta(seconds=how.rest)
        counts = {"missed": agent.missed + how.missed, "silent": agent.silent + how.silent}
        agent = self._state.put_agent(agent, **counts, not_before=until, idle_since=turn.at)
        turn.due(until, MatchDue(key=f"match-{agent.id}"))
        most = self._state.queue_of(self._state.interaction(offer.interaction_id)).misses_to_pause
        if agent.presence is not Presence.ready:
            return
        if how.missed and 0 < most <= agent.missed:
            paused = PRESENCE.observe(agent.presence, "missed_too_often")
            self._state.put_agent(agent, presence=paused, pause_reason=MISSED)
            turn.emit(AgentPausedForMisses(agent_id=agent.id, missed=agent.missed))
        elif how.silent and agent.silent >= (most or SILENT_RINGS):
            paused = PRESENCE.observe(agent.presence, "phone_failing")
            self._state.put_agent(agent, presence=paused, pause_reason=PHONE_SILENT)
            turn.emit(AgentPausedForPhone(agent_id=agent.id, reason=PHONE_SILENT))

    def _by_leg(self, leg: str) -> Offer | None:
        found = self._state.offers.where("leg", leg)
        return found[0] if found else None

    def _stint_of(self, offer: Offer) -> Stint | None:
        found = self._state.stints.where("leg", offer.leg)
        return found[0] if found else None


def settle_accepted(state: State, offer: Offer, at: datetime) -> None:
    """The accepted offer's leg is in the talk: the offer is history. Misses in a row begin at zero again."""
    state.offers.put(replace(offer, ended_at=at, leg_live=False))
    state.offers.retire(offer.id)
    agent = state.agents.get(offer.agent_id)
    if agent is not None and agent.duty is not Duty.idle:
        state.put_agent(agent, missed=0, silent=0, not_before=None)
