"""How caller and agent part: whose end it was, and what becomes of the caller, who is with nobody then."""

from __future__ import annotations

from cti.events import AgentLegEnded, CallerAfter, SwitchBack
from cti.orders import HangUp
from kernel.handling import Handles, on
from kernel.turn import Turn
from routing.legs import queue_again
from routing.lostphones import PHONE_LOST, LostPhones
from routing.machines import INTERACTION
from routing.rows import TALKING, WAITING, Interaction, InteractionState, Stint, StintState
from routing.state import State
from routing.switchboard import Switchboard
from routing.wrapping import Wrapping


class Partings(Handles):
    """Comes after Visits, which says that the line is up again."""

    def __init__(self, state: State, wrapping: Wrapping, lost_phones: LostPhones, switchboard: Switchboard) -> None:
        self._state = state
        self._wrapping = wrapping
        self._lost_phones = lost_phones
        self._switchboard = switchboard

    @on(AgentLegEnded)
    def _agent_leg_ended(self, event: AgentLegEnded, turn: Turn) -> None:
        interaction = self._state.interactions.get(event.interaction_id)
        stint = self._state.current_stint(interaction) if interaction is not None else None
        if interaction is None or interaction.state not in TALKING:
            return
        if stint is not None and stint.leg != event.leg:
            return
        if stint is None and self._switchboard.partner(interaction.leg):  # on a phone that nobody leased
            return
        gone = self._state.put_interaction(interaction, state=INTERACTION.observe(interaction.state, "agent_gone"))
        if stint is None:
            return
        if event.cause in PHONE_LOST:
            self._lost_phones.lost(gone, stint, event.cause, turn)
        elif event.ours and event.stale and stint.state is StintState.held:
            self._not_resumed(gone, stint, turn)
        elif event.ours and (event.stale or self._state.offers.where("leg", event.leg)):
            self._answered_too_late(gone, stint, turn)
        else:
            self._wrapping.talk_over(stint, "agent_hung_up", turn)
            if not event.ours:  # the switch's own queue ends its callers itself, but for one that we just called back
                return
        if self._state.line_up:  # else it is not known yet where the caller is by now: the snapshot's end decides
            self._after_the_agent(self._state.interactions[gone.id], turn)

    def _after_the_agent(self, interaction: Interaction, turn: Turn) -> None:
        """The agent's leg is gone, and the caller with nobody: who was hung up on goes, everybody else waits again."""
        if interaction.stint_id is None and interaction.outside is None:
            queue_again(interaction, turn)
        else:
            turn.send(HangUp(order_id=turn.new_id("hup"), leg=interaction.leg, interaction_id=interaction.id))

    def _not_resumed(self, interaction: Interaction, stint: Stint, turn: Turn) -> None:
        """The agent's leg was turned away when it came back for the held caller: the talk before that was one."""
        self._wrapping.talk_over(stint, "not_resumed", turn)
        self._state.put_interaction(self._state.interactions[interaction.id], stint_id=None)

    def _answered_too_late(self, interaction: Interaction, stint: Stint, turn: Turn) -> None:
        """The offer was over, and its leg told to end, when the phone picked up all the same: it was no talk, and
        the caller goes back to the old place."""
        self._wrapping.drop(stint, "answered_too_late", turn)
        answered = None if interaction.answered_at == stint.joined_at else interaction.answered_at
        again = None if answered is None else stint.offered_at
        self._state.put_interaction(interaction, stint_id=None, answered_at=answered, again_since=again)

    @on(CallerAfter)
    def _after(self, event: CallerAfter, turn: Turn) -> None:
        """The caller came out of a bridge. While the agent's leg has not ended yet, its end decides; a caller
        who should be waiting (an offer that ended just as it was answered) goes back to the queue."""
        interaction = self._state.interactions.get(event.interaction_id)
        if interaction is not None and interaction.state in WAITING:
            queue_again(interaction, turn)

    @on(SwitchBack)
    def _switch_back(self, event: SwitchBack, turn: Turn) -> None:
        """Callers whose agent is gone, on their way back to the queue or to their end: the order may be lost with the
        link. Those who are in the switch's own queue, or talk there, are not meant."""
        for one in self._state.interactions.where("state", InteractionState.after_call):
            self._after_the_agent(one, turn)
