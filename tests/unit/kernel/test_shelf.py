"""A shelf behaves like a dictionary with a way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.shelf import Shelf
from tests.unit.kernel.words import CounterRow

pytestmark = pytest.mark.unit

keys = st.sampled_from(["a", "b", "c", "d"])
rows = st.builds(CounterRow, keys, st.integers(0, 3), st.sampled_from(["red", "green", "blue"]))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), rows),
        st.tuples(st.just("drop"), keys),
        st.tuples(st.just("settle"), st.none()),
        st.tuples(st.just("undo"), st.none()),
    ),
    max_size=40,
)


def _shelf() -> Shelf[CounterRow]:
    return Shelf("counters", CounterRow, indexed=["colour"])


def _agrees(shelf: Shelf[CounterRow], model: dict[str, CounterRow]) -> None:
    assert [row.id for row in shelf] == sorted(model)
    assert {row.id: row for row in shelf} == model
    assert len(shelf) == len(model)
    for colour in ("red", "green", "blue"):
        expected = sorted(key for key, row in model.items() if row.colour == colour)
        assert [row.id for row in shelf.where("colour", colour)] == expected


@given(steps)
def test_undo_and_settle_equal_a_model_dictionary(given_steps: list[tuple[str, object]]) -> None:
    shelf, now, kept = _shelf(), dict[str, CounterRow](), dict[str, CounterRow]()
    for step, value in given_steps:
        match step, value:
            case "put", CounterRow() as row:
                shelf.put(row)
                now[row.id] = row
            case "drop", str() as key:
                shelf.drop(key)
                now.pop(key, None)
            case "undo", _:
                shelf.undo()
                now = dict(kept)
            case _:
                saved = dict(kept)
                for change in shelf.settle():
                    if change.row is None:
                        saved.pop(change.key, None)
                    else:
                        saved[change.key] = change.row
                kept = dict(now)
                assert saved == kept, "what is saved must make the database equal the memory"
        _agrees(shelf, now)


def test_given_a_retired_row_when_settled_then_it_is_saved_and_forgotten() -> None:
    shelf = _shelf()
    shelf.put(CounterRow("a", 1))
    shelf.retire("a")
    assert "a" in shelf

    changes = shelf.settle()

    assert [change.row for change in changes] == [CounterRow("a", 1)]
    assert "a" not in shelf
    assert shelf.where("colour", "red") == []


def test_given_a_retired_row_when_undone_then_it_stays() -> None:
    shelf = _shelf()
    shelf.load([CounterRow("a", 1)])
    shelf.retire("a")
    shelf.undo()
    shelf.settle()

    assert shelf.get("a") == CounterRow("a", 1)


def test_loading_records_no_change() -> None:
    shelf = _shelf()
    shelf.load([CounterRow("a", 1)])

    assert shelf.settle() == []
    assert shelf["a"].value == 1
    assert shelf.get(None) is None


@given(steps)
def test_who_follows_a_shelf_knows_its_rows_whatever_changes_them(given_steps: list[tuple[str, object]]) -> None:
    shelf, known = _shelf(), dict[str, CounterRow]()

    def heard(before: CounterRow | None, after: CounterRow | None) -> None:
        row = after or before
        assert row is not None
        assert known.get(row.id) == before
        if after is None:
            del known[row.id]
        else:
            known[row.id] = after

    shelf.follow(heard)
    shelf.load([CounterRow("a", 3), CounterRow("b", 1)])
    for name, value in given_steps:
        getattr(shelf, name)(*([] if value is None else [value]))
        assert known == {row.id: row for row in shelf}
    shelf.put(CounterRow("a", 0))
    shelf.retire("a")
    shelf.settle()
    assert known == {row.id: row for row in shelf}
