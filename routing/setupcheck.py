"""Whether a set-up as a whole can be: what is named is there, steps widen, numbers lead one way, somebody serves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from kernel.errors import Invalid, Refused
from routing import announcements
from routing.announcements import Announcement
from routing.demands import ability_of, demand_of
from routing.hourscheck import check_hours
from routing.hoursrows import Calendar, Hours
from routing.matching.demand import unfit
from routing.overflowcheck import check_ways_out
from routing.queuerows import Disposition, Queue, WrapMode
from routing.setupplaces import Use, at_place, nothing_missing
from routing.state import dialled
from routing.teamwork import Evaluation, Group, Profile, Skill, Step

Named = Skill | Group | Queue | Hours | Calendar | Announcement


@dataclass(frozen=True, slots=True)
class SetUp:
    """All of it, as a change would leave it. `changed` and `removed` are kind and id of the rows that it touches,
    `outcomes` those that are offered."""

    skills: Mapping[str, Skill]
    groups: Mapping[str, Group]
    profiles: Mapping[str, Profile]
    queues: Mapping[str, Queue]
    changed: Set[tuple[str, str]] = frozenset()
    removed: Set[tuple[str, str]] = frozenset()
    outcomes: Sequence[Disposition] = ()
    outcomes_changed: bool = False
    announcements: Mapping[str, Announcement] = field(default_factory=dict)
    hours: Mapping[str, Hours] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)


def check(found: SetUp) -> None:
    """Raises Invalid with the place that is wrong, Refused where something is removed that is in use. Of two that do
    not go together the one that was changed is wrong."""
    named: dict[str, Mapping[str, Named]] = {"skill": found.skills, "group": found.groups, "queue": found.queues}
    named |= {"hours": found.hours, "calendar": found.calendars, "announcement": found.announcements}
    for kind, rows in named.items():
        _names_differ(kind, sorted(rows.values(), key=lambda row: (kind, row.id) in found.changed))
    nothing_missing("skill", found.skills, _uses(found, "skill"), found.removed)
    nothing_missing("group", found.groups, _uses(found, "group"), found.removed)
    told = announcements.there(found.announcements.values())
    nothing_missing("announcement", told, announcements.named_by(found.queues.values()), found.removed)
    check_hours(found)
    _numbers_lead_one_way(sorted(found.queues.values(), key=lambda row: ("queue", row.id) in found.changed))
    for queue in found.queues.values():
        _steps_widen(queue)
        _somebody_serves(queue, found.profiles)
    check_ways_out(found.queues, found.removed)
    _outcomes_have_queues(found)
    _wrap_ups_end(found)


def _names_differ(kind: str, rows: Iterable[Named]) -> None:
    taken: dict[str, str] = {}
    for row in rows:
        other = taken.setdefault(row.name.strip().casefold(), row.id)
        if other != row.id:
            words = f"The {kind} {other} has the name {row.name} already. Take another."
            details = at_place(f"{kind} {row.id}", "name", "setup_name_taken", words, other=other)
            raise Invalid("setup_name_taken", words, **details)


def _uses(found: SetUp, kind: str) -> Iterable[Use]:
    """Where a skill or a group is named: the row, the field, the name."""
    for profile in found.profiles.values():
        for name in profile.skills if kind == "skill" else profile.groups:
            yield f"profile {profile.id}", f"{kind}s", name
    for queue in found.queues.values():
        for name in queue.skills if kind == "skill" else queue.groups:
            yield f"queue {queue.id}", f"{kind}s", name
        for step in queue.steps:
            for name in step.skills if kind == "skill" else step.groups:
                yield f"queue {queue.id}", "steps", name
        for tier in queue.overflow if kind == "group" else ():
            for name in tier.groups:
                yield f"queue {queue.id}", "overflow", name


def _numbers_lead_one_way(queues: Iterable[Queue]) -> None:
    taken: dict[str, str] = {}
    for queue in queues:
        for did in queue.dids:
            other = taken.setdefault(dialled(did), queue.id)
            if other != queue.id:
                words = f"The number {did} leads to the queue {other} already. Take it out there first."
                raise Invalid(
                    "number_taken",
                    words,
                    **at_place(f"queue {queue.id}", "dids", "number_taken", words, did=did, other=other),
                )


def _steps_widen(queue: Queue) -> None:
    """Each step comes later than the one before, shuts nobody out whom that let in, and lets somebody in whom that did
    not. So the last is the widest."""
    before, groups = Step(0, queue.skills, queue.groups), set(queue.groups)
    for number, step in enumerate(queue.steps, 1):
        _step_widens(queue, number, before, step, groups)
        before, groups = step, groups | set(step.groups)


def _step_widens(queue: Queue, number: int, before: Step, step: Step, groups: Set[str]) -> None:
    place = f"queue {queue.id}"
    if step.after_seconds <= before.after_seconds:
        words = f"{place}: step {number} has to come later than what is before it."
        raise Invalid("step_out_of_order", words, **at_place(place, "steps", "step_out_of_order", words, step=number))
    skill = _shuts_out(queue.evaluation, before.skills, step.skills)
    if skill is not None:
        words = f"{place}: step {number} leads back: by {skill} it lets in fewer than what is before it."
        details = at_place(place, "steps", "step_leads_back", words, step=number, skill=skill)
        raise Invalid("step_leads_back", words, **details)
    if dict(step.skills) == dict(before.skills) and set(step.groups) <= groups:
        words = (
            f"{place}: step {number} lets nobody in who could not serve before. Ask for less, or name another group."
        )
        raise Invalid("step_repeats", words, **at_place(place, "steps", "step_repeats", words, step=number))


def _shuts_out(evaluation: Evaluation, before: Mapping[str, int], now: Mapping[str, int]) -> str | None:
    """A skill by which somebody who could serve can no more; None where there is none. Where all skills are asked for
    the fewer are the wider, where one is enough the more are; none at all lets in everybody."""
    if evaluation is not Evaluation.any:
        return next((skill for skill in sorted(now) if now[skill] > before.get(skill, 0)), None)
    if not now:
        return None
    if not before:
        return min(now)
    return next((skill for skill in sorted(before) if skill not in now or now[skill] > before[skill]), None)


def _somebody_serves(queue: Queue, profiles: Mapping[str, Profile]) -> None:
    """Not that somebody is signed in: that there is anybody who could be. Who belongs to it without a profile can serve
    where no skill is asked for."""
    asked = queue.steps[-1].skills if queue.steps else queue.skills
    if not asked and (queue.everyone or queue.members):
        return
    people = {*profiles, *queue.members}
    widest = demand_of(queue, len(queue.steps))
    if not any(unfit(widest, id, ability_of(profiles.get(id))) is None for id in people):
        place, field = f"queue {queue.id}", "skills" if queue.everyone else "members"
        words = (
            f"{place}: nobody could serve its callers. Name people, or a group with people in it, who have the skills."
        )
        details = at_place(place, field, "queue_without_anybody", words, queue=queue.name)
        raise Invalid("queue_without_anybody", words, **details)


def _outcomes_have_queues(found: SetUp) -> None:
    """Each queue to which an outcome is limited is there."""
    uses = [(one.id, queue) for one in found.outcomes for queue in one.queues if queue not in found.queues]
    gone = [queue for _, queue in uses if ("queue", queue) in found.removed]
    if gone:
        used_by = sorted({f"outcome {outcome}" for outcome, queue in uses if queue == gone[0]})
        words = f"The queue {gone[0]} is in use by {', '.join(used_by)}. Take it out there first."
        raise Refused("setup_in_use", words, kind="queue", name=gone[0], used_by=used_by)
    if found.outcomes_changed and uses:
        place, queue = f"outcome {uses[0][0]}", uses[0][1]
        words = f"{place}: there is no queue {queue}. Make it first, or mend the name."
        details = at_place(place, "dispositions", "setup_unknown", words, kind="queue", name=queue)
        raise Invalid("setup_unknown", words, **details)


def _wrap_ups_end(found: SetUp) -> None:
    """Where a wrap-up ends with an outcome only, one is offered."""
    for queue in found.queues.values():
        changed = ("queue", queue.id) in found.changed
        if queue.wrap_mode is not WrapMode.mandatory or not (changed or found.outcomes_changed):
            continue
        if not any(one.offered_in(queue.id) for one in found.outcomes):
            place, field = f"queue {queue.id}", "wrap_mode" if changed else "dispositions"
            words = f"{place}: a wrap-up has to end with an outcome, and none is offered. Offer one, or leave it open."
            details = at_place(place, field, "queue_without_outcome", words, queue=queue.name)
            raise Invalid("queue_without_outcome", words, **details)
