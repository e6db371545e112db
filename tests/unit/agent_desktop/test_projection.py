"""A desk followed by changes equals a desk made fresh, whatever the rows do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_desktop.deskview import Person, moment
from agent_desktop.feed import Feed, desk_changes
from agent_desktop.ports import Batch, RowChange, State
from agent_desktop.projection import Projection

pytestmark = pytest.mark.unit

AT = "2026-03-01T10:00:00Z"
AGENTS = ("ann", "bob")
PEOPLE = {name: Person(name, name.title(), name, ("agent",), "en") for name in AGENTS}
INTERACTIONS = ("ix-1", "ix-2", "ix-3")
IX_STATES = ("arriving", "queued", "offered", "active", "held", "after_call", "in_fallback", "closed", "abandoned")


def agent_row(key: str, presence: str = "ready", duty: str = "idle", device: str = "reachable") -> dict[str, Any]:
    return {
        "id": key, "name": key, "presence": presence, "duty": duty, "device": device, "since": AT, "idle_since": AT,
        "endpoint": "cti-phone-01", "pause_reason": None, "next_presence": None, "next_reason": None, "missed": 0,
    }  # fmt: skip


def interaction_row(key: str, state: str = "queued", queue: str = "main", match: str | None = None) -> dict[str, Any]:
    return {
        "id": key, "state": state, "leg": "1.1", "channel": "c", "queue_id": queue, "did": "100", "language": "es",
        "arrived_at": AT, "number": "+34911234567", "name": "X", "match": match, "customer_id": None,
        "candidate_ids": [], "queued_at": AT,
    }  # fmt: skip


def part_row(key: str, interaction: str, agent: str, state: str) -> dict[str, Any]:
    return {
        "id": key, "interaction_id": interaction, "agent_id": agent, "state": state, "leg": "leg-1", "offered_at": AT,
        "made_at": AT, "deadline": AT,
    }  # fmt: skip


agents = st.builds(
    lambda key, *values: RowChange("agents", key, agent_row(key, *values)),
    st.sampled_from(AGENTS),
    st.sampled_from(("out", "ready", "paused")),
    st.sampled_from(("idle", "reserved", "busy", "wrapping")),
    st.sampled_from(("reachable", "lost")),
)
interactions = st.builds(
    lambda key, *values: RowChange("interactions", key, interaction_row(key, *values)),
    st.sampled_from(INTERACTIONS),
    st.sampled_from(IX_STATES),
    st.sampled_from(("main", "sales")),
    st.sampled_from((None, "known", "unknown")),
)


def parts(shelf: str, prefix: str, states: tuple[str, ...]) -> st.SearchStrategy[RowChange]:
    def made(number: int, agent: str, interaction: str, state: str) -> RowChange:
        key = f"{prefix}-{number}"
        return RowChange(shelf, key, part_row(key, interaction, agent, state))

    return st.builds(
        made, st.integers(1, 3), st.sampled_from(AGENTS), st.sampled_from(INTERACTIONS), st.sampled_from(states)
    )


queues = st.builds(
    lambda key, name, **who: RowChange("queues", key, {"id": key, "name": name, "wrap_seconds": 60, **who}),
    st.sampled_from(("main", "sales")),
    st.sampled_from(("Main", "Sales")),
    everyone=st.booleans(),
    members=st.sampled_from(((), ("ann",), ("ann", "bob"))),
    active=st.booleans(),
)
profiles = st.builds(
    lambda key, groups: RowChange("profiles", key, {"id": key, "skills": {}, "groups": groups, "version": 1}),
    st.sampled_from(AGENTS),
    st.sampled_from(((), ("north",))),
)
lines = st.builds(lambda up: RowChange("lines", "main", {"id": "main", "up": up}), st.booleans())
gone = st.one_of(
    st.builds(RowChange, st.just("agents"), st.sampled_from(AGENTS), st.none()),
    st.builds(RowChange, st.just("interactions"), st.sampled_from(INTERACTIONS), st.none()),
    st.builds(RowChange, st.just("stints"), st.sampled_from(("st-1", "st-2", "st-3")), st.none()),
)
changes = st.one_of(
    agents,
    interactions,
    parts("stints", "st", ("offered", "joined", "held", "wrapping", "done")),
    parts("offers", "of", ("pending", "accepted", "declined")),
    queues,
    profiles,
    lines,
    gone,
    st.just(RowChange("shelf_of_a_later_release", "x", {"id": "x"})),
)


def live(rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What an engine keeps: finished stints and ended interactions that nobody has a part in are gone."""
    kept = {shelf: dict(found) for shelf, found in rows.items()}
    over = {"stints": lambda row: row["state"] == "done", "offers": lambda row: row["state"] != "pending"}
    for shelf, is_over in over.items():
        kept[shelf] = {key: row for key, row in kept.get(shelf, {}).items() if not is_over(row)}
    used = {row["interaction_id"] for shelf in over for row in kept[shelf].values()}
    kept["interactions"] = {
        key: row
        for key, row in kept.get("interactions", {}).items()
        if key in used or row["state"] not in ("closed", "abandoned")
    }
    return kept


def test_given_queues_of_some_then_a_desk_shows_those_that_its_person_serves_and_a_supervisor_all() -> None:
    projection = Projection()
    rows: dict[str, dict[str, Any]] = {
        "main": {"name": "Main"},
        "sales": {"name": "Sales", "everyone": False, "members": ["ann"]},
        "north": {"name": "North", "everyone": False, "groups": ["north"]},
        "late": {"name": "Late", "skills": {"tv": 3}, "steps": [{"after_seconds": 9, "skills": {"tv": 1}}]},
        "gone": {"name": "Gone", "active": False},
    }
    found = {key: {"id": key, **row} for key, row in rows.items()}
    profile = {"id": "bob", "skills": {"tv": 1}, "groups": ["north"], "version": 1}
    projection.reset(State(1, {"queues": found, "profiles": {"bob": profile}}))

    def shown(person: Person) -> list[str]:
        return [one["id"] for one in projection.desk(person)["queues"]]

    eve = Person("eve", "Eve", "eve", ("supervisor",), "en")
    assert (shown(PEOPLE["ann"]), shown(PEOPLE["bob"])) == (["main", "sales"], ["late", "main", "north"])
    assert shown(eve) == ["late", "main", "north", "sales"]
    touched = projection.apply(Batch(2, AT, (RowChange("profiles", "bob", None),)))
    assert (touched.everybody, shown(PEOPLE["bob"])) == (True, ["main"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(changes, min_size=1, max_size=4), max_size=15), st.integers(0, 15))
def test_given_any_changes_when_followed_then_equal_to_fresh(batches: list[list[RowChange]], joins: int) -> None:
    followed, rows = Projection(), {}
    feeds: dict[str, Feed] = {}
    browsers: dict[str, dict[str, Any]] = {}
    for number, batch in enumerate(batches, start=1):
        if number > joins:
            for name in AGENTS:
                feeds.setdefault(name, Feed("e", followed.desk(PEOPLE[name])))
                browsers.setdefault(name, feeds[name].desk)
        touched = followed.apply(Batch(number, AT, tuple(batch)))
        for change in batch:
            shelf = rows.setdefault(change.shelf, {})
            shelf.pop(change.key, None)
            if change.row is not None:
                shelf[change.key] = change.row
        rows = live(rows)
        for name in feeds.keys() if touched.everybody or touched.figures else touched.agents & feeds.keys():
            change_of = feeds[name].update(followed.desk(PEOPLE[name]))
            browsers[name] = {**browsers[name], **(change_of.set if change_of else {})}
        fresh = Projection()
        fresh.reset(State(number, rows))
        for name, shown in browsers.items():
            assert shown == fresh.desk(PEOPLE[name])


@given(st.lists(st.lists(changes, min_size=1, max_size=3), min_size=1, max_size=6))
def test_given_a_batch_again_when_applied_then_nothing_changes(batches: list[list[RowChange]]) -> None:
    projection = Projection()
    for number, batch in enumerate(batches, start=1):
        projection.apply(Batch(number, AT, tuple(batch)))
    before = {name: projection.desk(PEOPLE[name]) for name in AGENTS}

    touched = projection.apply(Batch(len(batches), AT, tuple(batches[0])))

    assert not touched.agents
    assert {name: projection.desk(PEOPLE[name]) for name in AGENTS} == before


def test_given_nothing_when_shown_then_a_whole_desk_that_says_so() -> None:
    desk = Projection().desk(PEOPLE["ann"])

    assert set(desk) == {"me", "offer", "call", "dial", "pop", "queues", "waiting", "link", "settings"}
    assert desk["me"]["presence"] == "out"
    assert desk["me"]["routable"] is False
    assert desk["link"] == {"switch": "down", "saving": True, "trunk": False}


def test_given_two_waiting_and_one_talking_when_counted_then_only_the_waiting() -> None:
    projection = Projection()
    early = {**interaction_row("ix-1"), "queued_at": "2026-03-01T09:59:58.123456Z"}
    rows = {
        "queues": {"main": {"id": "main", "name": "Main"}},
        "interactions": {
            "ix-1": early,
            "ix-2": interaction_row("ix-2", "offered"),
            "ix-3": interaction_row("ix-3", "active"),
        },
    }

    projection.reset(State(1, rows))

    waits = {"waiting": 2, "longest_since": "2026-03-01T09:59:58.123Z"}
    assert projection.board.queues() == [{"id": "main", "name": "Main", **waits, "open": True, "changes_at": None}]


def test_given_hours_that_turn_then_everybodys_desk_shows_the_queue_closed_and_when_it_opens() -> None:
    projection = Projection()
    queues = {"main": {"id": "main", "name": "Main", "hours_id": "office"}, "night": {"id": "night", "name": "Night"}}
    projection.reset(State(1, {"queues": queues, "openings": {"office": {"id": "office", "open": True}}}))
    closed = {"id": "office", "open": False, "changes_at": "2026-03-02T08:00:00Z"}
    assert projection.apply(Batch(2, "", (RowChange("openings", "office", closed),))).everybody
    shown = {row["id"]: (row["open"], row["changes_at"]) for row in projection.board.queues()}
    assert shown == {"main": (False, "2026-03-02T08:00:00.000Z"), "night": (True, None)}
    turned_away = {**interaction_row("ix-1"), "state": "dismissed"}
    projection.apply(Batch(3, "", (RowChange("interactions", "ix-1", turned_away),)))
    assert [row["waiting"] for row in projection.board.queues()] == [0, 0]


def test_given_a_caller_who_waits_again_when_counted_then_since_that_and_not_since_the_first_wait() -> None:
    projection = Projection()
    again = {**interaction_row("ix-1"), "answered_at": AT, "again_since": "2026-03-01T10:05:00Z"}
    projection.reset(State(1, {"queues": {"main": {"id": "main", "name": "Main"}}, "interactions": {"ix-1": again}}))
    assert projection.board.queues()[0]["longest_since"] == "2026-03-01T10:05:00.000Z"


def test_given_a_call_that_a_colleague_answered_when_the_next_one_rings_in_the_same_turn_then_both_are_told() -> None:
    projection = Projection()
    first, second = (part_row(key, ix, "ann", "pending") for key, ix in (("of-1", "ix-1"), ("of-2", "ix-2")))
    rows = {"agents": {name: agent_row(name) for name in AGENTS}, "offers": {"of-1": first}}
    rows["interactions"] = {key: interaction_row(key, "offered") for key in ("ix-1", "ix-2")}
    projection.reset(State(1, rows))
    assert projection.desk(PEOPLE["ann"])["me"]["taken"] is None
    lost = {**first, "state": "rescinded", "reason": "answered_elsewhere", "answered_by": "bob"}
    projection.apply(Batch(2, AT, (RowChange("offers", "of-1", lost), RowChange("offers", "of-2", second))))
    desk = projection.desk(PEOPLE["ann"])
    assert desk["me"]["taken"] == {"offer_id": "of-1", "by": "bob"}
    assert desk["offer"]["id"] == "of-2"


def test_given_a_closed_call_in_wrap_up_when_the_stint_ends_then_the_screen_is_clear() -> None:
    projection = Projection()
    projection.apply(
        Batch(1, AT, (RowChange("stints", "st-1", part_row("st-1", "ix-1", "ann", "wrapping")),
                      RowChange("interactions", "ix-1", interaction_row("ix-1", "closed"))))
    )  # fmt: skip
    wrapping = projection.desk(PEOPLE["ann"])["call"]

    projection.apply(Batch(2, AT, (RowChange("stints", "st-1", part_row("st-1", "ix-1", "ann", "done")),)))

    assert wrapping["stint"]["state"] == "wrapping"
    assert projection.desk(PEOPLE["ann"])["call"] is None
    assert list(projection.interactions()) == []


@pytest.mark.parametrize(
    ("given_at", "shown"),
    [
        ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00.000Z"),
        ("2026-03-01T10:00:00.123999Z", "2026-03-01T10:00:00.123Z"),
        ("2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00.000Z"),
        (None, None),
    ],
)
def test_times_are_utc_with_milliseconds(given_at: str | None, shown: str | None) -> None:
    assert moment(given_at) == shown


def test_desk_changes_names_the_keys_that_differ() -> None:
    assert desk_changes({"a": 1, "b": [1]}, {"a": 1, "b": [1, 2], "c": None}) == {"b", "c"}


def dial_row(key: str, asked_at: str, state: str) -> dict[str, Any]:
    return {"id": key, "interaction_id": f"ix-{key}", "agent_id": "ann", "number": "+34600111222", "state": state,
            "asked_at": asked_at}  # fmt: skip


def test_given_a_dial_that_ends_after_a_later_one_was_placed_when_shown_then_the_desk_has_the_later() -> None:
    first, second = dial_row("at-1", AT, "bridged"), dial_row("at-2", "2026-03-01T10:05:00Z", "dialing")
    over = {**first, "state": "ended", "ended_at": "2026-03-01T10:06:00Z"}
    projection = Projection()

    for number, row in enumerate((first, second, over), start=1):
        projection.apply(Batch(number, AT, (RowChange("attempts", row["id"], row),)))

    assert projection.desk(PEOPLE["ann"])["dial"]["id"] == "at-2"
    fresh = Projection()
    fresh.reset(State(3, {"attempts": {"at-2": second, "at-1": over}}))
    assert fresh.desk(PEOPLE["ann"])["dial"] == projection.desk(PEOPLE["ann"])["dial"]
