"""Who can do what, and what a queue asks of whom: skills, groups, profiles, steps. Rows and rules, pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from routing.queuerows import Queue

LEVELS = range(1, 6)
"""How well somebody can do something: 5 is best."""


class Evaluation(StrEnum):
    """What is made of the skills that a caller asks for: all of them, the best of those who have all of them first, or
    any one of them."""

    best = "best"
    all = "all"
    any = "any"


@dataclass(frozen=True, slots=True)
class Skill:
    """An ability that people have at a level of 1 to 5."""

    id: str
    name: str
    version: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """A named set of people; who is in it stands in their profiles."""

    id: str
    name: str
    version: int = 1


@dataclass(frozen=True, slots=True)
class Profile:
    """What one person can do, signed in or not: skills with levels, and the groups they are in. `id` is the person's.
    Who has none can do nothing in particular."""

    id: str
    skills: Mapping[str, int] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    version: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """From `after_seconds` of waiting on a caller asks for these `skills` (least levels) instead, and `groups` may
    serve beside those who could before."""

    after_seconds: int
    skills: Mapping[str, int] = field(default_factory=dict)
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """One row of the set-up to be changed. `values` are its fields by name, those left out stay as they are; None
    removes it. `version` is the one that was looked at; 0: it is not there yet; None: whatever is there. `was`, instead
    of a version: how the row has to be now, for a change to be taken back."""

    kind: str
    id: str
    values: dict[str, Any] | None
    version: int | None = None
    was: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Edited:
    """A row of the set-up before and after a change; None where there was or is none."""

    kind: str
    id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a queue asks of an agent at one step: least levels, and groups admitted."""

    skills: Mapping[str, int]
    groups: frozenset[str]


def terms(queue: Queue, step: int) -> Terms:
    """After `step` steps of relaxation: the skills of the last of them, and the groups of all."""
    taken = queue.steps[:step]
    skills = taken[-1].skills if taken else queue.skills
    return Terms(skills, frozenset(queue.groups).union(*(one.groups for one in taken)))


def steps_taken(queue: Queue, waited: float) -> int:
    """How many steps of a queue have come after so many seconds of waiting."""
    return sum(one.after_seconds <= waited for one in queue.steps)
