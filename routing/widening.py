"""Callers who wait are given to more agents as the steps of their queue come; they keep their place."""

from __future__ import annotations

from datetime import timedelta

from kernel.handling import Handles, on
from kernel.turn import Turn
from routing.destinations import move
from routing.dues import WidenDue
from routing.messages import CallerMoved, InteractionQueued
from routing.rows import WAITING, Interaction, InteractionState
from routing.state import MAIN_QUEUE, State
from routing.teamwork import steps_taken

QUEUE_REMOVED = "queue_removed"
NOT_SERVED = WAITING | {InteractionState.arriving}


class Widening(Handles):
    """Takes each step when it is due."""

    def __init__(self, state: State) -> None:
        self._state = state

    @on(InteractionQueued, CallerMoved, WidenDue)
    def _widen(self, message: InteractionQueued | CallerMoved | WidenDue, turn: Turn) -> None:
        caller = self._state.interactions.get(message.interaction_id)
        if caller is not None:
            widen(self._state, caller, turn)


def widen(state: State, caller: Interaction, turn: Turn) -> None:
    """Put a caller at the step that has come by now, and see to the next. Who talks by then waits no more; should they
    wait again they are where they were, for the time goes on."""
    if caller.ended_at is not None or caller.queued_at is None:
        return
    queue, since = state.queue_of(caller), caller.place or caller.arrived_at
    step = steps_taken(queue, (turn.at - since).total_seconds())
    if step != caller.step:
        state.put_interaction(caller, step=step)
    key = f"widen-{caller.id}"
    if step < len(queue.steps):
        turn.due(
            since + timedelta(seconds=queue.steps[step].after_seconds), WidenDue(key=key, interaction_id=caller.id)
        )
    else:
        turn.cancel(key)


def widen_all(state: State, queue_id: str, turn: Turn) -> None:
    """The steps of a queue are others now."""
    for caller in [one for one in state.interactions if one.queue_id == queue_id]:
        widen(state, caller, turn)


def move_callers(state: State, queue_id: str, turn: Turn) -> None:
    """A queue is gone: who waits in it waits in the main queue, at the same place. Who has an agent keeps them, and the
    queue as long."""
    for caller in [one for one in state.interactions if one.queue_id == queue_id]:
        move_from_gone(state, caller, turn)


def move_from_gone(state: State, caller: Interaction, turn: Turn) -> None:
    """Whoever waits waits in a queue that there is; also who comes to wait again after their queue was removed."""
    was = state.queue_of(caller)
    if was.active or caller.ended_at is not None or caller.state not in NOT_SERVED:
        return
    move(state, caller, MAIN_QUEUE, QUEUE_REMOVED, turn)
