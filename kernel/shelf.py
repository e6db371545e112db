"""A table kept in memory: frozen rows by key, with undo for a failed turn and a list of what to save."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable


@runtime_checkable
class Row(Protocol):
    """Anything with an `id`; rows are frozen, a change is a new row."""

    @property
    def id(self) -> str: ...


R = TypeVar("R", bound=Row)
Index = dict[Any, dict[str, None]]


@dataclass(frozen=True, slots=True)
class Change:
    """One row as it stands after a commit; `row` is None when it was deleted."""

    shelf: str
    key: str
    row: Any | None


class Shelf(Generic[R]):
    """Rows of one type. `put` and `drop` are recorded until `settle` (keep) or `undo` (take back).

    Rows always come in the order of their ids: the order of insertion would differ after an undo, a restart and
    in a replay, and with it what is decided.
    """

    def __init__(self, name: str, row_type: type[R], indexed: Iterable[str] = ()) -> None:
        self.name = name
        self.row_type = row_type
        self._rows: dict[str, R] = {}
        self._before: dict[str, R | None] = {}
        self._index: dict[str, Index] = {field: {} for field in indexed}
        self._retired: set[str] = set()
        self._followers: list[Callable[[R | None, R | None], None]] = []

    def follow(self, heard: Callable[[R | None, R | None], None]) -> None:
        """From now on `heard(before, after)` is called whenever a row comes, changes or goes, whatever the cause: a
        turn that is taken back and the load at the start too. So what is derived from the rows can be kept true."""
        self._followers.append(heard)

    def get(self, key: str | None) -> R | None:
        return self._rows.get(key) if key is not None else None

    def __getitem__(self, key: str) -> R:
        return self._rows[key]

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[R]:
        """All rows, in the order of their ids."""
        return iter([self._rows[key] for key in sorted(self._rows)])

    def __len__(self) -> int:
        return len(self._rows)

    def where(self, field: str, value: object) -> list[R]:
        """Rows whose indexed `field` equals `value`, in the order of their ids."""
        keys = self._index[field].get(value)
        if not keys:
            return []
        return [self._rows[key] for key in (sorted(keys) if len(keys) > 1 else keys)]

    def put(self, row: R) -> R:
        """Insert or replace a row; returns it."""
        self._before.setdefault(row.id, self._rows.get(row.id))
        self._place(row.id, row)
        return row

    def drop(self, key: str) -> None:
        """Delete a row; no error when it is not there."""
        if key in self._rows:
            self._before.setdefault(key, self._rows[key])
            self._place(key, None)

    def retire(self, key: str) -> None:
        """Forget a finished row once it is saved; the database keeps it."""
        if key in self._rows:
            self._retired.add(key)

    def load(self, rows: Iterable[R]) -> None:
        """Fill from the database at start; nothing is recorded."""
        for row in rows:
            self._place(row.id, row)

    def undo(self) -> None:
        """Take back every change since the last `settle`."""
        for key, row in self._before.items():
            self._place(key, row)
        self._before.clear()
        self._retired.clear()

    def settle(self) -> list[Change]:
        """Keep the changes and return them; retired rows leave the memory."""
        changes = [Change(self.name, key, self._rows.get(key)) for key in self._before]
        self._before.clear()
        for key in self._retired:
            self._place(key, None)
        self._retired.clear()
        return changes

    def _place(self, key: str, row: R | None) -> None:
        old = self._rows.get(key)
        for field, index in self._index.items():
            before = getattr(old, field) if old is not None else None
            after = getattr(row, field) if row is not None else None
            if old is not None and (row is None or before != after):
                index[before].pop(key, None)
                if not index[before]:
                    del index[before]
            if row is not None and (old is None or before != after):
                index.setdefault(after, {})[key] = None
        if row is None:
            self._rows.pop(key, None)
        else:
            self._rows[key] = row
        if old is not row:
            for heard in self._followers:
                heard(old, row)
