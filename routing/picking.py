"""An agent picks a caller who waits: an offer to them now, whoever's turn it is. Everybody else keeps their place."""

from __future__ import annotations

from dataclasses import replace

from kernel.errors import Forbidden, LinkDown, NotFound, Refused
from kernel.handling import Handles, on
from kernel.turn import Turn
from routing.demands import ability_of, widest
from routing.matching.demand import unfit
from routing.messages import PickCall
from routing.offers import Offers
from routing.rows import TALKING, Agent, Interaction, InteractionState, Offer, OfferState, Presence, rejection
from routing.state import State

RESTING = "resting"
"""No hindrance: a rest keeps callers from being given to an agent, not an agent from taking one."""


class Picking(Handles):
    """Says why not, by a stable id, where it cannot be. A picked offer is an offer like any: the screen before the
    ring, one claim; when it is missed or declined the caller goes on at the same place."""

    def __init__(self, state: State, offers: Offers) -> None:
        self._state = state
        self._offers = offers

    @on(PickCall)
    def _pick(self, command: PickCall, turn: Turn) -> None:
        caller = self._caller(command.interaction_id)
        agent = self._state.agent(command.actor)
        offer = self._open(caller, agent)
        if offer is None:
            if not self._state.line_up:
                raise LinkDown(
                    "The switch cannot be reached just now. The callers keep their places; try again in a moment."
                )
            if not command.anywhere:
                self._must_serve(caller, agent)
            self._must_wait(caller)
            self._must_be_free(agent, turn)
            offer = self._offers.pick(caller, agent, turn)
        turn.reply = {"offer_id": offer.id}

    def _caller(self, interaction_id: str) -> Interaction:
        caller = self._state.interaction(interaction_id)
        if caller.ended_at is not None:
            raise NotFound("call_gone", "This caller has gone.", interaction_id=interaction_id)
        return caller

    def _open(self, caller: Interaction, agent: Agent) -> Offer | None:
        """The open offer of this caller to this agent, picked before or given."""
        offers = self._state.live_offers(caller.id)
        open_ = (one for one in offers if one.agent_id == agent.id and one.state is OfferState.pending)
        return next(open_, None)

    def _must_serve(self, caller: Interaction, agent: Agent) -> None:
        """When all steps and tiers of the queue have come: whoever is to help out later may do so now."""
        ability = ability_of(self._state.profiles.get(agent.id))
        why = unfit(widest(self._state.queue_of(caller)), agent.id, ability)
        if why is not None:
            message = "This call is of a queue or wants a skill that is not yours."
            raise Forbidden("pick_not_served", message, reason=why)

    def _must_wait(self, caller: Interaction) -> None:
        """And nobody's phone may ring for them, or may still be answered."""
        offers = self._state.live_offers(caller.id)
        if caller.state in TALKING:
            raise Refused("pick_answered", "Somebody talks to this caller already.", by=self._talker(caller))
        if caller.state is InteractionState.in_fallback:
            raise Refused("pick_in_fallback", "The switch's own queue rings phones for this caller just now.")
        outside = self._state.outside_of(caller.id)
        if outside is not None:
            raise Refused("pick_ringing", "A phone rings for this caller already.", by=outside.number)
        if offers:
            names = [self._name(one.agent_id) for one in offers]
            raise Refused("pick_ringing", "A phone rings for this caller already.", by=", ".join(names))

    def _must_be_free(self, agent: Agent, turn: Turn) -> None:
        """A pause keeps callers from being given, not from being picked: it goes on after the call."""
        why = rejection(
            replace(agent, presence=Presence.ready) if agent.presence is Presence.paused else agent, turn.at
        )
        if why == "phone_lost":
            raise Refused("pick_no_phone", "Your phone is not reached. Look at it, then pick the caller.")
        if why not in (None, RESTING):
            raise Refused("pick_not_free", "You are not free. Finish what you do, then pick the caller.", reason=why)
        if self._offers.engaged(agent):
            raise Refused("pick_phone_in_use", "Your phone is in use. Try again in a moment.")

    def _talker(self, caller: Interaction) -> str:
        stint = self._state.current_stint(caller)
        return self._name(stint.agent_id) if stint is not None else ""

    def _name(self, agent_id: str) -> str:
        agent = self._state.agents.get(agent_id)
        return agent.name if agent is not None else ""
