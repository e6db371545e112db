"""What a database is sent."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.hops import OneHopConnection, Work

TRIP = "trip"


def listened(database: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The beginning of each statement from now on, of several that go as one too, and on SQLite TRIP for each visit to
    its thread."""
    heard: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        several = re.findall(r"INSERT INTO \w+|DELETE FROM \w+", statement)
        heard.extend(several or [statement.split("(")[0].strip()])

    event.listen(database.sync_engine, "before_cursor_execute", note)
    later, hop = OneHopConnection.later, OneHopConnection.hop

    def noted_later(self: OneHopConnection, sql: str, rows: Sequence[Sequence[object]]) -> None:
        note(None, None, sql)
        later(self, sql, rows)

    async def noted_hop(self: OneHopConnection, *works: Work) -> None:
        heard.append(TRIP)
        await hop(self, *works)

    monkeypatch.setattr(OneHopConnection, "later", noted_later)
    monkeypatch.setattr(OneHopConnection, "hop", noted_hop)
    return heard
