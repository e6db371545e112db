"""Whether the ways out of queues can be: each leads somewhere, none back, and what makes it come can come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from kernel.errors import Invalid, Problem, Refused, at_fields
from routing.queuerows import Queue
from routing.tiers import Destination, Factor, Goes, Tier, When

DAY = 86_400


@dataclass(frozen=True, slots=True)
class WayOut:
    """One of a queue's destinations: the field, and which of its entries (from 1 on; 0 where there is one)."""

    field: str
    to: Destination
    nth: int = 0


def ways_out(queue: Queue) -> Iterator[WayOut]:
    """All destinations that callers of a queue can be sent to."""
    for nth, tier in enumerate(queue.overflow, 1):
        if tier.to is not None:
            yield WayOut("overflow", tier.to, nth)
    if queue.empty.join:
        yield WayOut("empty", queue.empty.join_to)
    if queue.empty.leave:
        yield WayOut("empty", queue.empty.leave_to)
    if queue.hours_id is not None:
        yield WayOut("closed", queue.closed.to)


def check_ways_out(queues: Mapping[str, Queue], removed: Set[tuple[str, str]]) -> None:
    """Raises Invalid with the place that is wrong, Refused where a queue is removed that others lead to."""
    _lead_somewhere(queues, removed)
    for queue in queues.values():
        _lead_not_back(queue, queues)
        _tiers_can_come(queue, queues)


def _at(queue: Queue, field: str, id: str, words: str, **params: str | int) -> dict[str, object]:
    """Details of a problem: `place` is the row, `field` its field."""
    problem = Problem(id, words, params)
    return {"place": f"queue {queue.id}", "field": field, **params, **at_fields(**{field: problem})}


def _lead_somewhere(queues: Mapping[str, Queue], removed: Set[tuple[str, str]]) -> None:
    uses = [
        (queue, way.field, way.to.queue_id or "")
        for queue in queues.values()
        for way in ways_out(queue)
        if way.to.kind is Goes.queue and way.to.queue_id not in queues
    ]
    gone = [name for _, _, name in uses if ("queue", name) in removed]
    if gone:
        used_by = sorted({f"queue {queue.id}" for queue, _, name in uses if name == gone[0]})
        words = f"The queue {gone[0]} is in use by {', '.join(used_by)}. Take it out there first."
        raise Refused("setup_in_use", words, kind="queue", name=gone[0], used_by=used_by)
    for queue, field, name in uses:
        words = f"queue {queue.id}: there is no queue {name}. Make it first, or mend the name."
        details = _at(queue, field, "setup_unknown", words, kind="queue", name=name)
        raise Invalid("setup_unknown", words, **details)


def _lead_not_back(queue: Queue, queues: Mapping[str, Queue]) -> None:
    """Over all ways out of all queues: nobody is ever sent to a queue where they were."""
    for way in ways_out(queue):
        if way.to.kind is not Goes.queue:
            continue
        path = _path(way.to.queue_id or "", queue.id, queues)
        if path is not None:
            told = " > ".join((queue.id, *path))
            words = f"queue {queue.id}: this leads back: {told}. A caller would go in circles."
            details = _at(queue, way.field, "overflow_leads_back", words, path=told, tier=way.nth)
            raise Invalid("overflow_leads_back", words, **details)


def _path(start: str, goal: str, queues: Mapping[str, Queue]) -> list[str] | None:
    """The shortest way from one queue to another, both named."""
    found: dict[str, list[str]] = {start: [start]}
    line = [start]
    for here in line:
        if here == goal:
            return found[here]
        ways = ways_out(queues[here]) if here in queues else ()
        for way in ways:
            there = way.to.queue_id
            if way.to.kind is Goes.queue and there is not None and there not in found:
                found[there] = [*found[here], there]
                line.append(there)
    return None


def _tiers_can_come(queue: Queue, queues: Mapping[str, Queue]) -> None:
    """Each lets somebody in who could not serve, and its time comes before everybody has gone by another."""
    groups = set(queue.groups).union(*(step.groups for step in queue.steps))
    for nth, tier in enumerate(queue.overflow, 1):
        if tier.to is None and (queue.everyone or set(tier.groups) <= groups):
            words = f"queue {queue.id}: overflow {nth} lets nobody in who could not serve before. Name another group."
            raise Invalid("tier_repeats", words, **_at(queue, "overflow", "tier_repeats", words, tier=nth))
        groups |= set(tier.groups)
        before = _gone_before(queue, nth, tier, queues)
        if before is not None:
            words = f"queue {queue.id}: overflow {nth} can never come: {before} everybody is gone."
            details = _at(queue, "overflow", "tier_never_comes", words, tier=nth)
            raise Invalid("tier_never_comes", words, **details)


def _takes_all(to: Destination, queues: Mapping[str, Queue]) -> bool:
    """Whether whoever is sent there is gone for sure: an outside number may not answer, a queue may be closed."""
    if to.kind is Goes.queue:
        found = queues.get(to.queue_id or "")
        return found is not None and found.hours_id is None
    return to.kind is Goes.hang_up


def _gone_before(queue: Queue, nth: int, tier: Tier, queues: Mapping[str, Queue]) -> str | None:
    """By what everybody has left for whom a tier could come."""
    for number, other in enumerate(queue.overflow, 1):
        sooner = other.seconds <= tier.seconds if number < nth else other.seconds < tier.seconds
        if number == nth or other.to is None or not _takes_all(other.to, queues) or other.when is not tier.when:
            continue
        if tier.when is When.service_level:
            sooner = number < nth and other.seconds == tier.seconds and other.percent >= tier.percent
        if sooner:
            return f"by overflow {number}"
    rules = queue.empty
    lasts = tier.when is When.nobody_ready and rules.grace_seconds < tier.seconds
    if lasts and Factor.nobody_ready in rules.leave and _takes_all(rules.leave_to, queues):
        return "by the rule for a queue without anybody"
    return None


# ── what one row says ───────────────────────────────────────────────────────────────────────────────────


def faults(queue: Queue) -> Iterator[tuple[str, str]]:
    """What is wrong in the values themselves, field and words."""
    for nth, tier in enumerate(queue.overflow, 1):
        least = 0 if tier.when is When.nobody_ready else 1
        if not least <= tier.seconds <= DAY:
            yield "overflow", f"{nth}: its seconds are {least} to {DAY}."
        if tier.when is When.service_level and not 1 <= tier.percent <= 100:
            yield "overflow", f"{nth}: of a hundred calls, 1 to 100; below that is never."
        if bool(tier.groups) == (tier.to is not None):
            yield "overflow", f"{nth}: it names groups, or where callers go."
        if tier.to is not None:
            yield from (("overflow", f"{nth}: {words}") for words in _destination(tier.to))
    rules = queue.empty
    if not 0 <= rules.grace_seconds <= DAY:
        yield "empty", f"the grace is 0 to {DAY} seconds."
    for to in (rules.join_to, rules.leave_to):
        yield from (("empty", words) for words in _destination(to))
    yield from (("closed", words) for words in _destination(queue.closed.to))


def _destination(to: Destination) -> Iterator[str]:
    if to.kind is Goes.queue and not to.queue_id:
        yield "it names a queue."
    if to.kind is Goes.outside and not _is_number(to.number or ""):
        yield "it names a number with its country code: + and 6 to 15 digits."


def _is_number(text: str) -> bool:
    return text.startswith("+") and text[1:].isascii() and text[1:].isdigit() and 6 <= len(text) - 1 <= 15
