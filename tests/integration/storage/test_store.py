"""What the engine commits is in the database whole, and comes back at the next start."""

from __future__ import annotations

import dataclasses
import json
import logging

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel import db
from kernel.core import Core, Outcome
from kernel.shelf import Change
from tests.integration.storage.shelves import counters, make_tables, store_on, taken, texts, values
from tests.integration.storage.statements import listened
from tests.unit.kernel.words import (
    START,
    Ask,
    CancelAlarm,
    Count,
    CounterRow,
    Poison,
    SaveLine,
    SetAlarm,
    core,
    ring,
    state,
)

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
async def _tables(database: AsyncEngine) -> None:
    await make_tables(database)


async def _restarted(database: AsyncEngine) -> Core:
    subject, _ = core()
    subject.load(*await store_on(database).load())
    return subject


async def test_an_empty_database_gives_an_empty_start(database: AsyncEngine) -> None:
    assert await store_on(database).load() == ({"counters": [], "deadlines": []}, 0)


async def test_a_restart_finds_the_state_as_it_was(database: AsyncEngine) -> None:
    subject, _ = core()
    store = store_on(database)
    await store.commit(taken(subject, Ask(actor="u1", key="a"), Count(key="b", by=7)))
    await store.commit(taken(subject, Count(key="b"), SetAlarm(actor="u1", key="x", seconds=60)))
    await store.commit(taken(subject, CancelAlarm(actor="u1", key="ask-a")))

    again = await _restarted(database)

    assert state(again) == state(subject)
    assert again.seq == subject.seq
    assert again.next_due() == subject.next_due()
    assert await texts(database) == ["a"]


async def test_a_deadline_fires_once_across_restarts(database: AsyncEngine) -> None:
    subject, _ = core()
    await store_on(database).commit(taken(subject, SetAlarm(actor="u1", key="x", seconds=0)))

    second, room = core()
    second.load(*await store_on(database).load())
    await store_on(database).commit(ring(second, START))
    assert room.heard == ["ring"]

    third, silent = core()
    third.load(*await store_on(database).load())
    ring(third, START)
    assert silent.heard == []


async def test_only_live_rows_are_loaded(database: AsyncEngine) -> None:
    subject, _ = core()
    store = store_on(database, counters.c.value > 0)
    await store.commit(taken(subject, Count(key="a"), Count(key="b", by=0)))

    rows, _ = await store.load()

    assert [row.id for row in rows["counters"]] == ["a"]


async def test_dropped_rows_are_deleted(database: AsyncEngine) -> None:
    subject, room = core()
    store = store_on(database)
    await store.commit(taken(subject, Count(key="a"), Count(key="b")))
    room.counters.drop("a")
    out = Outcome(changes={(c.shelf, c.key): c for c in room.counters.settle()})

    await store.commit(out)

    assert await values(database) == {"b": 1}


async def test_the_journal_gives_back_what_was_said(database: AsyncEngine) -> None:
    subject, _ = core()
    store = store_on(database)
    out = taken(subject, Count(key="a", caller="+34600123456", leg="l1"), Ask(actor="u1", key="b"))
    await store.commit(out)

    assert await store.journal() == out.entries
    assert await store_on(database).journal(after=2, limit=2) == out.entries[2:4]
    assert [entry.message for entry in await store.journal(subject="l1")] == [out.entries[0].message]


async def test_personal_data_is_sealed_and_erased_with_its_key(database: AsyncEngine) -> None:
    subject, _ = core()
    store = store_on(database)
    first = Count(key="a", caller="+34600123456", leg="l1")
    second = Count(key="a", caller="+34600999999", leg="l2")
    await store.commit(taken(subject, first, second))
    async with db.readonly(database) as connection:
        bodies = [json.dumps(row.body) for row in await connection.execute(select(db.journal))]
    assert not any("34600" in body for body in bodies)

    await store.erase(["l1"])

    for reader in (store, store_on(database)):
        callers = [e.message.caller for e in await reader.journal() if isinstance(e.message, Count)]
        assert callers == [None, "+34600999999"]


async def test_one_subject_has_one_key_also_after_a_restart(database: AsyncEngine) -> None:
    subject, _ = core()
    for number in range(3):
        await store_on(database).commit(taken(subject, Count(key="a", caller=str(number), leg="l1")))

    async with db.readonly(database) as connection:
        assert await connection.scalar(select(func.count()).select_from(db.journal_keys)) == 1
    callers = [e.message.caller for e in await store_on(database).journal() if isinstance(e.message, Count)]
    assert callers == ["0", "1", "2"]


async def test_without_a_subject_the_key_is_of_the_day(database: AsyncEngine) -> None:
    subject, _ = core()
    store = store_on(database)
    await store.commit(taken(subject, Count(key="a", caller="secret")))

    await store.erase(["none/2025-03-01"])

    assert next(e.message for e in await store.journal()) == Count(key="a", caller=None)


async def test_a_dead_letter_is_kept_and_its_number_never_given_again(database: AsyncEngine) -> None:
    subject, _ = core()
    store, out = store_on(database), Outcome()
    with pytest.raises(ZeroDivisionError):
        subject.take(Poison(key="a"), START, out)

    await store.commit(out)

    async with db.readonly(database) as connection:
        row = (await connection.execute(select(db.dead_letters))).one()
    assert (row.type, row.body, row.error, row.seq) == ("Poison", {"key": "a"}, "ZeroDivisionError('poison')", 1)
    assert (await store.load())[1] == 1


async def test_nothing_is_saved_when_one_part_fails(database: AsyncEngine) -> None:
    subject, _ = core()
    store = store_on(database, vital=True)
    await store.commit(taken(subject, Ask(actor="u1", key="a")))
    before = (await values(database), await store.journal())
    out = taken(subject, Count(key="a"), Ask(actor="u1", key="b"))
    out.writes.append(SaveLine(text="a"))

    with pytest.raises(IntegrityError):
        await store.commit(out)

    assert (await values(database), await store.journal()) == before


async def test_a_row_refused_for_good_becomes_a_dead_letter_and_the_rest_is_saved(
    database: AsyncEngine, caplog: pytest.LogCaptureFixture
) -> None:
    subject, _ = core()
    store = store_on(database)
    await store.commit(taken(subject, Ask(actor="u1", key="a")))
    out = taken(subject, Count(key="c", caller="+34600123456", leg="l1"), Ask(actor="u1", key="b"))
    out.writes.insert(0, SaveLine(text="a"))

    with caplog.at_level(logging.ERROR):
        await store.commit(out)

    assert await texts(database) == ["a", "b"]
    assert await values(database) == {"a": 1, "b": 1, "c": 1}
    assert store.buried == 1
    assert "refused for good" in caplog.text
    async with db.readonly(database) as connection:
        row = (await connection.execute(select(db.dead_letters))).one()
    assert row.type == "SaveLine"
    assert "~sealed" in row.body["row"]


@pytest.mark.parametrize("name", ["a\x00b", "broken \udcff utf-8", "x" * 5000, "\U0001f600", "<img onerror=…>"])
async def test_no_text_from_outside_can_make_a_commit_fail(database: AsyncEngine, name: str) -> None:
    subject, _ = core()
    store = store_on(database)
    out = taken(subject, Count(key="k", caller=name, leg=name))
    row = dataclasses.replace(CounterRow("k", 1), colour=name)
    out.changes["counters", "k"] = Change("counters", "k", row)

    await store.commit(out)

    assert store.buried == 0
    async with db.readonly(database) as connection:
        colour = await connection.scalar(select(counters.c.colour))
    assert colour == str(db.clean(name))[:10]
    found = (await store.journal())[0].message
    assert isinstance(found, Count)
    assert found.caller == name


async def test_a_second_engine_on_the_same_journal_is_refused(database: AsyncEngine) -> None:
    ours, _ = core()
    theirs, _ = core()
    await store_on(database).commit(taken(ours, Count(key="a")))

    with pytest.raises(IntegrityError):
        await store_on(database).commit(taken(theirs, Count(key="a", by=5)))

    assert await values(database) == {"a": 1}


async def test_a_write_without_a_save_function_is_named(database: AsyncEngine) -> None:
    class Unsaved(SaveLine):
        pass

    with pytest.raises(NotImplementedError, match="Unsaved"):
        await store_on(database).commit(Outcome(writes=[Unsaved(text="x")]))


async def test_a_tampered_cipher_reads_as_erased(database: AsyncEngine) -> None:
    subject, _ = core()
    store = store_on(database)
    await store.commit(taken(subject, Count(key="a", caller="one", leg="l1"), Count(key="a", caller="two", leg="l2")))
    async with database.begin() as connection:
        rows = list(
            await connection.execute(
                select(db.journal.c.seq, db.journal.c.body).where(db.journal.c.subject.is_not(None))
            )
        )
        swapped = {**rows[0].body, "caller": {**rows[0].body["caller"], "~sealed": rows[1].body["caller"]["~sealed"]}}
        await connection.execute(update(db.journal).where(db.journal.c.seq == rows[0].seq).values(body=swapped))

    callers = [e.message.caller for e in await store.journal() if isinstance(e.message, Count)]
    assert callers == [None, "two"]


async def test_a_batch_costs_one_statement_a_table(database: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    subject, _ = core()
    statements = listened(database, monkeypatch)

    await store_on(database).commit(taken(subject, *(Ask(actor="u1", key=f"k{number}") for number in range(200))))

    written = [one for one in statements if one.startswith("INSERT")]
    assert len(written) == len(set(written)) == 4
