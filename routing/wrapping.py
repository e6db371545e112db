"""The end of talk and what follows: wrap-up with its deadline, the disposition, and the agent free again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kernel.errors import Invalid, Refused
from kernel.handling import Handles, on
from kernel.turn import Turn
from routing import promises
from routing.agents import DESK_GONE, change_duty
from routing.dues import AgentAwayDue, WrapUpDue
from routing.machines import STINT
from routing.messages import ExtendWrapUp, FinishWrapUp, StintEnded
from routing.queuerows import Queue, WrapMode
from routing.record import record_call
from routing.rows import Stint, StintState
from routing.state import State
from routing.tallies import count_call

LEFT_BEHIND = 60
"""Seconds for a wrap-up without time-out whose agent has gone away."""


class Wrapping(Handles):
    """Wrap-up: begins when talk ends, ends by the agent or by its deadline."""

    def __init__(self, state: State) -> None:
        self._state = state

    def talk_over(self, stint: Stint, reason: str, turn: Turn) -> None:
        """The agent no longer talks: wrap-up begins."""
        agent = self._state.agents.get(stint.agent_id)
        gone = agent is not None and agent.next_reason == DESK_GONE
        seconds = self._queue(stint).wrap_seconds or (LEFT_BEHIND if gone else 0)
        deadline = turn.at + timedelta(seconds=seconds) if seconds else None
        self._state.stints.put(
            replace(
                self._end_talk(stint, turn),
                state=STINT.observe(stint.state, "talk_over"),
                talk_ended_at=turn.at,
                wrapping_since=turn.at,
                wrap_deadline=deadline,
                end_reason=reason,
            )
        )
        self._tell_duty(stint, "talk_over", reason, turn)
        if deadline is not None:
            turn.due(deadline, WrapUpDue(key=f"wrap-{stint.id}", stint_id=stint.id))

    def _queue(self, stint: Stint) -> Queue:
        return self._state.queue_of(self._state.interaction(stint.interaction_id))

    def drop(self, stint: Stint, reason: str, turn: Turn) -> None:
        """The agent's part ends without wrap-up (the phone was lost)."""
        closed = self._end_talk(stint, turn)
        done = replace(closed, state=STINT.observe(stint.state, "dropped"), talk_ended_at=turn.at, done_at=turn.at)
        self._state.stints.put(replace(done, end_reason=reason))
        count_call(self._state, done, turn.at)
        self._tell_duty(stint, "dropped", reason, turn)
        self._ended(done, turn)

    def _tell_duty(self, stint: Stint, fact: str, why: str, turn: Turn) -> None:
        """One part of the agent's work is over. There can be another: the switch's own queue may have rung the agent
        while we were away, in a wrap-up too."""
        others = {one.state for one in self._state.stints.where("agent_id", stint.agent_id) if one.id != stint.id}
        if others & {StintState.joined, StintState.held}:
            return
        if StintState.wrapping in others:
            change_duty(self._state, stint.agent_id, "talk_over", turn.at, why)
        elif fact == "wrap_over":
            change_duty(self._state, stint.agent_id, fact, turn.at, why, idle_since=turn.at)
        else:
            change_duty(self._state, stint.agent_id, fact, turn.at, why)

    def _end_talk(self, stint: Stint, turn: Turn) -> Stint:
        """The talk as it ends: nothing is on hold any more, and nothing asked of the switch."""
        held = stint.held_seconds
        if stint.held_since is not None:
            held += (turn.at - stint.held_since).total_seconds()
        turn.cancel(f"asked-{stint.id}")
        return replace(stint, held_since=None, held_seconds=held, asked=None, asked_at=None)

    @on(WrapUpDue)
    def _due(self, due: WrapUpDue, turn: Turn) -> None:
        stint = self._state.stints.get(due.stint_id)
        if stint is not None and stint.state is StintState.wrapping:
            missing = self._queue(stint).wrap_mode is WrapMode.mandatory
            state = STINT.observe(stint.state, "wrap_expired")
            self._finish(replace(stint, state=state, disposition_missing=missing), "wrap_up_timed_out", turn)

    @on(AgentAwayDue)
    def _away(self, due: AgentAwayDue, turn: Turn) -> None:
        """A wrap-up without time-out would keep an agent who has gone away for ever."""
        agent = self._state.agents.get(due.agent_id)
        if agent is None or agent.next_reason != DESK_GONE:
            return
        for stint in self._state.stints.where("agent_id", agent.id):
            if stint.state is StintState.wrapping and stint.wrap_deadline is None:
                deadline = turn.at + timedelta(seconds=LEFT_BEHIND)
                self._state.stints.put(replace(stint, wrap_deadline=deadline))
                turn.due(deadline, WrapUpDue(key=f"wrap-{stint.id}", stint_id=stint.id))

    @on(FinishWrapUp)
    def _finish_wrap_up(self, command: FinishWrapUp, turn: Turn) -> None:
        stint = self._state.own_stint(command.interaction_id, command.actor)
        state = STINT.after(stint.state, "finish")
        queue = self._queue(stint)
        if command.disposition_id is None:
            if queue.wrap_mode is WrapMode.mandatory:
                raise Invalid("bad_disposition", "Choose an outcome.", fields={"disposition": "wanted in this queue"})
            self._finish(replace(stint, state=state), "wrapped_up", turn)
            return
        disposition = self._state.dispositions.get(command.disposition_id)
        if disposition is None or not disposition.offered_in(queue.id):
            raise Invalid("bad_disposition", "Choose an outcome.", fields={"disposition": "unknown"})
        promises.take_up(self._state, stint, disposition, command, turn)
        self._finish(replace(stint, state=state, disposition_id=disposition.id), "wrapped_up", turn)

    def _finish(self, stint: Stint, why: str, turn: Turn) -> None:
        stint = self._state.stints.put(replace(stint, done_at=turn.at))
        turn.cancel(f"wrap-{stint.id}")
        count_call(self._state, stint, turn.at)
        self._tell_duty(stint, "wrap_over", why, turn)
        self._ended(stint, turn)

    def _ended(self, stint: Stint, turn: Turn) -> None:
        interaction = self._state.interaction(stint.interaction_id)
        record_call(self._state, interaction, turn, stint=stint)
        promises.keep(interaction, stint, turn)
        disposition = self._state.dispositions.get(stint.disposition_id)
        turn.emit(
            StintEnded(
                interaction_id=stint.interaction_id,
                stint_id=stint.id,
                agent_id=stint.agent_id,
                talk_seconds=round(stint.talk_seconds(turn.at), 3),
                disposition_id=stint.disposition_id,
                flags=disposition.flags if disposition else (),
                disposition_missing=stint.disposition_missing,
            )
        )
        self._state.tidy(stint.interaction_id)

    @on(ExtendWrapUp)
    def _extend(self, command: ExtendWrapUp, turn: Turn) -> None:
        stint = self._state.own_stint(command.interaction_id, command.actor)
        STINT.after(stint.state, "extend")
        queue = self._queue(stint)
        if stint.wrap_deadline is None:
            raise Refused("wrap_up_has_no_end", "This wrap-up has no time limit: take the time you need.")
        if stint.extended >= queue.wrap_extensions:
            most = queue.wrap_extensions
            raise Refused("wrap_up_extended_enough", "Wrap-up cannot be extended again.", most=most)
        deadline = stint.wrap_deadline + timedelta(seconds=queue.wrap_extend_seconds)
        self._state.stints.put(replace(stint, wrap_deadline=deadline, extended=stint.extended + 1))
        turn.due(deadline, WrapUpDue(key=f"wrap-{stint.id}", stint_id=stint.id))
