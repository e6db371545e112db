"""All that routing knows, in one place: the shelves and the few questions that several handlers ask of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

from kernel.errors import NotFound, Refused
from kernel.shelf import Row, Shelf
from routing.announcements import DEFAULTS, Announcement, pieces
from routing.attempts import ATTEMPT, Attempt, AttemptState, Trunk
from routing.hoursrows import Calendar, Hours, Opening, business_hours
from routing.outsiderows import OutsideDial
from routing.queuerows import Disposition, Queue
from routing.recent import Recent
from routing.resuming import GivenUpPlace
from routing.rows import Agent, Interaction, Line, Offer, OfferState, Stint, StintState
from routing.tallies import AgentTally, Round
from routing.teamwork import Group, Profile, Skill
from routing.tiers import Lack

MAIN_QUEUE = "main"
MAIN_LINE = "main"
MAIN_TRUNK = "main"
DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class PhoneLease:
    """A pool phone: whether the switch reaches it, and which agent has it. `configured` is False for one that
    was taken out of the pool while leased."""

    id: str
    reachable: bool = False
    agent_id: str | None = None
    configured: bool = True


class _Agents(Shelf[Agent]):
    """Tells when a turn is taken back."""

    def __init__(self, undone: Callable[[], None]) -> None:
        super().__init__("agents", Agent, ("endpoint",))
        self._undone = undone

    def undo(self) -> None:
        super().undo()
        self._undone()


class _Part(Row, Protocol):
    @property
    def agent_id(self) -> str: ...


P = TypeVar("P", bound=_Part)


class _Parts(Shelf[P]):
    """Rows that are a part of an agent's work; notes whose changed."""

    def __init__(self, name: str, row_type: type[P], indexed: tuple[str, ...], changed: Callable[[P], None]) -> None:
        super().__init__(name, row_type, indexed)
        self._changed = changed

    def put(self, row: P) -> P:
        self._changed(row)
        return super().put(row)


class State:
    """The shelves of routing. `touched` holds the agents whose visible state may have changed since it was last looked
    at."""

    def __init__(self) -> None:
        self.touched: set[str] = set()
        self.agents: Shelf[Agent] = _Agents(self.touched.clear)
        self.interactions: Shelf[Interaction] = Shelf("interactions", Interaction, ("state", "leg"))
        self.stints: Shelf[Stint] = _Parts("stints", Stint, ("interaction_id", "agent_id", "leg"), self._touch)
        self.offers: Shelf[Offer] = _Parts("offers", Offer, ("interaction_id", "leg", "agent_id"), self._touch)
        self.queues: Shelf[Queue] = Shelf("queues", Queue)
        self.dispositions: Shelf[Disposition] = Shelf("dispositions", Disposition)
        self.skills: Shelf[Skill] = Shelf("skills", Skill)
        self.groups: Shelf[Group] = Shelf("agent_groups", Group)
        self.profiles: Shelf[Profile] = Shelf("profiles", Profile)
        self.announcements: Shelf[Announcement] = Shelf("announcements", Announcement)
        self.hours: Shelf[Hours] = Shelf("hours", Hours)
        self.calendars: Shelf[Calendar] = Shelf("calendars", Calendar)
        self.openings: Shelf[Opening] = Shelf("openings", Opening)
        self.phones: Shelf[PhoneLease] = Shelf("phone_leases", PhoneLease)
        self.lines: Shelf[Line] = Shelf("lines", Line)
        self.attempts: Shelf[Attempt] = Shelf("attempts", Attempt, ("interaction_id", "leg", "customer_leg"))
        self.trunks: Shelf[Trunk] = Shelf("trunks", Trunk)
        self.tallies: Shelf[AgentTally] = Shelf("agent_tallies", AgentTally)
        self.rounds: Shelf[Round] = Shelf("queue_rounds", Round)
        self.recent: Shelf[Recent] = Shelf("queue_recent", Recent)
        self.lacks: Shelf[Lack] = Shelf("queue_lacks", Lack)
        self.outside: Shelf[OutsideDial] = Shelf("outside_dials", OutsideDial, ("interaction_id", "leg"))
        self.given_up: Shelf[GivenUpPlace] = Shelf("given_up_places", GivenUpPlace, ("number",))

    def _touch(self, part: _Part) -> None:
        self.touched.add(part.agent_id)

    @property
    def shelves(self) -> tuple[Shelf[Any], ...]:
        return (
            self.agents,
            self.interactions,
            self.stints,
            self.offers,
            self.queues,
            self.dispositions,
            self.skills,
            self.groups,
            self.profiles,
            self.announcements,
            self.hours,
            self.calendars,
            self.openings,
            self.phones,
            self.lines,
            self.attempts,
            self.trunks,
            self.tallies,
            self.rounds,
            self.recent,
            self.lacks,
            self.outside,
            self.given_up,
        )

    @property
    def line_up(self) -> bool:
        line = self.lines.get(MAIN_LINE)
        return line is not None and line.up

    def queue_of(self, interaction: Interaction) -> Queue:
        return self.queues.get(interaction.queue_id) or Queue(interaction.queue_id, interaction.queue_id)

    def entered_by(self, did: str) -> str:
        """The queue that the number called leads to."""
        wanted = dialled(did)
        found = (one.id for one in self.queues if one.active and wanted in map(dialled, one.dids))
        return next(found, MAIN_QUEUE) if wanted else MAIN_QUEUE

    def sounds_of(self, announcement_id: str, language: str, *, position: int = 0, minutes: int = 0) -> tuple[str, ...]:
        """What is played of an announcement to a caller of that language; nothing where there is none."""
        found = self.announcements.get(announcement_id) or DEFAULTS.get(announcement_id)
        return () if found is None else pieces(found, language, position, minutes)

    def is_open(self, queue: Queue, at: datetime) -> bool:
        """Whether a queue is open at a moment; one without hours always is."""
        hours = self.hours.get(queue.hours_id)
        return hours is None or business_hours(hours, {one.id: one for one in self.calendars}).is_open(at)

    def is_open_now(self, queue: Queue, at: datetime) -> bool:
        """By what was last found of its hours (see routing.opening), not by what this machine knows of zones by now:
        so a replay elsewhere finds the same."""
        opening = self.openings.get(queue.hours_id)
        return self.is_open(queue, at) if opening is None else opening.open

    def put_agent(self, agent: Agent, **changes: Any) -> Agent:
        """Change an agent, and with it perhaps what people see of them."""
        self.touched.add(agent.id)
        return self.agents.put(replace(agent, **changes))

    def put_interaction(self, interaction: Interaction, **changes: Any) -> Interaction:
        return self.interactions.put(replace(interaction, **changes))

    def agent(self, agent_id: str) -> Agent:
        """The signed-in agent; Refused when they have no desk."""
        found = self.agents.get(agent_id)
        if found is None:
            raise Refused("no_desk", "You have no desk open. Sign in again.", agent_id=agent_id)
        return found

    def awaited(self, leg: str) -> bool:
        """Whether somebody's work goes on, or is to begin, on this leg; a number's, whether it is dialled."""
        parts = self.stints.where("leg", leg)
        outside = self.outside.where("leg", leg)
        if any(one.ended_at is None and one.state is not AttemptState.ending for one in outside):
            return True
        return self.dialled_on(leg) is not None or any(one.state is not StintState.done for one in parts)

    def is_on(self, interaction_id: str) -> bool:
        """Whether the caller of an interaction is there."""
        found = self.interactions.get(interaction_id)
        return found is not None and found.ended_at is None

    def interaction(self, interaction_id: str) -> Interaction:
        """The live interaction; NotFound when it is over or never was."""
        found = self.interactions.get(interaction_id)
        if found is None:
            raise NotFound("call_gone", "This call is over.", interaction_id=interaction_id)
        return found

    def own_stint(self, interaction_id: str, agent_id: str) -> Stint:
        """The agent's unfinished part in the interaction, the last where there are two (an agent in wrap-up whose phone
        the switch's own queue rang for the same caller): the one at the desk. NotFound when they have none (others'
        calls too)."""
        parts = (one for one in self.stints.where("interaction_id", interaction_id) if one.agent_id == agent_id)
        living = [one for one in parts if one.state is not StintState.done]
        if living:
            return max(living, key=lambda one: (one.offered_at, one.id))
        raise NotFound("call_gone", "This call is over or not yours.", interaction_id=interaction_id)

    def current_stint(self, interaction: Interaction) -> Stint | None:
        return self.stints.get(interaction.stint_id)

    def last_talk(self, interaction: Interaction) -> Stint | None:
        """The part of the agent who talked to the caller last."""
        talks = [one for one in self.stints.where("interaction_id", interaction.id) if one.joined_at is not None]
        return max(talks, key=lambda one: (one.joined_at or one.offered_at, one.id), default=None)

    def attempt_of(self, interaction_id: str) -> Attempt | None:
        """The live attempt behind an interaction."""
        found = self.attempts.where("interaction_id", interaction_id)
        return found[0] if found and found[0].ended_at is None else None

    def outside_of(self, interaction_id: str) -> OutsideDial | None:
        """The outside number that is being called for a caller, or that they talk to."""
        found = self.outside.where("interaction_id", interaction_id)
        return next((one for one in found if one.ended_at is None), None)

    def is_rung_for(self, interaction_id: str) -> bool:
        """Whether somebody's phone rings for a caller, or may still be answered: an agent's or an outside number."""
        return bool(self.live_offers(interaction_id)) or self.outside_of(interaction_id) is not None

    def attempt_on(self, leg: str) -> Attempt | None:
        """The live attempt whose agent's leg this is."""
        found = self.attempts.where("leg", leg)
        return found[0] if found and found[0].ended_at is None else None

    def dialled_on(self, leg: str) -> Attempt | None:
        """The live attempt whose number has this leg."""
        found = self.attempts.where("customer_leg", leg)
        return found[0] if found and found[0].ended_at is None else None

    def live_offers(self, interaction_id: str) -> list[Offer]:
        """Offers of the caller that are open or whose leg may still be answered; several when many are rung at once."""
        return [one for one in self.offers.where("interaction_id", interaction_id) if one.live]

    def last_in_round(self, queue_id: str) -> str | None:
        """Whom the round robin of a queue came to last."""
        found = self.rounds.get(queue_id)
        return found.agent_id if found is not None else None

    def tidy(self, interaction_id: str) -> None:
        """Forget what is finished: done stints (those with talk only once the caller has left), and the interaction
        when nothing of it is left."""
        interaction = self.interactions.get(interaction_id)
        over = interaction is None or interaction.ended_at is not None
        stints = self.stints.where("interaction_id", interaction_id)
        for stint in stints:
            if stint.state is StintState.done and (over or stint.joined_at is None):
                self.stints.retire(stint.id)
        open_stints = [one for one in stints if one.state is not StintState.done]
        live = self.live_offers(interaction_id)
        if interaction is not None and interaction.ended_at and not open_stints and not live:
            self.interactions.retire(interaction_id)

    def pending(self, offer_id: str) -> Offer | None:
        offer = self.offers.get(offer_id)
        return offer if offer is not None and offer.state is OfferState.pending else None


def advance(state: State, attempt: Attempt, fact: str, **changes: Any) -> Attempt:
    """Tell an attempt a fact."""
    return state.attempts.put(replace(attempt, state=ATTEMPT.observe(attempt.state, fact), **changes))


def came(interaction_id: str) -> tuple[int, ...]:
    """Sorts interactions as the switch numbered their callers: those who came during one outage have one place."""
    return tuple(map(int, DIGITS.findall(interaction_id)))


def dialled(number: str) -> str:
    """A number called, however the trunk writes its country code: digits, without + or 00 before it."""
    return "".join(DIGITS.findall(number)).removeprefix("00")
