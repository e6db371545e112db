"""What an agent does to the own call: hold, resume, hang up. The switch's events confirm it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from cti.events import CallerHeld, Joined, OrderFailed, SwitchBack
from cti.orders import HangUp, HoldCaller, ResumeCaller
from kernel.errors import LinkDown, Refused
from kernel.handling import Handles, on
from kernel.turn import Turn
from routing.dues import ControlDue
from routing.machines import STINT
from routing.messages import CallActionFailed, HangUpCall, HoldCall, ResumeCall
from routing.rows import Interaction, Stint, StintState
from routing.state import State
from routing.switchboard import Switchboard

CONFIRMED = timedelta(seconds=5)
"""How long the switch may take to confirm what was asked before it may be asked again."""
STANDS = timedelta(seconds=60)
"""How long what an agent asked stands while the switch cannot be told, or we are away; then they are told that it
failed: who has talked on for that long does not expect it any more."""
HOLD, RESUME, HANG_UP = "hold", "resume", "hang_up"
IN_HAND = frozenset({StintState.dialling, StintState.joined, StintState.held})
SILENT = "The switch did not say that it did this."


class Control(Handles):
    """Call control of agents. What was asked is kept until the switch confirms it, so that a kill or a cut of the link
    between our word and the order does not lose it: the snapshot shows whether it is still to be done."""

    def __init__(self, state: State, switchboard: Switchboard) -> None:
        self._state = state
        self._switchboard = switchboard

    @on(HoldCall)
    def _hold(self, command: HoldCall, turn: Turn) -> None:
        stint = self._own(command.interaction_id, command.actor, HOLD)
        if not self._under_way(stint, turn):
            self._channel(stint)
            self._ask(stint, HOLD, turn)

    @on(ResumeCall)
    def _resume(self, command: ResumeCall, turn: Turn) -> None:
        stint = self._own(command.interaction_id, command.actor, RESUME)
        if not self._under_way(stint, turn):
            self._channel(stint)
            self._ask(stint, RESUME, turn)

    @on(HangUpCall)
    def _hang_up(self, command: HangUpCall, turn: Turn) -> None:
        """End the call: the agent's leg is hung up; its end brings the caller's."""
        self._ask(self._own(command.interaction_id, command.actor, HANG_UP), HANG_UP, turn)

    def _under_way(self, stint: Stint, turn: Turn) -> bool:
        """Whether the switch was just asked for this, or for the end: a second order would tear the legs out of what
        the first made. What it says, or a few seconds of silence, ends the wait."""
        return turn.deadlines.get(_key(stint)) is not None and stint.problem is None

    def _ask(self, stint: Stint, verb: str, turn: Turn) -> None:
        self._order(self._state.stints.put(replace(stint, asked=verb, asked_at=turn.at, problem=None)), turn)

    def _order(self, stint: Stint, turn: Turn) -> None:
        """Tell the switch what is asked; each time under an id of its own, since each may be refused."""
        interaction = self._state.interaction(stint.interaction_id)
        order_id = f"{stint.asked}-{turn.new_id('ask')}"
        if stint.asked == HANG_UP:
            turn.send(HangUp(order_id=order_id, leg=stint.leg, interaction_id=interaction.id))
        else:
            channels = {"caller_channel": interaction.channel, "agent_channel": stint.channel or ""}
            ids = {"order_id": order_id, "interaction_id": interaction.id, **channels}
            turn.send(HoldCaller(**ids) if stint.asked == HOLD else ResumeCaller(**ids, claim=stint.id))
        self._await(stint, turn)

    def _await(self, stint: Stint, turn: Turn) -> None:
        turn.due(turn.at + CONFIRMED, ControlDue(key=_key(stint), stint_id=stint.id))

    @on(Joined, CallerHeld)
    def _confirmed(self, event: Joined | CallerHeld, turn: Turn) -> None:
        for stint in self._state.stints.where("interaction_id", event.interaction_id):
            if stint.asked == (RESUME if isinstance(event, Joined) else HOLD):
                self._settle(stint, turn)

    def _settle(self, stint: Stint, turn: Turn) -> Stint:
        turn.cancel(_key(stint))
        return self._state.stints.put(replace(stint, asked=None, asked_at=None))

    @on(OrderFailed)
    def _failed(self, event: OrderFailed, turn: Turn) -> None:
        """Without an answer nobody knows: it is told as failed, and finished all the same when it was the link that
        broke."""
        verb = event.order_id.partition("-")[0]
        for stint in self._state.stints.where("interaction_id", event.interaction_id):
            if stint.asked != verb or stint.state not in IN_HAND:
                continue
            if event.unknown:
                self._await(stint, turn)
            else:
                stint = self._settle(stint, turn)
            self._tell(stint, verb, event.message, turn)

    @on(ControlDue)
    def _silence(self, due: ControlDue, turn: Turn) -> None:
        """While the link is down the switch cannot say anything: the snapshot decides."""
        stint = self._state.stints.get(due.stint_id)
        if stint is None or stint.asked is None or not self._state.line_up:
            return
        settled = self._settle(stint, turn)
        if stint.problem is None:
            self._tell(settled, stint.asked, SILENT, turn)

    @on(SwitchBack)
    def _switch_back(self, event: SwitchBack, turn: Turn) -> None:
        """What was asked and is not done, as the snapshot shows, is finished; what is done was confirmed by it."""
        for stint in [one for one in self._state.stints if one.asked is not None]:
            verb, asked_at = str(stint.asked), stint.asked_at or turn.at
            interaction = self._state.interactions.get(stint.interaction_id)
            if interaction is None or stint.state not in IN_HAND or not self._switchboard.alive(stint.leg):
                self._settle(stint, turn)
            elif turn.at - asked_at > STANDS:
                self._tell(self._settle(stint, turn), verb, SILENT, turn)
            elif self._still_to_do(stint, interaction):
                self._order(self._state.stints.put(replace(stint, problem=None)), turn)
            else:  # it is being done: what the switch says next tells
                self._await(stint, turn)

    def _still_to_do(self, stint: Stint, interaction: Interaction) -> bool:
        """Only of legs that are where the order finds them: one that is on its way would be torn out of it."""
        if stint.asked == HANG_UP:
            return True
        if stint.asked == HOLD:
            return stint.state is StintState.joined and self._switchboard.partner(stint.leg) == interaction.leg
        return stint.state is StintState.held and self._switchboard.on_hold(stint.leg)

    def _tell(self, stint: Stint, verb: str, message: str, turn: Turn) -> None:
        self._state.stints.put(replace(stint, problem=f"{verb}_failed"))
        ids = {"interaction_id": stint.interaction_id, "agent_id": stint.agent_id}
        turn.emit(CallActionFailed(**ids, action=verb, message=message))

    def _own(self, interaction_id: str, actor: str, verb: str) -> Stint:
        stint = self._state.own_stint(interaction_id, actor)
        STINT.after(stint.state, verb)
        if not self._state.line_up:
            raise LinkDown("The switch cannot be reached just now. The talk goes on; try again in a moment.")
        return stint

    def _channel(self, stint: Stint) -> str:
        if stint.channel is None:
            raise Refused("leg_unknown", "The switch has not named your phone's leg yet. Try again in a moment.")
        return stint.channel


def _key(stint: Stint) -> str:
    return f"asked-{stint.id}"
