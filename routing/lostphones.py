"""Phones that are lost in a talk: the caller is kept and goes first; a phone that fails again and again is rested."""

from __future__ import annotations

from datetime import timedelta

from cti.events import PhoneChanged
from cti.facts import PHONE_LOST as PHONE_LOST_CAUSES
from cti.facts import ContactGone, LegSound
from cti.orders import HangUp, LookAtLeg
from kernel.handling import Handles, on
from kernel.turn import Turn
from routing.dues import MatchDue, SoundLostDue
from routing.endings import unanswered
from routing.machines import PRESENCE
from routing.messages import AgentPausedForPhone
from routing.offers import Offers
from routing.rows import Agent, Interaction, OfferState, Presence, Stint, StintState
from routing.state import State
from routing.wrapping import Wrapping

PHONE_LOST = PHONE_LOST_CAUSES | {0}
"""And 0: a leg that an outage of the link took."""
NO_SOUND, GONE = 44, 27
PHONE_SETTLES = timedelta(seconds=1)
"""How long after its leg a lost phone's own state may take to come; nobody is offered to it before."""
FAILS_AGAIN = timedelta(minutes=2)
"""A phone that stays registered and loses its sound twice in this time is not rung a third time."""
PHONE_FAILING = "phone_failing"
"""The pause reason of an agent whose phone was rested."""


class LostPhones(Handles):
    """What a lost phone means for its caller and its agent."""

    def __init__(self, state: State, wrapping: Wrapping, offers: Offers) -> None:
        self._state = state
        self._wrapping = wrapping
        self._offers = offers

    def lost(self, interaction: Interaction, stint: Stint, cause: int, turn: Turn) -> None:
        """The caller is kept: the same agent is rung again for a while, then whoever is free, before all others."""
        queue = self._state.queue_of(interaction)
        until = turn.at + timedelta(seconds=queue.lost_phone_seconds)
        self._wrapping.drop(stint, "phone_lost", turn)
        agent = self._state.agents.get(stint.agent_id)
        waits = agent is not None and not (cause == NO_SOUND and self._fails_again(agent, turn))
        agent = self._state.agents.get(stint.agent_id)
        if agent is not None:
            self._state.put_agent(agent, not_before=turn.at + PHONE_SETTLES)
            turn.due(turn.at + PHONE_SETTLES, MatchDue(key=f"match-{agent.id}"))
        self._state.put_interaction(
            interaction,
            stint_id=None,
            front=True,
            again_since=turn.at,
            prefer_agent=stint.agent_id if waits else None,
            prefer_until=until if waits else None,
            preferred=None,
        )
        turn.due(until, MatchDue(key=f"prefer-{interaction.id}"))

    def _fails_again(self, agent: Agent, turn: Turn) -> bool:
        """Nothing tells of a registered phone without sound that it came back: the second failure pauses the agent."""
        key = f"sound-{agent.id}"
        before = turn.deadlines.get(key)
        turn.due(turn.at + FAILS_AGAIN, SoundLostDue(key=key))
        if before is None:
            return False
        if agent.presence is Presence.ready:
            paused = PRESENCE.observe(agent.presence, PHONE_FAILING)
            self._state.put_agent(agent, presence=paused, pause_reason=PHONE_FAILING)
            turn.emit(AgentPausedForPhone(agent_id=agent.id))
        return True

    @on(PhoneChanged)
    def _phone(self, event: PhoneChanged, turn: Turn) -> None:
        """A phone that went away altogether tells by itself when it is back."""
        if not event.reachable:
            for agent in self._state.agents.where("endpoint", event.endpoint):
                turn.cancel(f"sound-{agent.id}")

    @on(ContactGone)
    def _contact_gone(self, fact: ContactGone, turn: Turn) -> None:
        """Of a phone in a talk its sound may go on (only the way of its signalling broke), so that is looked at; a
        page that crashed or was loaded again has none, whether or not it registers again. A phone that rings, or was
        told to, rings for nobody: the caller goes on to the next agent now, and it is no miss."""
        for agent in self._state.agents.where("endpoint", fact.endpoint):
            for stint in self._talks(agent):
                ids = {"leg": stint.leg, "interaction_id": stint.interaction_id}
                turn.send(LookAtLeg(order_id=turn.new_id("see"), **ids))
            self._stop_ringing(agent, fact.endpoint, turn)

    def _stop_ringing(self, agent: Agent, endpoint: str, turn: Turn) -> None:
        for offer in list(self._state.offers.where("agent_id", agent.id)):
            rings = offer.state is OfferState.pending and offer.ring_ordered_at is not None
            if rings and offer.endpoint == endpoint:
                queue = self._state.queue_of(self._state.interaction(offer.interaction_id))
                self._offers.end(offer, unanswered(offer, queue, there=False), turn)

    @on(LegSound)
    def _sound(self, fact: LegSound, turn: Turn) -> None:
        if fact.heard:
            return
        for stint in self._state.stints.where("leg", fact.leg):
            if stint.state in (StintState.joined, StintState.held):
                ids = {"leg": stint.leg, "interaction_id": stint.interaction_id}
                turn.send(HangUp(order_id=turn.new_id("hup"), cause=GONE, **ids))

    def _talks(self, agent: Agent) -> list[Stint]:
        stints = self._state.stints.where("agent_id", agent.id)
        return [one for one in stints if one.state in (StintState.joined, StintState.held)]
