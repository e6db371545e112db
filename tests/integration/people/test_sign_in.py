"""Signing in: one answer for every failure, limits, and sessions that end when they should."""

from __future__ import annotations

import asyncio
import os
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_core.people.passwords import Hasher
from crm_core.people.rows import By, Credentials, SignedIn, SignInLimits, Staff
from crm_core.people.service import PeopleService
from crm_core.people.sign_in import session_id
from crm_core.people.tables import sessions, sign_in_attempts, staff
from kernel.errors import NotFound, NotSignedIn, TooMany, Unavailable
from tests.integration.people.conftest import NOW, PASSWORD

pytestmark = pytest.mark.integration

GOOD = Credentials("ana", PASSWORD, "10.0.0.1", "Firefox")
BAD = replace(GOOD, password="wrong horse battery")
ADMIN = By("usr-admin", "10.0.0.9")


def after(**passed: float) -> timedelta:
    return timedelta(**passed)


async def _sign_in(people: PeopleService, given: Credentials = GOOD) -> SignedIn:
    return await people.sign_in(given, NOW)


async def test_a_sign_in_gives_a_session_by_its_token_only(people: PeopleService, ana: Staff) -> None:
    made = await _sign_in(people)

    visitor = await people.session_of(made.token, NOW)

    assert visitor is not None
    assert visitor.staff == replace(ana, signed_in_at=NOW) == made.staff
    assert visitor.session == made.session
    assert (visitor.session.ip, visitor.session.user_agent) == ("10.0.0.1", "Firefox")
    assert len(made.token) >= 43
    assert await people.session_of(made.session.id, NOW) is None, "the id in the table is no token"
    assert await people.session_of("", NOW) is None
    assert made.token not in repr(made)
    assert made.session.csrf_token not in repr(made)


async def test_the_token_is_not_in_the_database(people: PeopleService, ana: Staff, database: AsyncEngine) -> None:
    made = await _sign_in(people)
    async with database.connect() as connection:
        row = (await connection.execute(select(sessions))).one()
    assert made.token not in str(row._mapping)
    assert row.id == session_id(made.token)


@pytest.mark.parametrize("login", ["ana", "ANA", " Ana ", "ＡＮＡ"])
async def test_a_login_is_known_in_any_case(people: PeopleService, ana: Staff, login: str) -> None:
    assert (await _sign_in(people, replace(GOOD, login=login))).staff.id == ana.id


async def test_each_sign_in_has_a_session_of_its_own(people: PeopleService, ana: Staff) -> None:
    first, second = await _sign_in(people), await _sign_in(people)

    assert first.token != second.token
    assert first.session.csrf_token != second.session.csrf_token


@pytest.mark.parametrize(
    "given",
    [
        BAD,
        replace(GOOD, login="nobody"),
        replace(GOOD, login=""),
        replace(GOOD, password=""),
        replace(GOOD, login="' OR 1=1 --"),
        replace(GOOD, login="a\x00\udcff", password="\udcff" * 500),
    ],
)
async def test_every_failure_has_the_same_answer(people: PeopleService, ana: Staff, given: Credentials) -> None:
    with pytest.raises(NotSignedIn) as failed:
        await _sign_in(people, given)
    assert (failed.value.id, failed.value.message) == ("sign_in_failed", "The login or the password is wrong.")


async def test_an_unknown_or_inactive_login_costs_the_same_work(
    people: PeopleService, ana: Staff, hasher: Hasher
) -> None:
    verified: list[bool] = []
    original = hasher._verify

    def counting(hashed: str, password: str) -> bool:
        verified.append(True)
        return original(hashed, password)

    hasher._verify = counting  # type: ignore[method-assign]
    await people.deactivate_staff(ana.id, ADMIN, NOW)
    for given in (GOOD, replace(GOOD, login="nobody")):
        with pytest.raises(NotSignedIn, match="wrong"):
            await _sign_in(people, given)
    assert len(verified) == 2


async def test_failures_are_limited_by_address_whatever_the_login(
    database: AsyncEngine, hasher: Hasher, ana: Staff
) -> None:
    people = PeopleService(database, hasher, SignInLimits(per_ip=5))
    for number in range(5):
        with pytest.raises(NotSignedIn):
            await _sign_in(people, replace(BAD, login=f"guess{number}"))
    with pytest.raises(TooMany):
        await _sign_in(people)
    assert (await _sign_in(people, replace(GOOD, ip="10.0.0.2"))).staff.id == ana.id


async def test_a_success_clears_the_failures_of_its_login(people: PeopleService, ana: Staff) -> None:
    for _ in range(3):
        for _ in range(9):
            with pytest.raises(NotSignedIn):
                await _sign_in(people, BAD)
        await _sign_in(people)


async def test_parallel_guesses_do_not_slip_under_the_limit(people: PeopleService, ana: Staff) -> None:
    results = await asyncio.gather(*(_sign_in(people, BAD) for _ in range(30)), return_exceptions=True)

    assert sum(isinstance(one, NotSignedIn) for one in results) == 10
    assert sum(isinstance(one, TooMany) for one in results) == 20


async def test_logins_are_not_kept_as_typed(people: PeopleService, database: AsyncEngine) -> None:
    with pytest.raises(NotSignedIn):
        await _sign_in(people, replace(GOOD, login="my-password-by-mistake"))
    async with database.connect() as connection:
        rows = str((await connection.execute(select(sign_in_attempts))).all())
    assert "mistake" not in rows


async def test_a_flood_beyond_the_queue_is_turned_away(database: AsyncEngine, ana: Staff) -> None:
    hasher = Hasher(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), threads=1, waiting=2)
    results = await asyncio.gather(*(hasher.hash("x") for _ in range(10)), return_exceptions=True)
    hasher.close()

    assert sum(isinstance(one, Unavailable) for one in results) == 8
    assert sum(isinstance(one, str) for one in results) == 2


@pytest.mark.parametrize(("passed", "live"), [(after(hours=1, minutes=59), True), (after(hours=2), False)])
async def test_an_unused_session_ends(people: PeopleService, ana: Staff, passed: timedelta, live: bool) -> None:
    made = await _sign_in(people)

    assert (await people.session_of(made.token, NOW + passed) is not None) is live
    assert (await people.valid_sessions([made.session.id], NOW + passed) == {made.session.id: made.staff}) is live
    assert bool(await people.list_sessions(ana.id, NOW + passed)) is live


async def test_a_used_session_goes_on_up_to_its_longest(people: PeopleService, ana: Staff) -> None:
    made = await _sign_in(people)
    for hours in range(1, 14):
        visitor = await people.session_of(made.token, NOW + after(hours=hours))
        assert visitor is not None
        await people.touch(visitor.session, NOW + after(hours=hours))
    assert await people.session_of(made.token, NOW + after(hours=14)) is None


async def test_touching_is_saved_once_a_minute(people: PeopleService, ana: Staff) -> None:
    made = await _sign_in(people)

    assert await people.touch(made.session, NOW + after(seconds=59)) is made.session
    touched = await people.touch(made.session, NOW + after(seconds=60))

    assert touched.seen_at == NOW + after(seconds=60)
    assert (await people.list_sessions(ana.id, NOW + after(minutes=2)))[0].seen_at == touched.seen_at


async def test_data_stays_with_the_session_until_it_ends(people: PeopleService, ana: Staff) -> None:
    made = await _sign_in(people)
    await people.save_data(made.session, {"tab": "x", "list": [1, 2]})

    visitor = await people.session_of(made.token, NOW)
    assert visitor is not None
    assert visitor.session.data == {"tab": "x", "list": [1, 2]}


async def test_a_revoked_session_ends_at_once_and_others_stay(people: PeopleService, ana: Staff) -> None:
    first, second = await _sign_in(people), await _sign_in(people)

    await people.revoke_session(first.session.id, ana.id, ADMIN, NOW)

    assert await people.session_of(first.token, NOW) is None
    assert await people.valid_sessions([first.session.id, second.session.id], NOW) == {second.session.id: second.staff}
    assert [one.id for one in await people.list_sessions(ana.id, NOW)] == [second.session.id]
    with pytest.raises(NotFound):
        await people.revoke_session(first.session.id, ana.id, ADMIN, NOW)


async def test_nobody_ends_somebody_elses_session_by_its_id(people: PeopleService, ana: Staff) -> None:
    made = await _sign_in(people)
    with pytest.raises(NotFound):
        await people.revoke_session(made.session.id, "usr-other", ADMIN, NOW)
    assert await people.session_of(made.token, NOW) is not None


async def test_revoking_all_can_keep_the_one_in_use(people: PeopleService, ana: Staff) -> None:
    made = [await _sign_in(people) for _ in range(3)]

    ended = await people.revoke_all(ana.id, ADMIN, NOW, keep=made[1].session.id)

    assert sorted(ended) == sorted([made[0].session.id, made[2].session.id])
    assert [await people.session_of(one.token, NOW) is not None for one in made] == [False, True, False]


async def test_signing_out_ends_the_session_and_twice_is_no_error(people: PeopleService, ana: Staff) -> None:
    made = await _sign_in(people)
    for _ in range(2):
        await people.sign_out(made.token, By(ana.id), NOW)
    assert await people.session_of(made.token, NOW) is None


async def test_old_hashes_are_renewed_at_sign_in(people: PeopleService, ana: Staff, database: AsyncEngine) -> None:
    stronger = Hasher(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    await PeopleService(database, stronger).sign_in(GOOD, NOW)
    async with database.connect() as connection:
        hashed = await connection.scalar(select(staff.c.password_hash))
    assert hashed is not None
    assert hashed.startswith("$argon2id$v=19$m=16,t=2")
    assert (await PeopleService(database, stronger).sign_in(GOOD, NOW)).staff.id == ana.id
    stronger.close()


async def test_what_counts_no_more_is_purged(people: PeopleService, ana: Staff, database: AsyncEngine) -> None:
    with pytest.raises(NotSignedIn):
        await _sign_in(people, BAD)
    await _sign_in(people)
    await people.purge(NOW + after(days=3))
    async with database.connect() as connection:
        assert (await connection.execute(select(sessions))).all() == []
        assert len((await connection.execute(select(sign_in_attempts))).all()) == 1, "known from there for longer"
    await people.purge(NOW + after(days=61))
    async with database.connect() as connection:
        assert (await connection.execute(select(sign_in_attempts))).all() == []


async def test_hashing_comes_after_everything_else_on_the_machine() -> None:
    found: list[tuple[int, int]] = []
    hasher = Hasher(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

    def look() -> None:
        found.append((threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, threading.get_native_id())))

    await hasher._run(look)
    hasher.close()
    ((thread, priority),) = found
    assert thread != threading.get_native_id()
    assert priority > os.getpriority(os.PRIO_PROCESS, threading.get_native_id()), "the loop goes first"
