"""The engine's live rows as the desktop keeps them, and each agent's desk made from them. Pure.

Rows are the plain dicts of `agent_desktop.ports`; the desk has the shape that the browser client reads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from agent_desktop.board import SET_UP, Board, picks
from agent_desktop.deskview import (
    Person,
    call_view,
    dial_view,
    me_view,
    moment,
    offer_view,
    offered_stint_view,
    stint_view,
)
from agent_desktop.feed import Desk
from agent_desktop.ports import Batch, Row, RowChange, State
from routing.agents import PAUSE_REASONS
from routing.state import MAIN_QUEUE

ENDED = frozenset({"closed", "abandoned"})
SHELVES = ("agents", "interactions", "stints", "offers", *SET_UP, "openings", "lines", "trunks", "attempts")
DISPOSITION = ("id", "label", "labels", "key", "flags")
FOR_EVERYBODY = frozenset({*SET_UP, "openings", "lines", "trunks"})


@dataclass(frozen=True, slots=True)
class Choices:
    """What the forms of the desk offer, apart from what routing knows. `region` is the country whose way of
    writing numbers people here read."""

    region: str = "ES"
    ticket_categories: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ("low", "normal", "high", "urgent")


@dataclass(slots=True)
class Touched:
    """Whose desks a batch may have changed; `figures` when only the queues' numbers may have, for everybody."""

    agents: set[str] = field(default_factory=set)
    interactions: set[str] = field(default_factory=set)
    everybody: bool = False
    figures: bool = False


class Projection:
    """Live rows by shelf and id, with the few look-ups that a desk needs."""

    def __init__(
        self, choices: Choices | None = None, customer: Callable[[str], str | None] = lambda _id: None
    ) -> None:
        """`customer` tells what the customer of a call is called, as far as it is known."""
        self.choices = choices or Choices()
        self._customer = customer
        self.seq = 0
        self.saving = True
        self._rows: dict[str, dict[str, Row]] = {name: {} for name in SHELVES}
        self._stints: defaultdict[str, set[str]] = defaultdict(set)
        self._offers: defaultdict[str, set[str]] = defaultdict(set)
        self._parts: defaultdict[str, set[str]] = defaultdict(set)
        self._dials: dict[str, str] = {}
        self._taken: dict[str, Row] = {}
        self.board = Board(self._rows, self.choices.region, customer)
        self._choices: dict[str | None, Row] = {}

    def reset(self, state: State) -> None:
        """Begin anew from a full state."""
        saving = self.saving
        self.__init__(self.choices, self._customer)  # type: ignore[misc]
        self.saving = saving
        self.seq = state.seq
        for shelf in SHELVES:
            for key, row in _oldest_first(state.rows.get(shelf, {})):
                self._place(RowChange(shelf, key, row))
        for key in list(self._rows["interactions"]):
            self._forget_ended(key)

    def apply(self, batch: Batch) -> Touched:
        """Take a batch in; one that is already contained changes nothing."""
        touched = Touched()
        if batch.seq <= self.seq:
            return touched
        self.seq = batch.seq
        for change in batch.changes:
            if change.shelf in self._rows:
                self._touch(change, touched)
                self._place(change)
                self._touch(change, touched)
        for key in touched.interactions:
            self._forget_ended(key)
        return touched

    def get(self, shelf: str, key: str | None) -> Row | None:
        return self._rows[shelf].get(key) if key is not None else None

    def rows(self, shelf: str) -> list[Row]:
        """All rows of a shelf, in the order of their ids."""
        return [self._rows[shelf][key] for key in sorted(self._rows[shelf])]

    def interactions(self) -> Iterator[Row]:
        """Interactions that a desk may show."""
        return iter(self._rows["interactions"].values())

    def agents(self) -> Iterable[str]:
        return self._rows["agents"].keys()

    def shown_to(self, agent_id: str) -> str | None:
        """The interaction on the agent's screen: the one offered, talked to or wrapped up."""
        stint = self._stint(agent_id)
        if stint is not None:
            return str(stint["interaction_id"])
        offer = self._offer(agent_id)
        return str(offer["interaction_id"]) if offer is not None else None

    def viewers(self, interaction_id: str) -> set[str]:
        """Agents with a live stint or a pending offer for the interaction."""
        found = set()
        for part in self._parts.get(interaction_id, ()):
            row = self.get("stints", part) or self.get("offers", part)
            if row is not None:
                found.add(str(row["agent_id"]))
        return found

    def desk(self, person: Person, pop: Row | None = None, told: Row | None = None) -> Desk:
        """Everything on the screen of `person`. `told`: who waits as they were told last; it stands, if it is theirs
        to know at all."""
        agent_id = person.id
        offer = self._offer(agent_id)
        return {
            "me": self._me(person),
            "offer": None if offer is None else offer_view(offer),
            "call": self._call(agent_id, offer),
            "dial": self._dial(agent_id),
            "pop": pop,
            "queues": self.board.queues_of(person),
            "waiting": told if told is not None and picks(person) is not None else self.board.waiting_of(person),
            "link": {"switch": self._switch(), "saving": self.saving, "trunk": self._trunk()},
            "settings": self._settings(agent_id),
        }

    def _me(self, person: Person) -> Row:
        row = self.get("agents", person.id)
        colleague = self.get("agents", row.get("about")) if row else None
        return me_view(person, row, colleague["name"] if colleague else None) | {"taken": self._taken_from(person.id)}

    def _taken_from(self, agent_id: str) -> Row | None:
        """The last offer to the agent that somebody else answered; they may be offered another caller by now."""
        taken = self._taken.get(agent_id)
        colleague = self.get("agents", taken["by"]) if taken else None
        return taken and {"offer_id": taken["offer_id"], "by": colleague["name"] if colleague else None}

    def _stint(self, agent_id: str) -> Row | None:
        keys = self._stints.get(agent_id)
        return self._rows["stints"][max(keys, key=self._stint_order)] if keys else None

    def _stint_order(self, key: str) -> tuple[str, str]:
        return (moment(self._rows["stints"][key]["offered_at"]) or "", key)

    def _offer(self, agent_id: str) -> Row | None:
        keys = self._offers.get(agent_id)
        return self._rows["offers"][max(keys)] if keys else None

    def _call(self, agent_id: str, offer: Row | None) -> Row | None:
        stint = self._stint(agent_id)
        key = stint["interaction_id"] if stint else offer["interaction_id"] if offer else None
        row = self.get("interactions", key)
        if row is None:
            return None
        part = stint_view(stint) if stint else offered_stint_view(offer) if offer else None
        queue = self.get("queues", row["queue_id"]) or {"id": row["queue_id"], "name": row["queue_id"]}
        before = self.get("queues", row.get("moved_from"))
        return call_view(row, queue, part, self.choices.region, before)

    def _dial(self, agent_id: str) -> Row | None:
        """The last call that the agent made, its end included."""
        row = self.get("attempts", self._dials.get(agent_id))
        return None if row is None else dial_view(row, self.choices.region)

    def _switch(self) -> str:
        lines = self._rows["lines"].values()
        return "up" if any(line["up"] for line in lines) else "down"

    def _trunk(self) -> bool:
        """Whether there is a way to call out."""
        return any(trunk["dial"] for trunk in self._rows["trunks"].values())

    def _settings(self, agent_id: str) -> Row:
        """The same for everybody whose caller came to the same queue: made once, until somebody changes the set-up."""
        shown = self.get("interactions", self.shown_to(agent_id))
        queue_id = shown["queue_id"] if shown else None
        found = self._choices.get(queue_id)
        if found is None:
            found = self._choices[queue_id] = self._settings_of(self.get("queues", queue_id))
        return found

    def _settings_of(self, queue: Row | None) -> Row:
        if queue is None:
            queue = self.get("queues", MAIN_QUEUE) or {}
        dispositions = [one for one in self._rows["dispositions"].values() if _offered_in(one, queue.get("id"))]
        dispositions.sort(key=lambda one: (one.get("position", 0), one["id"]))
        return {
            "dispositions": [{name: one.get(name) for name in DISPOSITION} for one in dispositions],
            "pause_reasons": list(PAUSE_REASONS),
            "wrap_up": {
                "mandatory": queue.get("wrap_mode") == "mandatory",
                "seconds": queue.get("wrap_seconds", 60),
                "extend_seconds": queue.get("wrap_extend_seconds", 60),
                "extensions": queue.get("wrap_extensions", 3),
            },
            "ring_seconds": queue.get("ring_seconds", 20),
            "ticket_categories": list(self.choices.ticket_categories),
            "products": list(self.choices.products),
            "priorities": list(self.choices.priorities),
        }

    def _touch(self, change: RowChange, touched: Touched) -> None:
        """Note whose desks show the row as it stands; called before and after it is placed."""
        if change.shelf in FOR_EVERYBODY:
            touched.everybody = touched.figures = True
        elif change.shelf == "agents":
            touched.agents.add(change.key)
        elif change.shelf == "interactions":
            touched.figures = True
            touched.interactions.add(change.key)
            touched.agents |= self.viewers(change.key)
        else:
            for row in (self.get(change.shelf, change.key), change.row):
                if row is not None:
                    touched.agents.add(row["agent_id"])
                    touched.interactions.add(row["interaction_id"])

    def _place(self, change: RowChange) -> None:
        """Put the row where it belongs; finished ones are forgotten as soon as no desk can show them."""
        shelf, key, row = change.shelf, change.key, change.row
        if shelf in FOR_EVERYBODY:
            self._choices.clear()
        old = self._rows[shelf].get(key)
        if row is not None and _over(shelf, row):
            row = None
        if row is None:
            self._rows[shelf].pop(key, None)
        else:
            self._rows[shelf][key] = row
        self.board.placed(shelf, key, row, old)
        if shelf == "attempts" and row is not None:
            self._show_dial(row)
        if shelf == "offers" and change.row is not None and change.row.get("reason") == "answered_elsewhere":
            self._taken[change.row["agent_id"]] = {"offer_id": key, "by": change.row.get("answered_by")}
        if shelf in ("stints", "offers"):
            self._index(self._stints if shelf == "stints" else self._offers, old, row)

    def _show_dial(self, row: Row) -> None:
        """Of an agent's dials the last one placed is shown. One before it may end later: its number may wait in the
        queue, or its leg be awaited, while the agent calls somebody else."""
        shown = self.get("attempts", self._dials.get(row["agent_id"])) or row
        older, newer = sorted((shown, row), key=_asked)
        self._dials[row["agent_id"]] = newer["id"]
        if older["id"] != newer["id"]:
            del self._rows["attempts"][older["id"]]

    def _index(self, index: defaultdict[str, set[str]], old: Row | None, row: Row | None) -> None:
        if old is not None:
            _discard(index, old["agent_id"], old["id"])
            _discard(self._parts, old["interaction_id"], old["id"])
        if row is not None:
            index[row["agent_id"]].add(row["id"])
            self._parts[row["interaction_id"]].add(row["id"])

    def _forget_ended(self, interaction_id: str) -> None:
        row = self._rows["interactions"].get(interaction_id)
        if row is not None and row["state"] in ENDED and not self._parts.get(interaction_id):
            del self._rows["interactions"][interaction_id]


def _oldest_first(rows: dict[str, Row]) -> list[tuple[str, Row]]:
    return sorted(rows.items(), key=lambda item: _asked(item[1]))


def _asked(row: Row) -> tuple[str, str]:
    """Sorts an agent's dials as they were placed."""
    return moment(row.get("asked_at")) or "", row["id"]


def _offered_in(disposition: Row, queue_id: str | None) -> bool:
    queues = disposition.get("queues")
    return bool(disposition.get("active", True)) and (not queues or queue_id in queues)


def _over(shelf: str, row: Row) -> bool:
    return (shelf == "stints" and row["state"] == "done") or (shelf == "offers" and row["state"] != "pending")


def _discard(index: defaultdict[str, set[str]], name: str, key: str) -> None:
    index[name].discard(key)
    if not index[name]:
        del index[name]
