"""What we must have missed: the difference between the legs we know and a snapshot of the switch, as facts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cti.facts import (
    BridgeEntered,
    BridgeLeft,
    Heard,
    LegAsked,
    LegEnded,
    LegPlaced,
    LegRinging,
    LegSaid,
    LegSnapshot,
    LegStarted,
    LegUp,
    Place,
    Snapshot,
)
from cti.ids import is_ours
from cti.machines import LegState
from cti.rows import LegRole, LegRow
from kernel.messages import Fact

DIALLED = "dialled"
"""CTI_ROLE of a leg that we dialled."""
AFTER_A_TALK = (Place.waiting, Place.held, Place.fallback, Place.after)
"""Where a number that we dialled can only have come from a talk: while it rings, Asterisk has it in the context of its
trunk, which may be cti-in."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One missed fact, and whom it is about."""

    leg: str
    interaction_id: str
    fact: Fact


Known = Mapping[str, LegRow]


def repairs(known: Known, snapshot: Snapshot) -> Iterator[Repair]:
    """The facts that lead from `known` (live rows by id) to the snapshot, in an order in which they can have happened.

    A talk that nobody heard of comes first of all. Callers that are gone end before the legs of their talk, so that
    these are not taken for lost phones. New callers and dialled numbers, and the Linkedid of known ones, come before
    the legs that the switch rang for them, and these before the callers' places, so that a caller in the fallback
    queue is never told as unrung while its phone rings. Legs outside the kit that we do not know are left alone. A leg
    that is ordered but not sent cannot be in the snapshot; one that could not be read has not ended. Of an agent's leg
    that is gone its caller may carry how it ended.
    """
    for leg in snapshot.legs:
        yield from _talk_unheard(leg, known, snapshot)
    alive = {leg.leg for leg in snapshot.legs} | set(snapshot.unread)
    told = dict(leg.gone.rpartition(":")[::2] for leg in snapshot.legs if ":" in leg.gone)
    gone = [row for row in known.values() if not {row.id, row.channel} & alive and row.state is not LegState.asked]
    for row in sorted(gone, key=lambda row: not row.outside):
        cause = told.get(row.id, "")
        seen = cause.isascii() and cause.isdigit() and len(cause) <= 3
        end = LegEnded(leg=row.id, cause=int(cause) if seen else 0, unseen=not seen)
        yield Repair(row.id, row.interaction_id, end)
    ours = [leg for leg in snapshot.legs if leg.leg in known or leg.interaction_id]
    for step in (_callers, _dialled, _others, _states, _leavings, _places, _enterings, _sayings):
        for leg in ours:
            before = known.get(leg.leg)
            for fact in step(leg, before):
                yield Repair(leg.leg, before.interaction_id if before else leg.interaction_id, fact)


def _talk_unheard(leg: LegSnapshot, known: Known, snapshot: Snapshot) -> Iterator[Repair]:
    """The dialplan leads a number that we dialled to another place only out of a talk with its agent. Of one that we
    know as still ringing, or as just answered, they have talked: that came before whatever is seen now. Its partner
    and its place tell nothing, they are empty between a talk and the next place too; its Linkedid is another from its
    first talk on."""
    row = known.get(leg.leg)
    if row is None or row.role is not LegRole.dialled or row.linked not in ("", row.id):
        return
    if row.partner or row.place is not None:
        return
    by_switch = any(one.bridge == leg.bridge and one.role == "" for one in snapshot.legs)
    if not (by_switch if leg.bridge else leg.place in AFTER_A_TALK):
        return
    agents = (one for one in known.values() if one.role is LegRole.agent and one.interaction_id == row.interaction_id)
    for agent in (one for one in agents if one.channel):
        for who in (row, agent):
            yield Repair(who.id, row.interaction_id, BridgeEntered(leg=who.id, bridge=f"unheard-{row.id}"))
        return


def _callers(leg: LegSnapshot, row: LegRow | None) -> Iterator[Fact]:
    """New ones; of one that is known, its Linkedid when that is another now."""
    moved = row is not None and row.outside and row.channel and row.linked != leg.linked
    if moved or (row is None and leg.role == "caller"):
        yield _placed(leg, Place.entered)


def _dialled(leg: LegSnapshot, row: LegRow | None) -> Iterator[Fact]:
    if leg.role == DIALLED:
        yield from _came(leg, row)


def _others(leg: LegSnapshot, row: LegRow | None) -> Iterator[Fact]:
    if leg.role not in ("caller", DIALLED):
        yield from _came(leg, row)


def _came(leg: LegSnapshot, row: LegRow | None) -> Iterator[Fact]:
    if row is not None and row.channel:
        return
    dialled = leg.role == DIALLED
    if row is None and (dialled or (leg.role == "agent" and (leg.up or not is_ours(leg.leg)))):
        # for an agent's leg that only rings nobody waits; a number that rings may be somebody's
        yield LegAsked(leg=leg.leg, endpoint=leg.endpoint, interaction_id=leg.interaction_id, dialled=dialled)
    yield LegStarted(leg=leg.leg, channel=leg.channel, endpoint=leg.endpoint, linked=leg.linked)


def _states(leg: LegSnapshot, row: LegRow | None) -> Iterator[Fact]:
    state = row.state if row is not None else LegState.new
    if leg.up and state is not LegState.up:
        yield LegUp(leg=leg.leg)
    elif leg.ringing and state is LegState.new:
        yield LegRinging(leg=leg.leg)


def _leavings(leg: LegSnapshot, row: LegRow | None) -> Iterator[Fact]:
    if row is not None and row.bridge and row.bridge != leg.bridge:
        yield BridgeLeft(leg=leg.leg, bridge=row.bridge)


def _places(leg: LegSnapshot, row: LegRow | None) -> Iterator[Fact]:
    if leg.place is None or leg.place is Place.entered:
        return
    if row is None or row.bridge or row.place is not leg.place:
        yield _placed(leg, leg.place)


def _enterings(leg: LegSnapshot, row: LegRow | None) -> Iterator[Fact]:
    if leg.bridge and (row is None or row.bridge != leg.bridge):
        yield BridgeEntered(leg=leg.leg, bridge=leg.bridge)


def _sayings(leg: LegSnapshot, row: LegRow | None) -> Iterator[Fact]:
    """The end of something said that nobody heard of."""
    step, _, result = leg.said.rpartition(":")
    if step and result in Heard.__members__ and (row is None or row.said != leg.said):
        yield LegSaid(leg=leg.leg, interaction_id=leg.interaction_id, step=step, result=Heard(result))


def _placed(leg: LegSnapshot, place: Place) -> LegPlaced:
    return LegPlaced(
        leg=leg.leg,
        channel=leg.channel,
        place=place,
        interaction_id=leg.interaction_id,
        linked=leg.linked,
        did=leg.did,
        language=leg.language,
        reason="snapshot",
        seconds=leg.seconds,
        number=leg.number,
        name=leg.name,
    )
