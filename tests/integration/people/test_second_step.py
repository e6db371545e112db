"""The second step on both databases: enrolling, signing in with it, replay, recovery codes, resets, limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_core.people import audit
from crm_core.people.passwords import Hasher
from crm_core.people.rows import By, Credentials, NewStaff, Place, SignedIn, SignInPolicy, Staff, Stage, Visitor
from crm_core.people.service import SYSTEM, PeopleService
from crm_core.people.tables import recovery_codes, staff
from crm_core.people.vault import Vault
from kernel.access import Role
from kernel.errors import Invalid, NotSignedIn, Refused, TooMany
from tests.integration.people.conftest import NOW, PASSWORD

pytestmark = pytest.mark.integration

HERE = Place("10.0.0.1", "Firefox")
GOOD = Credentials("ana", PASSWORD, HERE.ip, HERE.user_agent)
ADMIN = By("usr-admin", "10.0.0.9")


@pytest.fixture
def people(database: AsyncEngine, hasher: Hasher) -> PeopleService:
    policy = SignInPolicy(totp_roles=frozenset({Role.admin}))
    return PeopleService(database, hasher, policy=policy, vault=Vault(b"k" * 32))


def visitor(found: SignedIn) -> Visitor:
    return Visitor(found.session, found.staff)


async def current(people: PeopleService, found: SignedIn, now: datetime = NOW) -> Visitor:
    """As the database has the session now."""
    fresh = await people.session_of(found.token, now)
    assert fresh is not None
    return fresh


async def enrol(people: PeopleService, found: SignedIn) -> tuple[str, list[str]]:
    """(secret, recovery codes) of somebody who is signed in; its code of NOW is used up by that."""
    made = await people.second.begin(found.session, found.staff)
    code = pyotp.TOTP(made.secret).at(NOW)
    done = await people.second.enrol(await current(people, found), code, By(found.staff.id), NOW)
    return made.secret, done.codes


@pytest.fixture
async def enrolled(people: PeopleService, ana: Staff) -> tuple[str, list[str]]:
    return await enrol(people, await people.sign_in(GOOD, NOW))


LATER = NOW + timedelta(seconds=60)


async def begun(people: PeopleService, now: datetime = LATER) -> SignedIn:
    found = await people.sign_in(GOOD, now)
    assert found.session.stage is Stage.code
    return found


async def test_given_the_second_step_then_a_password_alone_opens_nothing(
    people: PeopleService, enrolled: tuple[str, list[str]]
) -> None:
    found = await begun(people)

    assert await people.valid_sessions([found.session.id], LATER) == {}
    assert found.session.id not in [one.id for one in await people.list_sessions(found.staff.id, LATER)]
    assert found.session.expires_at == LATER + timedelta(minutes=10)


async def test_given_the_code_then_another_session_is_open_and_the_first_is_worth_nothing(
    people: PeopleService, enrolled: tuple[str, list[str]]
) -> None:
    first = await begun(people)

    opened = await people.give_code(visitor(first), pyotp.TOTP(enrolled[0]).at(LATER), HERE, LATER)

    assert opened.session.stage is Stage.open
    assert opened.session.method == "totp"
    assert opened.token != first.token
    assert await people.session_of(first.token, LATER) is None


async def test_given_a_code_that_was_used_then_it_is_refused_like_a_wrong_one(
    people: PeopleService, enrolled: tuple[str, list[str]]
) -> None:
    code = pyotp.TOTP(enrolled[0]).at(LATER)
    await people.give_code(visitor(await begun(people)), code, HERE, LATER)

    answers = []
    for typed in (code, "000000"):
        with pytest.raises(NotSignedIn) as refused:
            await people.give_code(visitor(await begun(people)), typed, HERE, LATER)
        answers.append((refused.value.id, refused.value.message))

    assert answers[0] == answers[1]
    assert answers[0][0] == "code_wrong"


async def test_given_the_code_of_the_enrolment_then_it_signs_nobody_in(
    people: PeopleService, enrolled: tuple[str, list[str]]
) -> None:
    with pytest.raises(NotSignedIn):
        await people.give_code(visitor(await begun(people, NOW)), pyotp.TOTP(enrolled[0]).at(NOW), HERE, NOW)


async def test_given_a_recovery_code_then_it_signs_in_once(
    people: PeopleService, enrolled: tuple[str, list[str]], database: AsyncEngine
) -> None:
    code = enrolled[1][3]

    opened = await people.give_code(visitor(await begun(people)), code.lower(), HERE, LATER)

    assert opened.session.method == "recovery"
    assert (await people.second.standing(opened.staff.id)).recovery_left == 9
    with pytest.raises(NotSignedIn):
        await people.give_code(visitor(await begun(people)), code, HERE, LATER)
    actions = [row.action for row in await audit.read_audit(database, subject=opened.staff.id)]
    assert {"recovery_code_used", "second_step_failed", "sign_in_begun", "second_step_set"} <= set(actions)


async def test_given_secret_and_codes_then_none_is_in_the_database_as_it_is(
    people: PeopleService, enrolled: tuple[str, list[str]], database: AsyncEngine
) -> None:
    async with database.connect() as connection:
        rows = str((await connection.execute(select(staff))).all())
        kept = str((await connection.execute(select(recovery_codes))).all())
    trail = str(await audit.read_audit(database))

    assert enrolled[0] not in rows + trail
    assert not any(code in kept + trail or code.replace("-", "") in kept for code in enrolled[1])


async def test_given_guesses_then_they_are_limited_and_the_wait_is_told(
    people: PeopleService, enrolled: tuple[str, list[str]]
) -> None:
    first = await begun(people)
    for number in range(10):
        with pytest.raises(NotSignedIn):
            await people.give_code(visitor(first), f"{number:06}", replace(HERE, ip=f"10.0.9.{number}"), LATER)

    code = pyotp.TOTP(enrolled[0]).at(LATER)
    with pytest.raises(TooMany) as refused:
        await people.give_code(visitor(first), code, replace(HERE, ip="10.0.9.77"), LATER)
    opened = await people.give_code(visitor(first), code, HERE, LATER)

    assert refused.value.details["retry_after"] == 3600
    assert opened.session.stage is Stage.open, "where the person is known, guesses elsewhere do not count"


async def test_given_guesses_where_the_person_is_known_then_they_are_limited_there(
    people: PeopleService, enrolled: tuple[str, list[str]]
) -> None:
    first = await begun(people)
    for number in range(10):
        with pytest.raises(NotSignedIn):
            await people.give_code(visitor(first), f"{number:06}", HERE, LATER)

    with pytest.raises(TooMany):
        await people.give_code(visitor(first), pyotp.TOTP(enrolled[0]).at(LATER), HERE, LATER)


async def test_given_a_second_step_set_or_removed_then_every_other_session_ends_and_it_is_audited(
    people: PeopleService, ana: Staff, database: AsyncEngine
) -> None:
    mine, other = await people.sign_in(GOOD, NOW), await people.sign_in(GOOD, NOW)
    await enrol(people, mine)
    after_set = set(await people.valid_sessions([mine.session.id, other.session.id], NOW))
    third = await begun(people)
    ended = await people.second.remove(ana.id, By(ana.id, HERE.ip), LATER, mine.session.id)

    assert after_set == {mine.session.id}
    assert ended == [third.session.id]
    assert set(await people.valid_sessions([mine.session.id], LATER)) == {mine.session.id}
    actions = [row.action for row in await audit.read_audit(database, subject=ana.id)]
    assert actions[:2] == ["sessions_revoked", "second_step_removed"]
    assert actions.count("sessions_revoked") == 2


async def test_given_a_half_done_sign_in_then_it_does_not_clear_the_guesses(
    people: PeopleService, enrolled: tuple[str, list[str]]
) -> None:
    for _ in range(10):
        await begun(people)

    with pytest.raises(TooMany):
        await people.sign_in(GOOD, LATER)


async def test_given_a_role_that_must_have_it_then_enrolling_is_a_step_of_signing_in(people: PeopleService) -> None:
    await people.create_staff(NewStaff("root", "Root", PASSWORD, (Role.admin,)), SYSTEM, NOW)
    found = await people.sign_in(replace(GOOD, login="root"), NOW)
    assert found.session.stage is Stage.enrol
    made = await people.begin_enrolment(visitor(found), NOW)
    with pytest.raises(Invalid) as refused:
        await people.finish_enrolment(await current(people, found), "000000", HERE, NOW)

    opened, done = await people.finish_enrolment(
        await current(people, found), pyotp.TOTP(made.secret).at(NOW), HERE, NOW
    )

    assert refused.value.id == "code_unfit"
    assert opened.session.stage is Stage.open
    assert len(set(done.codes)) == 10
    assert "<svg" in made.svg
    with pytest.raises(Refused, match="must have"):
        await people.second.remove(opened.staff.id, By(opened.staff.id), NOW, opened.session.id)


async def test_given_a_first_password_then_another_has_to_be_chosen(people: PeopleService) -> None:
    new = NewStaff("bob", "Bob", PASSWORD, (Role.agent,), must_change=True)
    await people.create_staff(new, SYSTEM, NOW)
    found = await people.sign_in(replace(GOOD, login="bob"), NOW)
    assert found.session.stage is Stage.password

    with pytest.raises(Refused) as same:
        await people.give_password(visitor(found), PASSWORD, HERE, NOW)
    with pytest.raises(Invalid) as weak:
        await people.give_password(visitor(found), "bob1234567", HERE, NOW)
    opened = await people.give_password(visitor(found), "calm river under stones", HERE, NOW)

    assert (same.value.id, weak.value.id) == ("password_same", "password_weak")
    assert opened.session.stage is Stage.open
    again = await people.sign_in(replace(GOOD, login="bob", password="calm river under stones"), NOW)
    assert again.session.stage is Stage.open


async def test_given_a_second_step_set_up_meanwhile_then_a_password_alone_neither_replaces_it_nor_goes_on(
    people: PeopleService,
) -> None:
    await people.create_staff(NewStaff("root", "Root", PASSWORD, (Role.admin,)), SYSTEM, NOW)
    thief = await people.sign_in(replace(GOOD, login="root"), NOW)
    planted = await people.begin_enrolment(visitor(thief), NOW)
    owner = await people.sign_in(replace(GOOD, login="root"), NOW)
    made = await people.begin_enrolment(visitor(owner), NOW)
    code = pyotp.TOTP(made.secret).at(NOW)
    unfinished, planted_code = await current(people, thief), pyotp.TOTP(planted.secret).at(NOW)
    await people.finish_enrolment(await current(people, owner), code, HERE, NOW)

    assert await people.session_of(thief.token, NOW) is None
    with pytest.raises(NotSignedIn):
        await people.finish_enrolment(unfinished, planted_code, HERE, NOW)

    again = await people.sign_in(replace(GOOD, login="root"), LATER)
    code = pyotp.TOTP(made.secret).at(LATER)
    opened = await people.give_code(await current(people, again, LATER), code, HERE, LATER)
    assert opened.session.stage is Stage.open


async def test_given_guesses_at_a_login_that_looks_like_another_count_then_nobody_is_shut_out(
    people: PeopleService, enrolled: tuple[str, list[str]], ana: Staff
) -> None:
    for looks in (f"second step of {ana.id}", f"code:{ana.id}", f"password:{ana.id}"):
        for _ in range(10):
            with pytest.raises(NotSignedIn):
                await people.sign_in(replace(GOOD, login=looks, ip="10.0.0.66"), LATER)

    code = pyotp.TOTP(enrolled[0]).at(LATER)
    opened = await people.give_code(visitor(await begun(people)), code, HERE, LATER)
    assert opened.session.stage is Stage.open


async def test_given_a_step_that_is_not_ones_turn_then_refused(people: PeopleService, ana: Staff) -> None:
    opened = visitor(await people.sign_in(GOOD, NOW))

    for attempt in (
        people.give_code(opened, "000000", HERE, NOW),
        people.give_password(opened, "calm river under stones", HERE, NOW),
        people.begin_enrolment(opened, NOW),
    ):
        with pytest.raises(Refused) as refused:
            await attempt
        assert refused.value.id == "sign_in_elsewhere"


async def test_given_a_reset_then_the_password_is_enough_again_and_it_is_audited(
    people: PeopleService, enrolled: tuple[str, list[str]], ana: Staff, database: AsyncEngine
) -> None:
    ended = await people.reset_second_step(ana.id, ADMIN, LATER)

    assert len(ended) == 1
    assert (await people.sign_in(GOOD, LATER)).session.stage is Stage.open
    rows = await audit.read_audit(database, subject=ana.id)
    assert ("second_step_reset", "usr-admin", "10.0.0.9") in [(row.action, row.actor, row.ip) for row in rows]
    with pytest.raises(Refused):
        await people.reset_second_step(ana.id, ADMIN, LATER)


async def test_given_a_session_of_another_machine_then_it_ends_and_is_audited(
    people: PeopleService, ana: Staff, database: AsyncEngine
) -> None:
    found = await people.sign_in(GOOD, NOW)

    stolen = await people.session_of(found.token, NOW, Place("203.0.113.7", "curl/8.5"))

    assert stolen is None
    assert await people.session_of(found.token, NOW, HERE) is None, "the thief and the owner are both out"
    row = (await audit.read_audit(database, subject=ana.id))[0]
    assert (row.action, row.ip) == ("session_replayed", "203.0.113.7")
    assert row.details["came_from"] == "curl"


async def test_given_another_address_then_the_session_lives_shows_it_and_is_audited_once(
    people: PeopleService, ana: Staff, database: AsyncEngine
) -> None:
    found = await people.sign_in(GOOD, NOW)
    for ip in ("203.0.113.7", "10.0.0.1", "203.0.113.7"):
        assert await people.session_of(found.token, NOW, replace(HERE, ip=ip)) is not None

    (listed,) = await people.list_sessions(ana.id, NOW)

    assert set(listed.places) == {"10.0.0.1", "203.0.113.7"}
    moves = [row for row in await audit.read_audit(database, subject=ana.id) if row.action == "session_moved"]
    assert [(row.ip, row.details["was"]) for row in moves] == [("203.0.113.7", "10.0.0.1")]


async def test_given_passwords_switched_off_then_only_those_behind_glass_use_them(
    database: AsyncEngine, hasher: Hasher, ana: Staff
) -> None:
    people = PeopleService(database, hasher, policy=SignInPolicy(passwords=False, break_glass=frozenset({"root"})))
    await people.create_staff(NewStaff("Root", "Root", PASSWORD, (Role.admin,)), SYSTEM, NOW)

    with pytest.raises(NotSignedIn) as refused:
        await people.sign_in(GOOD, NOW)

    assert refused.value.id == "sign_in_failed"
    assert (await people.sign_in(replace(GOOD, login="root"), NOW)).session.stage is Stage.open
