"""What an agent does to the own call: hold, resume, hang up. The switch's events confirm it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from cti.events import CallerHeld, Joined, OrderFailed
from cti.orders import HangUp, HoldCaller, ResumeCaller
from kernel.errors import LinkDown, Refused
from kernel.handling import Handles, on
from kernel.turn import Turn
from routing.machines import STINT
from routing.messages import CallActionFailed, ControlDue, HangUpCall, HoldCall, ResumeCall
from routing.rows import Stint, StintState
from routing.state import State

CONFIRMED = timedelta(seconds=5)
"""How long the switch may take to confirm a hold or resume before it may be asked again."""


class Control(Handles):
    """Call control of agents."""

    def __init__(self, state: State) -> None:
        self._state = state

    @on(HoldCall)
    def _hold(self, command: HoldCall, turn: Turn) -> None:
        stint = self._own(command.interaction_id, command.actor, "hold")
        if self._under_way(stint, turn):
            return
        interaction = self._state.interaction(command.interaction_id)
        turn.send(
            HoldCaller(
                order_id=f"hold-{turn.new_id('h')}",
                caller_channel=interaction.channel,
                agent_channel=self._channel(stint),
                interaction_id=interaction.id,
            )
        )

    @on(ResumeCall)
    def _resume(self, command: ResumeCall, turn: Turn) -> None:
        stint = self._own(command.interaction_id, command.actor, "resume")
        if self._under_way(stint, turn):
            return
        interaction = self._state.interaction(command.interaction_id)
        turn.send(
            ResumeCaller(
                order_id=f"resume-{turn.new_id('r')}",
                caller_channel=interaction.channel,
                agent_channel=self._channel(stint),
                interaction_id=interaction.id,
                claim=stint.id,
            )
        )

    @on(HangUpCall)
    def _hang_up(self, command: HangUpCall, turn: Turn) -> None:
        """End the call: the agent's leg is hung up; its end brings the caller's."""
        stint = self._own(command.interaction_id, command.actor, "hang_up")
        turn.send(HangUp(order_id=turn.new_id("hup"), leg=stint.leg, interaction_id=stint.interaction_id))

    def _under_way(self, stint: Stint, turn: Turn) -> bool:
        """Whether the switch was just asked for this: a second order would tear the legs out of what the first made.
        What it says, or a few seconds of silence, ends the wait."""
        key = f"asked-{stint.id}"
        if turn.deadlines.get(key) is not None:
            return True
        turn.due(turn.at + CONFIRMED, ControlDue(key=key))
        return False

    @on(Joined, CallerHeld)
    def _confirmed(self, event: Joined | CallerHeld, turn: Turn) -> None:
        for stint in self._state.stints.where("interaction_id", event.interaction_id):
            turn.cancel(f"asked-{stint.id}")

    @on(OrderFailed)
    def _failed(self, event: OrderFailed, turn: Turn) -> None:
        action, _, _rest = event.order_id.partition("-")
        if action not in ("hold", "resume") or event.interaction_id is None:
            return
        interaction = self._state.interactions.get(event.interaction_id)
        stint = self._state.current_stint(interaction) if interaction is not None else None
        if stint is None or stint.state not in (StintState.joined, StintState.held):
            return
        turn.cancel(f"asked-{stint.id}")
        self._state.stints.put(replace(stint, problem=f"{action}_failed"))
        turn.emit(
            CallActionFailed(
                interaction_id=stint.interaction_id, agent_id=stint.agent_id, action=action, message=event.message
            )
        )

    def _own(self, interaction_id: str, actor: str, verb: str) -> Stint:
        stint = self._state.own_stint(interaction_id, actor)
        STINT.after(stint.state, verb)
        if not self._state.line_up:
            raise LinkDown("The switch cannot be reached just now. The talk goes on; try again in a moment.")
        if stint.problem:
            stint = self._state.stints.put(replace(stint, problem=None))
        return stint

    def _channel(self, stint: Stint) -> str:
        if stint.channel is None:
            raise Refused("leg_unknown", "The switch has not named your phone's leg yet. Try again in a moment.")
        return stint.channel
