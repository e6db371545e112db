"""Queues and what may come of a call, as they are set up: frozen rows, one table each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from routing.announcements import Announce
from routing.hoursrows import TURN_AWAY, Closed
from routing.teamwork import Evaluation, Step
from routing.tiers import EmptyRules, Tier


class Strategy(StrEnum):
    """How a queue finds an agent among those who are free: the one idle the longest; with the fewest calls today; who
    has talked the least today; each in turn, by id; the first of the members in their order; one by lot; one after
    the other while those before ring on; or all at the same time."""

    longest_idle = "longest_idle"
    fewest_calls = "fewest_calls"
    least_talk = "least_talk"
    round_robin = "round_robin"
    top_down = "top_down"
    random = "random"
    ring_progressively = "ring_progressively"
    ring_all = "ring_all"


SHARING = frozenset({Strategy.ring_all, Strategy.ring_progressively})
"""Several phones may ring for one caller: the first to answer is granted the caller, the others are rescinded."""


class WrapMode(StrEnum):
    """Whether a wrap-up must end with a disposition, or may end without."""

    mandatory = "mandatory"
    optional = "optional"


class Flag(StrEnum):
    """What a disposition means to the rules, whatever it is called."""

    human_answered = "human_answered"
    sale = "sale"
    do_not_call = "do_not_call"
    callback = "callback"
    customer_contact = "customer_contact"
    not_interested = "not_interested"
    unworkable = "unworkable"
    completed = "completed"


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue's settings; times in seconds. `misses_to_pause` missed offers in a row pause the agent (0: never). The
    delays are how long an agent rests after a missed offer, one declined, and one that found the phone busy.
    `progress_seconds` is after how long the next phone rings beside where one after the other does.
    `wrap_seconds` 0 is a wrap-up without time-out; `wrap_extensions` is how often it can be extended. `version` grows
    with each change of people.

    Who serves it: `everyone`, or else people who are in one of `groups` or among `members`; of these, who has `skills`
    at the levels named or above (see Evaluation), less as `steps` widen it. `priority` are seconds by which its callers
    go before those of other queues. `dids` are the numbers called that lead here. `overflow` is where callers go whom
    it cannot serve soon, in order, `empty` what becomes of them when nobody is there (see routing.tiers). It is open in
    the hours `hours_id` (None: always); who comes while it is not goes as `closed` says. One that was removed is kept,
    not `active`: old calls name it.

    Who gets back whom: a caller waits `sticky_seconds` for the agent who talked with them in the last `sticky_days`
    alone, or `owner_seconds` for the one whose customer they are (0: not at all); where both could be, for the owner
    when `owner_first`. Who gave up and calls again within `resume_seconds` has the old place again."""

    id: str
    name: str
    strategy: Strategy = Strategy.longest_idle
    ring_seconds: int = 20
    render_ms: int = 300
    wrap_mode: WrapMode = WrapMode.optional
    wrap_seconds: int = 60
    wrap_extend_seconds: int = 60
    wrap_extensions: int = 3
    misses_to_pause: int = 2
    no_answer_delay: int = 10
    reject_delay: int = 5
    busy_delay: int = 15
    lost_phone_seconds: int = 20
    progress_seconds: int = 5
    version: int = 1
    everyone: bool = True
    groups: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    skills: Mapping[str, int] = field(default_factory=dict)
    evaluation: Evaluation = Evaluation.all
    steps: tuple[Step, ...] = ()
    priority: int = 0
    dids: tuple[str, ...] = ()
    sticky_seconds: int = 0
    sticky_days: int = 30
    owner_seconds: int = 0
    owner_first: bool = False
    resume_seconds: int = 60
    active: bool = True
    overflow: tuple[Tier, ...] = ()
    empty: EmptyRules = field(default_factory=EmptyRules)
    announce: Announce = field(default_factory=Announce)
    hours_id: str | None = None
    closed: Closed = TURN_AWAY


@dataclass(frozen=True, slots=True)
class Disposition:
    """What came of a call. Rules key on `flags`, never on the label. `key` is the digit that chooses it, `labels` its
    names by language (`label` where there is none), `queues` where it is offered (none: everywhere). `version` is that
    of the whole list in which it was last changed: the highest of them is the list's."""

    id: str
    label: str
    key: str
    flags: tuple[str, ...] = ()
    position: int = 0
    active: bool = True
    labels: Mapping[str, str] = field(default_factory=dict)
    queues: tuple[str, ...] = ()
    version: int = 1

    def offered_in(self, queue_id: str) -> bool:
        """Whether calls of that queue can end with it."""
        return self.active and (not self.queues or queue_id in self.queues)
