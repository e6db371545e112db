"""Permits on both databases: one live dial per number whoever asks, do-not-call that nobody slips past, one chain."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_core.customers.models import NewCustomer
from crm_core.customers.service import CustomerService
from crm_core.donotcall.models import Entry
from crm_core.donotcall.service import DoNotCallService
from crm_core.donotcall.store import add_entry
from crm_core.donotcall.tables import do_not_call_version
from dialer.chain.store import Verdict, seal, verify
from dialer.office import PermitOffice, Rules
from dialer.store import erase_numbers, release_numbers
from dialer.tables import dial_permits, dialled_numbers, permit_head
from kernel.clock import ManualClock
from kernel.db import to_row
from kernel.errors import Refused, TrunklineError
from routing.attempts import Attempt, AttemptState
from routing.dialling import ReleaseNumber
from routing.outsiderows import OutsideDial
from routing.ports import DialRequest, Permit
from routing.tables import attempts, outside_dials

pytestmark = pytest.mark.integration

AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
NUMBER = "+34600111222"
RULES = Rules("ES", "PJSIP/{number}@trunk", 20)


def office(database: AsyncEngine, rules: Rules = RULES, at: datetime = AT) -> PermitOffice:
    return PermitOffice(database, ManualClock(at), rules)


async def attempt(database: AsyncEngine, id: str, **changes: Any) -> str:
    """The engine's row of an attempt, as it is before a permit is asked for."""
    row = Attempt(id, f"ix-{id}", "usr-1", "manual", AttemptState.asked, AT, f"leg-{id}", f"far-{id}", NUMBER)
    async with database.begin() as connection:
        await connection.execute(insert(attempts).values(**to_row(row) | changes))
    return id


async def ask(database: AsyncEngine, id: str, number: str = NUMBER, **more: Any) -> Permit:
    request = DialRequest(id, f"ix-{id}", number, "manual", "usr-1", **more)
    return await office(database).ask(request)


async def over(database: AsyncEngine, id: str) -> None:
    """The attempt ends, as the engine's commit ends it."""
    async with database.begin() as connection:
        await connection.execute(update(attempts).where(attempts.c.id == id).values(ended_at=AT))
        await release_numbers(connection, [ReleaseNumber(attempt_id=id)])


async def refusal(work: Any) -> str:
    with pytest.raises(TrunklineError) as refused:
        await work
    return refused.value.id


# ── the number lock ─────────────────────────────────────────────────────────────────────────────────────


async def test_twenty_who_ask_for_one_number_at_once_get_one_permit(database: AsyncEngine) -> None:
    ids = [await attempt(database, f"at-{n}") for n in range(20)]
    answers = await asyncio.gather(*(ask(database, one) for one in ids), return_exceptions=True)
    granted = [one for one in answers if isinstance(one, Permit)]
    assert len(granted) == 1
    assert {one.id for one in answers if isinstance(one, Refused)} == {"number_in_use"}


async def test_a_number_is_free_again_with_the_commit_that_ends_its_attempt(database: AsyncEngine) -> None:
    for n in range(3):
        id = await attempt(database, f"at-{n}")
        await ask(database, id)
        await over(database, id)
    async with database.connect() as connection:
        assert list(await connection.execute(select(dialled_numbers))) == []


async def test_a_lock_left_by_a_kill_holds_nothing_once_its_attempt_has_ended(database: AsyncEngine) -> None:
    first, *others = [await attempt(database, f"at-{n}") for n in range(6)]
    await ask(database, first)
    async with database.begin() as connection:
        await connection.execute(update(attempts).where(attempts.c.id == first).values(ended_at=AT))
    answers = await asyncio.gather(*(ask(database, one) for one in others), return_exceptions=True)
    assert sum(isinstance(one, Permit) for one in answers) == 1


async def test_an_attempt_has_one_permit_and_never_a_second(database: AsyncEngine) -> None:
    id = await attempt(database, "at-1")
    answers = await asyncio.gather(*(ask(database, id) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(one, Permit) for one in answers) == 1
    async with database.begin() as connection:
        await release_numbers(connection, [ReleaseNumber(attempt_id=id)])
    assert await refusal(ask(database, id)) == "permit_used"


# ── the rules ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        ("112", "number_emergency"),
        ("+34112", "number_emergency"),
        ("+34111111111", "number_not_in_plan"),
        ("+34803123456", "number_premium"),
        ("+34901123456", "number_shared_cost"),
        ("600111222", "number_unreadable"),
    ],
)
async def test_numbers_that_are_never_dialled_leave_no_permit(database: AsyncEngine, number: str, rule: str) -> None:
    assert await refusal(ask(database, await attempt(database, "at-1"), number)) == rule
    async with database.connect() as connection:
        assert list(await connection.execute(select(dial_permits.c.id))) == []
        assert list(await connection.execute(select(dialled_numbers))) == []


async def test_who_has_the_right_may_call_a_number_that_costs_more(database: AsyncEngine) -> None:
    await ask(database, await attempt(database, "at-1"), "+34803123456", costly=True)


async def test_night_is_confirmed_and_the_permit_says_so(database: AsyncEngine) -> None:
    id = await attempt(database, "at-1")
    request = DialRequest(id, f"ix-{id}", NUMBER, "manual", "usr-1")
    night = office(database, at=AT.replace(hour=2))
    assert await refusal(night.ask(request)) == "confirm_first"
    await night.ask(DialRequest(id, f"ix-{id}", NUMBER, "manual", "usr-1", ("night",)))
    async with database.connect() as connection:
        checks = await connection.scalar(select(dial_permits.c.checks))
    assert checks["confirmed"] == ["night"]
    assert checks["zones"] == ["Atlantic/Canary", "Europe/Madrid"]


async def of_tokyo(database: AsyncEngine) -> str:
    """A customer who lives in Tokyo."""
    made = await CustomerService(database, "ES", ManualClock(AT)).create(
        NewCustomer(name="Aiko Tanaka", number=NUMBER, time_zone="Asia/Tokyo")
    )
    return made["id"]


async def test_night_where_the_customer_lives_is_confirmed_though_it_is_day_where_the_number_is(
    database: AsyncEngine,
) -> None:
    customer_id = await of_tokyo(database)
    id = await attempt(database, "at-1")
    evening = office(database, at=AT.replace(hour=13))  # 13 and 14 h for the number, 22 h in Tokyo
    with pytest.raises(Refused) as refused:
        await evening.ask(DialRequest(id, f"ix-{id}", NUMBER, "manual", "usr-1", ("night",), customer_id=customer_id))
    assert (refused.value.id, refused.value.details["warnings"]) == ("confirm_first", ["customer_night"])
    async with database.connect() as connection:
        assert list(await connection.execute(select(dialled_numbers))) == []
    request = DialRequest(id, f"ix-{id}", NUMBER, "manual", "usr-1", ("customer_night",), customer_id=customer_id)
    await evening.ask(request)
    async with database.connect() as connection:
        checks = await connection.scalar(select(dial_permits.c.checks))
    assert (checks["confirmed"], checks["customer_zone"]) == (["customer_night"], "Asia/Tokyo")


@pytest.mark.parametrize("customer_id", [None, "cu-gone"])
async def test_where_nobody_knows_the_customers_hour_only_the_numbers_counts(
    database: AsyncEngine, customer_id: str | None
) -> None:
    await of_tokyo(database)
    id = await attempt(database, "at-1")
    request = DialRequest(id, f"ix-{id}", NUMBER, "manual", "usr-1", customer_id=customer_id)
    assert (await office(database, at=AT.replace(hour=13)).ask(request)).number == NUMBER


async def test_a_number_called_too_often_is_refused_until_a_day_has_passed(database: AsyncEngine) -> None:
    few = Rules("ES", RULES.trunk, 2)
    for n in range(3):
        id = await attempt(database, f"at-{n}")
        request = DialRequest(id, f"ix-{id}", NUMBER, "manual", "usr-1")
        if n < 2:
            await office(database, few).ask(request)
            await over(database, id)
        else:
            assert await refusal(office(database, few).ask(request)) == "called_too_often"
            await office(database, few, AT + timedelta(hours=24, seconds=1)).ask(request)


# ── do-not-call ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("pattern", [NUMBER, "+3460011*", "600 11 12 22"])
async def test_a_number_on_a_list_gets_no_permit_until_it_is_taken_off(database: AsyncEngine, pattern: str) -> None:
    lists = DoNotCallService(database, "ES", ManualClock(AT))
    entry = await lists.add(pattern, "usr-1")
    id = await attempt(database, "at-1")
    assert await refusal(ask(database, id)) == "do_not_call"
    await ask(database, await attempt(database, "at-2"), "+34911234567")
    await lists.remove(entry.id)
    await ask(database, id)


async def test_an_entry_that_expired_forbids_nothing(database: AsyncEngine) -> None:
    lists = DoNotCallService(database, "ES", ManualClock(AT))
    await lists.add(NUMBER, "usr-1", expires_at=AT)
    await ask(database, await attempt(database, "at-1"))


async def forbid(database: AsyncEngine, number: str) -> tuple[str, int]:
    """Put a number on the list; answers the version that its entry made."""
    entry = Entry(f"dnc-{number[-2:]}", "own", number, "", "usr-1", AT)
    async with database.begin() as connection:
        await add_entry(connection, entry)
        return number, await connection.scalar(select(do_not_call_version.c.version)) or 0


@pytest.mark.parametrize("first", ["calls", "entries"])
async def test_a_permit_names_the_version_of_the_lists_that_it_was_checked_against(
    database: AsyncEngine, first: str
) -> None:
    """Entries added while permits are granted: a permit either names a version from before its own entry, or is
    refused. Each entry's version is read in the transaction that adds it."""
    numbers = [f"+346001112{n:02}" for n in range(12)]
    ids = [await attempt(database, f"at-{n}") for n in range(12)]

    async def call(id: str, number: str) -> tuple[str, int | None]:
        try:
            await ask(database, id, number)
        except Refused:
            return number, None
        async with database.connect() as connection:
            query = select(dial_permits.c.checks).where(dial_permits.c.attempt_id == id)
            return number, (await connection.scalar(query))["do_not_call"]

    asked = [call(id, number) for id, number in zip(ids, numbers, strict=True)]
    added = [forbid(database, number) for number in numbers]
    results = await asyncio.gather(*asked, *added) if first == "calls" else await asyncio.gather(*added, *asked)
    granted = dict(results[:12] if first == "calls" else results[12:])
    entered = dict(results[12:] if first == "calls" else results[:12])
    assert sorted(entered.values()) == list(range(1, 13)), "each entry is a version of its own"
    for number, version in granted.items():
        again = await attempt(database, f"again-{number[-2:]}")
        assert await refusal(ask(database, again, number)) in ("do_not_call", "number_in_use")
        assert version is None or version < entered[number], "granted although its own entry was in force"


# ── the chain ───────────────────────────────────────────────────────────────────────────────────────────


async def chained(database: AsyncEngine, count: int) -> None:
    for n in range(count):
        id = await attempt(database, f"at-{n}")
        permit = await ask(database, id)
        async with database.begin() as connection:
            values = {"permit_id": permit.id, "dialed_at": AT}
            await connection.execute(update(attempts).where(attempts.c.id == id).values(**values))
        await over(database, id)


async def test_with_nothing_to_seal_no_writer_is_waited_for(database: AsyncEngine) -> None:
    await chained(database, 2)
    while await seal(database):
        pass
    async with database.begin(), asyncio.timeout(2):
        assert await seal(database) == 0


async def look(database: AsyncEngine) -> Verdict:
    return await verify(database, AT + timedelta(minutes=1))


async def test_sealed_permits_are_one_chain_however_many_sealers_there_are(database: AsyncEngine) -> None:
    assert (await look(database)).whole
    await chained(database, 7)
    assert (await look(database)).late == 7
    sealed = await asyncio.gather(*(seal(database) for _ in range(5)))
    assert sum(sealed) == 7
    assert await look(database) == Verdict(7, None, 0, ())


async def test_a_permit_changed_behind_our_back_is_found(database: AsyncEngine) -> None:
    await chained(database, 3)
    await seal(database)
    async with database.begin() as connection:
        await connection.execute(update(dial_permits).where(dial_permits.c.seq == 2).values(number="+34000000000"))
    assert (await look(database)).broken == 2


async def test_a_permit_deleted_is_found_even_the_last_one(database: AsyncEngine) -> None:
    await chained(database, 3)
    await seal(database)
    async with database.begin() as connection:
        await connection.execute(delete(dial_permits).where(dial_permits.c.seq == 3))
    assert (await look(database)).missing == ("at-2",)
    async with database.begin() as connection:
        await connection.execute(delete(dial_permits).where(dial_permits.c.seq == 1))
    assert (await look(database)).broken == 2


async def cut_the_newest(database: AsyncEngine) -> None:
    """The newest permit and its attempt, deleted together by whoever can write to the database."""
    async with database.begin() as connection:
        await connection.execute(delete(dial_permits).where(dial_permits.c.seq == 3))
        await connection.execute(delete(attempts).where(attempts.c.id == "at-2"))


async def test_the_newest_permit_deleted_with_its_attempt_is_found_and_stays_found(database: AsyncEngine) -> None:
    await chained(database, 3)
    await seal(database)
    await cut_the_newest(database)
    assert (await look(database)).broken == 3
    await ask(database, await attempt(database, "at-3"), "+34911234567")
    await seal(database)
    assert (await look(database)).broken == 4, "what is sealed later does not hide it"


async def test_a_chain_cut_with_its_head_is_found_by_what_an_earlier_look_saw(database: AsyncEngine) -> None:
    await chained(database, 3)
    await seal(database)
    anchors = [(await look(database)).last]
    async with database.begin() as connection:
        second = (await connection.execute(select(dial_permits).where(dial_permits.c.seq == 2))).one()
        await connection.execute(update(permit_head).values(seq=2, hash=second.hash))
    await cut_the_newest(database)
    assert (await look(database)).whole, "whoever can write to the database can do that"
    assert (await verify(database, AT + timedelta(minutes=1), anchors)).broken == 3


@pytest.mark.parametrize("change", [{"number": "+34911234567"}, {"interaction_id": "ix-other"}])
async def test_an_attempt_that_dialled_another_number_than_permitted_is_found(
    database: AsyncEngine, change: dict[str, str]
) -> None:
    await chained(database, 3)
    await seal(database)
    async with database.begin() as connection:
        await connection.execute(update(attempts).where(attempts.c.id == "at-1").values(**change))
    assert (await look(database)).others == ("at-1",)


async def dialled_outside(database: AsyncEngine, id: str, permit_id: str | None, **changes: Any) -> None:
    """The engine's row of a number that was called for a caller."""
    row = OutsideDial(id, f"ix-{id}", "main", NUMBER, AttemptState.ended, f"leg-{id}", AT, permit_id, AT, ended_at=AT)
    async with database.begin() as connection:
        await connection.execute(insert(outside_dials).values(**to_row(row) | changes))


async def test_a_call_to_an_outside_number_is_held_against_its_permit_too(database: AsyncEngine) -> None:
    permit = await ask(database, "od-1")
    await dialled_outside(database, "od-1", permit.id)
    await dialled_outside(database, "od-2", None, dialed_at=None)
    await seal(database)
    assert (await look(database)).whole
    await dialled_outside(database, "od-3", None)
    await dialled_outside(database, "od-4", permit.id)
    assert (await look(database)).missing == ("od-3", "od-4"), "and one permit is for one dial"
    async with database.begin() as connection:
        await connection.execute(update(outside_dials).where(outside_dials.c.id == "od-1").values(number="+34911"))
    assert (await look(database)).others == ("od-1",)


async def test_a_chain_of_more_than_a_page_is_followed_to_its_end(
    database: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dialer.chain.store.CHUNK", 2)
    await chained(database, 5)
    await seal(database)
    assert await look(database) == Verdict(5, None, 0, ())


async def test_erasing_whom_we_dialled_leaves_the_chain_whole(database: AsyncEngine) -> None:
    await chained(database, 3)
    await seal(database)
    async with database.begin() as connection:
        await erase_numbers(connection, ["ix-at-1"])
    assert (await look(database)).whole
    async with database.connect() as connection:
        rows = list(await connection.execute(select(dial_permits.c.number, dial_permits.c.salt)))
    assert [row.number for row in rows].count(None) == 1
