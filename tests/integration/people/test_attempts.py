"""Guessing: it is limited where it comes from, and nobody elsewhere shuts a person out of where they are known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_core.people import audit
from crm_core.people.rows import By, Credentials, Staff
from crm_core.people.service import PeopleService
from kernel.errors import NotSignedIn, TooMany
from tests.integration.people.conftest import NOW, PASSWORD

pytestmark = pytest.mark.integration

GOOD = Credentials("ana", PASSWORD, "10.0.0.1", "Firefox")
BAD = replace(GOOD, password="wrong horse battery")
ADMIN = By("usr-admin", "10.0.0.9")


async def guess(people: PeopleService, times: int, login: str = "ana", at: datetime = NOW, net: str = "10.9") -> None:
    """Wrong passwords, each from an address of its own."""
    for number in range(times):
        with pytest.raises(NotSignedIn):
            await people.sign_in(replace(BAD, login=login, ip=f"{net}.{number}.1"), at)


async def refused(people: PeopleService, given: Credentials, at: datetime = NOW) -> int:
    """The seconds that a sign-in is told to wait."""
    with pytest.raises(TooMany) as found:
        await people.sign_in(given, at)
    assert found.value.id == "too_many_attempts"
    return int(found.value.details["retry_after"])


async def test_given_failures_of_one_login_at_one_address_then_it_waits_there(
    people: PeopleService, ana: Staff
) -> None:
    for _ in range(10):
        with pytest.raises(NotSignedIn):
            await people.sign_in(BAD, NOW)

    assert await refused(people, GOOD) == 900
    assert (await people.sign_in(replace(GOOD, ip="10.0.0.2"), NOW)).staff.id == ana.id
    assert (await people.sign_in(GOOD, NOW + timedelta(minutes=16))).staff.id == ana.id


async def test_given_guesses_from_everywhere_then_the_person_comes_in_where_they_are_known(
    people: PeopleService, ana: Staff
) -> None:
    await people.sign_in(GOOD, NOW - timedelta(days=30))
    await people.purge(NOW)
    await guess(people, 20)

    for _ in range(3):
        assert (await people.sign_in(GOOD, NOW)).staff.id == ana.id


async def test_given_guesses_from_everywhere_then_a_new_address_waits_but_is_not_shut_out(
    people: PeopleService, ana: Staff
) -> None:
    await guess(people, 20)
    new = replace(GOOD, ip="203.0.113.7")

    first = await refused(people, new)
    again = await refused(people, new, NOW + timedelta(seconds=10))
    with pytest.raises(TooMany):
        await people.sign_in(replace(BAD, ip="198.51.100.9"), NOW + timedelta(seconds=29))

    assert (first, again) == (30, 20), "asking again does not lengthen it, nor does anybody else"
    assert (await people.sign_in(new, NOW + timedelta(seconds=30))).staff.id == ana.id
    assert (await people.sign_in(new, NOW + timedelta(seconds=31))).staff.id == ana.id, "known from now on"


async def test_given_more_guesses_then_the_wait_is_longer(people: PeopleService, ana: Staff) -> None:
    await guess(people, 20)
    few = await refused(people, replace(GOOD, ip="203.0.113.7"))
    later = NOW + timedelta(minutes=1)
    for number in range(20):
        await refused(people, replace(BAD, ip=f"10.7.{number}.1"))
    await guess(people, 20, at=later, net="10.7")

    assert (few, await refused(people, replace(GOOD, ip="203.0.113.8"), later)) == (30, 60)


async def test_given_an_unknown_login_then_it_waits_like_a_known_one(people: PeopleService, ana: Staff) -> None:
    await guess(people, 20)
    await guess(people, 20, login="nobody", net="10.8")

    known = await refused(people, replace(GOOD, ip="203.0.113.7"))
    unknown = await refused(people, replace(GOOD, login="nobody", ip="203.0.113.7"))

    assert known == unknown == 30


async def test_given_addresses_of_one_ipv6_network_then_they_count_as_one(people: PeopleService, ana: Staff) -> None:
    for number in range(10):
        with pytest.raises(NotSignedIn):
            await people.sign_in(replace(BAD, ip=f"2001:db8:1:2::{number:x}"), NOW)

    assert await refused(people, replace(GOOD, ip="2001:db8:1:2:ffff::1")) == 900
    assert (await people.sign_in(replace(GOOD, ip="2001:db8:1:3::1"), NOW)).staff.id == ana.id


async def test_given_an_administrator_lets_them_in_then_at_once_everywhere_and_audited(
    people: PeopleService, ana: Staff, database: AsyncEngine
) -> None:
    await guess(people, 20)
    for _ in range(2):
        await refused(people, GOOD)
    before = await people.held(ana.id, NOW)

    await people.let_in(ana.id, ADMIN, NOW)

    after = await people.held(ana.id, NOW)
    assert (before.passwords, before.places, before.delay) == (20, 20, timedelta(seconds=30))
    assert (after.passwords, after.codes, after.delay) == (0, 0, timedelta())
    assert (await people.sign_in(GOOD, NOW)).staff.id == ana.id
    line = next(row for row in await audit.read_audit(database) if row.action == "sign_in_unlocked")
    assert (line.actor, line.subject, line.ip, line.details) == ("usr-admin", ana.id, "10.0.0.9", {"failures": 21})
