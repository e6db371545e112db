"""The end of talk and what follows: wrap-up with its deadline, the disposition, and the agent free again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kernel.errors import Invalid, Refused
from kernel.handling import Handles, on
from kernel.turn import Turn
from routing.agents import change_duty
from routing.machines import STINT
from routing.messages import ExtendWrapUp, FinishWrapUp, StintEnded, WrapUpDue
from routing.record import record_call
from routing.rows import Stint, StintState
from routing.state import State

MOST_EXTENSIONS = 3


class Wrapping(Handles):
    """Wrap-up: begins when talk ends, ends by the agent or by its deadline."""

    def __init__(self, state: State) -> None:
        self._state = state

    def talk_over(self, stint: Stint, reason: str, turn: Turn) -> None:
        """The agent no longer talks: wrap-up begins."""
        interaction = self._state.interaction(stint.interaction_id)
        seconds = self._state.queue_of(interaction).wrap_seconds
        deadline = turn.at + timedelta(seconds=seconds)
        self._state.stints.put(
            replace(
                self._close_hold(stint, turn),
                state=STINT.observe(stint.state, "talk_over"),
                talk_ended_at=turn.at,
                wrapping_since=turn.at,
                wrap_deadline=deadline,
                end_reason=reason,
            )
        )
        self._tell_duty(stint, "talk_over", turn)
        turn.due(deadline, WrapUpDue(key=f"wrap-{stint.id}", stint_id=stint.id))

    def drop(self, stint: Stint, reason: str, turn: Turn) -> None:
        """The agent's part ends without wrap-up (the phone was lost)."""
        closed = self._close_hold(stint, turn)
        done = replace(closed, state=STINT.observe(stint.state, "dropped"), talk_ended_at=turn.at, done_at=turn.at)
        self._state.stints.put(replace(done, end_reason=reason))
        self._tell_duty(stint, "dropped", turn)
        self._ended(done, turn)

    def _tell_duty(self, stint: Stint, fact: str, turn: Turn) -> None:
        """One part of the agent's work is over. There can be another: the switch's own queue may have rung the agent
        while we were away, in a wrap-up too."""
        others = {one.state for one in self._state.stints.where("agent_id", stint.agent_id) if one.id != stint.id}
        if others & {StintState.joined, StintState.held}:
            return
        if StintState.wrapping in others:
            change_duty(self._state, stint.agent_id, "talk_over", turn.at)
        elif fact == "wrap_over":
            change_duty(self._state, stint.agent_id, fact, turn.at, idle_since=turn.at)
        else:
            change_duty(self._state, stint.agent_id, fact, turn.at)

    def _close_hold(self, stint: Stint, turn: Turn) -> Stint:
        if stint.held_since is None:
            return stint
        held = stint.held_seconds + (turn.at - stint.held_since).total_seconds()
        return replace(stint, held_since=None, held_seconds=held)

    @on(WrapUpDue)
    def _due(self, due: WrapUpDue, turn: Turn) -> None:
        stint = self._state.stints.get(due.stint_id)
        if stint is not None and stint.state is StintState.wrapping:
            self._finish(replace(stint, state=STINT.observe(stint.state, "wrap_expired")), turn)

    @on(FinishWrapUp)
    def _finish_wrap_up(self, command: FinishWrapUp, turn: Turn) -> None:
        stint = self._state.own_stint(command.interaction_id, command.actor)
        state = STINT.after(stint.state, "finish")
        disposition = self._state.dispositions.get(command.disposition_id)
        if disposition is None or not disposition.active:
            raise Invalid("bad_disposition", "Choose an outcome.", fields={"disposition": "unknown"})
        self._finish(replace(stint, state=state, disposition_id=disposition.id), turn)

    def _finish(self, stint: Stint, turn: Turn) -> None:
        stint = self._state.stints.put(replace(stint, done_at=turn.at))
        turn.cancel(f"wrap-{stint.id}")
        self._tell_duty(stint, "wrap_over", turn)
        self._ended(stint, turn)

    def _ended(self, stint: Stint, turn: Turn) -> None:
        interaction = self._state.interaction(stint.interaction_id)
        record_call(self._state, interaction, turn, stint=stint)
        turn.emit(
            StintEnded(
                interaction_id=stint.interaction_id,
                stint_id=stint.id,
                agent_id=stint.agent_id,
                talk_seconds=round(stint.talk_seconds(turn.at), 3),
                disposition_id=stint.disposition_id,
            )
        )
        self._state.tidy(stint.interaction_id)

    @on(ExtendWrapUp)
    def _extend(self, command: ExtendWrapUp, turn: Turn) -> None:
        stint = self._state.own_stint(command.interaction_id, command.actor)
        STINT.after(stint.state, "extend")
        if stint.extended >= MOST_EXTENSIONS:
            raise Refused("wrap_up_extended_enough", "Wrap-up cannot be extended again.", most=MOST_EXTENSIONS)
        queue = self._state.queue_of(self._state.interaction(stint.interaction_id))
        deadline = (stint.wrap_deadline or turn.at) + timedelta(seconds=queue.wrap_extend_seconds)
        self._state.stints.put(replace(stint, wrap_deadline=deadline, extended=stint.extended + 1))
        turn.due(deadline, WrapUpDue(key=f"wrap-{stint.id}", stint_id=stint.id))
