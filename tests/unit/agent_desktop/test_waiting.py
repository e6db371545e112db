"""Who waits, as desks show it: in the order in which they are served, the first of many, and as a fresh one would."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json

from agent_desktop.deskview import Person
from agent_desktop.ports import Batch, RowChange, State
from agent_desktop.projection import Projection
from agent_desktop.waiting import SHOWN, Looks, Waiting
from routing.matching.demand import rank_of
from routing.state import came

pytestmark = pytest.mark.unit

START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
LOOKS = Looks("ES", True, lambda _id: None, lambda _id: None)


def at(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat()


def row(number: int, queue: str = "main", state: str = "queued", **more: Any) -> dict[str, Any]:
    came_at = at(number)
    return {
        "id": f"ix-{number}.1", "state": state, "queue_id": queue, "arrived_at": came_at, "queued_at": came_at,
        "number": f"+34911{number:06}", "name": None, "match": "known", "customer_id": None, "candidate_ids": [],
        "leg": "1.1", "channel": "c", "did": "100", "language": "es", **more,
    }  # fmt: skip


def person(role: str = "agent", id: str = "ann") -> Person:
    return Person(id, id.title(), id, (role,), "en")


def projected(*rows: dict[str, Any], customer: str | None = None, **queues: dict[str, Any]) -> Projection:
    found = queues or {"main": {}}
    projection = Projection(customer=lambda _id: customer)
    shelves = {
        "queues": {id: {"id": id, "name": id.title(), "wrap_seconds": 60, **more} for id, more in found.items()},
        "interactions": {one["id"]: one for one in rows},
    }
    projection.reset(State(1, shelves))
    return projection


def shown(projection: Projection, who: Person) -> list[str]:
    waiting = projection.desk(who)["waiting"]
    return [one["id"] for one in waiting["rows"]]


def test_the_one_who_is_served_first_comes_first_and_each_has_the_position_in_their_queue() -> None:
    late_but_ahead = row(40, "vip")
    projection = projected(
        row(5), row(9, front=True), row(2), late_but_ahead, row(50, "vip"), main={}, vip={"priority": 39}
    )

    waiting = projection.desk(person())["waiting"]

    assert [(one["id"], one["position"]) for one in waiting["rows"]] == [
        ("ix-9.1", 1), ("ix-40.1", 1), ("ix-2.1", 2), ("ix-5.1", 3), ("ix-50.1", 2),
    ]  # fmt: skip
    assert waiting["total"] == 5


def test_who_talks_or_has_gone_is_not_there_and_who_is_rung_for_is_with_the_reason() -> None:
    projection = projected(
        row(1, state="active"), row(2, state="offered"), row(3, state="in_fallback"), row(4, match=None), row(5)
    )

    rows = projection.desk(person())["waiting"]["rows"]

    assert [(one["id"], one["why"]) for one in rows] == [
        ("ix-2.1", "ringing"), ("ix-3.1", "fallback"), ("ix-4.1", "looked_up"), ("ix-5.1", None),
    ]  # fmt: skip


def test_a_row_says_who_calls_since_when_and_for_whom_they_are_kept() -> None:
    until = at(90)
    kept = row(
        1,
        prefer_agent="bob",
        prefer_until=until,
        level="gold",
        expected_wait=95.5,
        again_since=at(30),
        name="CALLER ID",
    )
    projection = projected(kept, customer="Marta Gil")
    projection.apply(Batch(2, at(0), (RowChange("agents", "bob", {"id": "bob", "name": "Bob"}),)))

    (found,) = projection.desk(person())["waiting"]["rows"]

    assert found == {
        "id": "ix-1.1", "queue_id": "main", "state": "queued", "since": "2026-03-01T10:00:30.000Z", "position": 1,
        "name": "Marta Gil", "number": "+34911000001", "display": "911 00 00 01", "withheld": False, "level": "gold",
        "expected_wait": 95.5, "why": None, "kept_for": "Bob", "kept_until": "2026-03-01T10:01:30.000Z",
    }  # fmt: skip


def test_each_sees_whom_they_may_pick_and_who_may_not_pick_nobody() -> None:
    projection = projected(row(1), row(2, "night"), main={"everyone": False, "members": ["ann"]}, night={})

    assert shown(projection, person()) == ["ix-1.1", "ix-2.1"]
    assert shown(projection, person(id="bob")) == ["ix-2.1"]
    assert shown(projection, person("supervisor", "sue")) == ["ix-1.1", "ix-2.1"]
    assert projection.desk(person("telemarketer"))["waiting"] is None
    assert projection.desk(person("admin"))["waiting"] is None


def test_all_who_see_the_same_share_one_list_and_a_desk_keeps_what_it_was_told() -> None:
    projection = projected(row(1))
    first = projection.board.waiting_of(person())

    assert projection.board.waiting_of(person(id="bob")) is first
    projection.apply(Batch(2, at(0), (RowChange("interactions", "ix-2.1", row(2)),)))
    assert projection.desk(person(), None, first)["waiting"] is first
    assert projection.desk(person("telemarketer"), None, first)["waiting"] is None
    assert projection.desk(person())["waiting"]["total"] == 2


def test_ten_thousand_who_wait_are_as_much_to_send_as_thirty() -> None:
    many = [row(number, f"q{number % 50}", name="Margarita Fernández de la Torre") for number in range(10_000)]
    projection = projected(*many, **{f"q{number}": {} for number in range(50)})

    waiting = projection.desk(person())["waiting"]

    assert (waiting["total"], len(waiting["rows"])) == (10_000, SHOWN)
    assert [one["id"] for one in waiting["rows"]] == [f"ix-{number}.1" for number in range(SHOWN)]
    assert len(to_json(waiting)) < 10_000


changes = st.lists(
    st.tuples(
        st.integers(0, 8),
        st.sampled_from(("main", "vip")),
        st.sampled_from(("queued", "offered", "active", "closed", None)),
        st.integers(0, 30),
        st.booleans(),
    ),
    max_size=30,
)


@given(changes, st.integers(0, 40))
def test_followed_by_changes_it_is_what_sorting_all_would_make(
    steps: list[tuple[int, str, str | None, int, bool]], bonus: int
) -> None:
    waiting, rows = Waiting(), {}
    for number, queue, state, place, front in steps:
        key = f"ix-{number}.1"
        rows[key] = None if state is None else row(number, queue, state, place=at(place), front=front)
        waiting.put(key, rows[key])

    found = waiting.first({"main": 0.0, "vip": float(bonus)}, LOOKS)

    there = [one for one in rows.values() if one is not None and one["state"] in ("queued", "offered")]
    there.sort(
        key=lambda one: rank_of(
            one["front"],
            datetime.fromisoformat(one["place"]),
            bonus if one["queue_id"] == "vip" else 0,
            came(one["id"]),
            one["id"],
        )
    )
    assert [one["id"] for one in found["rows"]] == [one["id"] for one in there]
    for queue in ("main", "vip"):
        mine = [one for one in there if one["queue_id"] == queue]
        assert waiting.count(queue) == len(mine)
        assert [one["position"] for one in found["rows"] if one["queue_id"] == queue] == list(range(1, len(mine) + 1))
        assert (waiting.longest_since(queue) is None) is (not mine)
