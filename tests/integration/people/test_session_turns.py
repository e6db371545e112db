"""A copy of a session's cookie in the same kind of browser: found out once the cookie has turned, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_core.people.audit import read_audit
from crm_core.people.rows import Credentials, Place, SignedIn, Staff
from crm_core.people.service import PeopleService
from crm_core.people.tables import sessions
from crm_core.people.turns import EVERY, GRACE, cookie_of
from tests.integration.people.conftest import NOW, PASSWORD

pytestmark = pytest.mark.integration

HERE = Place("10.0.0.1", "Mozilla/5.0 (Windows NT 10.0) Firefox/130.0")
LATER = NOW + EVERY
SECOND = timedelta(seconds=1)


@pytest.fixture
async def made(people: PeopleService, ana: Staff) -> SignedIn:
    return await people.sign_in(Credentials("ana", PASSWORD, HERE.ip, HERE.user_agent), NOW)


async def use(people: PeopleService, cookie: str, now: datetime, place: Place = HERE) -> str | None:
    """A request of a browser with this cookie; the cookie that it has afterwards, None when it is out."""
    found = await people.session_of(cookie, now, place)
    if found is None:
        return None
    if found.turned:
        await people.turn(found.session, now)
    return found.cookie or cookie


async def test_given_a_browser_in_use_then_its_cookie_turns_and_the_session_goes_on(
    people: PeopleService, made: SignedIn
) -> None:
    cookie: str | None = made.token
    assert await use(people, made.token, LATER - SECOND) == made.token, "not yet"
    seen = set()
    for minutes in range(5, 65, 3):
        assert cookie is not None
        cookie = await use(people, cookie, NOW + timedelta(minutes=minutes))
        seen.add(cookie)
    assert None not in seen
    assert len(seen) >= 7


async def test_given_a_copy_in_the_same_kind_of_browser_when_the_owner_goes_on_then_both_are_out_and_it_is_audited(
    people: PeopleService, made: SignedIn, database: AsyncEngine
) -> None:
    turned = await use(people, made.token, LATER)
    assert turned is not None
    assert turned != made.token
    assert await use(people, turned, LATER + SECOND) == turned
    copy = await use(people, made.token, LATER + SECOND + GRACE)
    assert copy is None
    assert await use(people, turned, LATER + SECOND + GRACE) is None, "nobody knows which of the two was the thief"
    line = (await read_audit(database))[0]
    assert (line.action, line.details["cookie"]) == ("session_replayed", "old")


async def test_given_a_thief_who_comes_first_then_the_owners_next_request_finds_it_out(
    people: PeopleService, made: SignedIn
) -> None:
    thiefs = await use(people, made.token, LATER)
    assert thiefs is not None
    assert await use(people, thiefs, LATER + SECOND) == thiefs
    assert await use(people, made.token, LATER + SECOND + GRACE) is None
    assert await use(people, thiefs, LATER + SECOND + GRACE) is None


async def test_given_a_copy_at_another_address_then_the_cookie_turns_at_once(
    people: PeopleService, made: SignedIn
) -> None:
    there = replace(HERE, ip="203.0.113.9")
    thiefs = await use(people, made.token, NOW + SECOND, there)
    assert thiefs is not None
    assert thiefs != made.token
    assert await use(people, thiefs, NOW + 2 * SECOND, there) == thiefs
    assert await use(people, made.token, NOW + 3 * SECOND + GRACE) is None, "the owner is told within a minute"
    assert await use(people, thiefs, NOW + 3 * SECOND + GRACE, there) is None


async def test_given_an_agent_who_roams_then_nothing_happens_to_them(people: PeopleService, made: SignedIn) -> None:
    cookie: str | None = made.token
    for minute in range(1, 40):
        assert cookie is not None
        cookie = await use(people, cookie, NOW + timedelta(minutes=minute), replace(HERE, ip=f"10.0.1.{minute}"))
    assert cookie is not None


async def test_given_requests_under_way_when_the_cookie_turns_then_they_are_answered(
    people: PeopleService, made: SignedIn
) -> None:
    first, second = await use(people, made.token, LATER), await use(people, made.token, LATER)
    assert first == second, "all are offered the same one"
    assert first is not None
    assert await use(people, first, LATER + SECOND) == first
    assert await use(people, made.token, LATER + GRACE) is not None, "sent before, come after"


async def test_given_an_answer_that_was_lost_then_the_old_cookie_is_still_the_one(
    people: PeopleService, made: SignedIn
) -> None:
    for minutes in (5, 20, 60):
        assert await use(people, made.token, NOW + timedelta(minutes=minutes)) != made.token, "offered again"


@pytest.mark.parametrize("wrong", ["{token}", "{token}.", "{token}.x", "{token}.{other}"])
async def test_given_the_token_without_its_other_half_then_out(
    people: PeopleService, made: SignedIn, wrong: str
) -> None:
    token = made.token.partition(".")[0]
    other = cookie_of(token, "another seed", 0).partition(".")[2]
    assert await use(people, wrong.format(token=token, other=other), NOW) is None
    assert await use(people, made.token, NOW) is None, "half of it was known to somebody"


async def test_given_a_session_from_before_cookies_turned_then_it_lives_as_it_did(
    people: PeopleService, made: SignedIn, database: AsyncEngine
) -> None:
    async with database.begin() as connection:
        await connection.execute(update(sessions).values(seed=""))
    token = made.token.partition(".")[0]
    assert await use(people, token, LATER) == token


async def test_the_table_alone_makes_no_cookie(people: PeopleService, made: SignedIn) -> None:
    visitor = await people.session_of(made.token, NOW, HERE)
    assert visitor is not None
    assert await use(people, cookie_of(visitor.session.id, visitor.session.seed, 0), NOW) is None
    assert visitor.session.seed not in repr(visitor)
    assert made.token not in repr(made)
