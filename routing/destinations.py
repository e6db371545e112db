"""Sends a caller who waits somewhere else: to another queue at the same place, out of the house, or to the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from kernel.turn import Turn
from routing.dismissal import dismiss
from routing.messages import CallerMoved
from routing.outside import call_outside, way_out
from routing.rows import Interaction
from routing.state import State
from routing.teamwork import steps_taken
from routing.tiers import Destination, Goes

__all__ = ["Destination", "Goes", "reachable", "send_on"]


def send_on(state: State, caller: Interaction, destination: Destination, reason: str, turn: Turn) -> bool:
    """Whether the caller went. Who did not waits on, as if nothing had been said: a destination that is not there (any
    more) loses nobody. `reason` is why, a code that people are shown; only for callers whom nobody is offered to."""
    return SEND[destination.kind](state, caller, destination, reason, turn)


def _to_queue(state: State, caller: Interaction, destination: Destination, reason: str, turn: Turn) -> bool:
    queue_id = destination.queue_id
    if queue_id is None or not _is_there(state, caller.queue_id, destination, turn.at):
        return False
    move(state, caller, queue_id, reason, turn)
    return True


def _hang_up(state: State, caller: Interaction, destination: Destination, reason: str, turn: Turn) -> bool:
    return dismiss(state, caller, reason, destination.announcement_id, turn)


Send = Callable[[State, Interaction, Destination, str, Turn], bool]
SEND: Mapping[Goes, Send] = {Goes.queue: _to_queue, Goes.outside: call_outside, Goes.hang_up: _hang_up}
"""How each kind of destination is reached."""


def reachable(state: State, queue_id: str, destination: Destination, at: datetime) -> bool:
    """Whether callers of a queue can be sent there by now: it changes with hours, trunks and the set-up alone."""
    if destination.kind is Goes.outside:
        return way_out(state, destination) is not None
    return destination.kind is Goes.hang_up or _is_there(state, queue_id, destination, at)


def _is_there(state: State, queue_id: str, destination: Destination, at: datetime) -> bool:
    queue = state.queues.get(destination.queue_id)
    return queue is not None and queue.active and queue.id != queue_id and state.is_open_now(queue, at)


def move(state: State, caller: Interaction, queue_id: str, reason: str, turn: Turn) -> Interaction:
    """The caller waits in another queue from now on, at the place that they have; its tiers begin anew."""
    waited = turn.at - (caller.place or caller.arrived_at)
    moved = state.put_interaction(
        caller,
        queue_id=queue_id,
        step=steps_taken(state.queues[queue_id], waited.total_seconds()) if caller.queued_at is not None else 0,
        in_queue_since=turn.at if caller.queued_at is not None else None,
        tiers=(),
        moved_from=caller.queue_id,
        moved_why=reason,
    )
    turn.emit(CallerMoved(interaction_id=caller.id, queue_id=queue_id, was=caller.queue_id, reason=reason))
    return moved
