"""Signing in step by step over HTTP, one's own account, and what an unfinished session may do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pyotp
import pytest

from agent_desktop.app import HUB
from crm_core.people.audit import AuditFilter
from crm_core.people.rows import By, NewStaff, SignInPolicy
from kernel.access import Role
from tests.integration.desktop.fakes import until
from tests.integration.desktop.harness import PASSWORD, Browser, Desktop, Tab, running

pytestmark = pytest.mark.integration

NEW = "calm river under stones"


@pytest.fixture
async def strict(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Desktop]:
    """Administrators must have a second step."""
    policy = SignInPolicy(totp_roles=frozenset({Role.admin}))
    async with running(sqlite_url, tmp_path, policy=policy) as found:
        await found.person("ann")
        await found.person("root", Role.admin)
        await found.app[HUB].ready.wait()
        yield found


async def sign_in(browser: Browser, login: str, password: str = PASSWORD) -> dict[str, Any]:
    status, answer = await browser.ask("POST", "/api/sign-in", {"login": login, "password": password})
    assert status == 200, answer
    browser.csrf = answer["csrf_token"]
    return dict(answer)


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=30 * steps))


async def enrol(browser: Browser) -> tuple[str, list[str]]:
    _, made = await browser.ask("POST", "/api/me/second-step", {"password": PASSWORD})
    status, done = await browser.ask("POST", "/api/me/second-step/code", {"code": code_of(made["secret"])})
    assert status == 200, done
    return made["secret"], done["recovery_codes"]


async def test_given_the_second_step_then_the_code_opens_the_desk_and_not_the_password(desktop: Desktop) -> None:
    async with desktop.browser("ann") as first:
        secret, _ = await enrol(first)
    async with desktop.browser() as browser:
        answer = await sign_in(browser, "ann")
        before = browser.cookie
        closed = await browser.ask("GET", "/api/me")
        forged, _ = await browser.ask("POST", "/api/sign-in/code", {"code": "0"}, X_CSRF_Token="forged")
        status, account = await browser.ask("POST", "/api/sign-in/code", {"code": code_of(secret, 1)})
        after = browser.cookie
        opened, _ = await browser.ask("GET", "/api/me")

    assert answer.keys() == {"stage", "csrf_token"}
    assert (answer["stage"], closed[0], forged) == ("code", 401, 403)
    assert (status, account["stage"], opened) == (200, "open", 200)
    assert before != after


async def test_given_an_unfinished_sign_in_then_every_other_route_and_the_socket_are_shut(desktop: Desktop) -> None:
    async with desktop.browser("ann") as first:
        await enrol(first)
    async with desktop.browser() as browser:
        await sign_in(browser, "ann")
        for path in ("/api/me", "/api/sessions", "/api/customers?q=x", "/api/people", "/api/audit"):
            assert (await browser.ask("GET", path))[0] == 401, path
        status, page = await browser.ask("GET", "/desk")
        assert (status, page) == (303, "")
        auth = {"csrf_token": browser.csrf, "epoch": None, "seq": None}
        refused = await Tab().refused(desktop.url, auth, {"Cookie": browser.cookie})
        assert ("connect_error", {"message": "not_signed_in"}) in refused
        assert (await browser.ask("DELETE", "/api/sign-in"))[0] == 204
        assert browser.cookie == ""


async def test_given_a_wrong_code_then_the_answer_says_nothing_else_and_it_counts(desktop: Desktop) -> None:
    async with desktop.browser("ann") as first:
        secret, _ = await enrol(first)
    async with desktop.browser() as browser:
        await sign_in(browser, "ann")
        answers = [await browser.ask("POST", "/api/sign-in/code", {"code": "000000"}) for _ in range(11)]
        right, _ = await browser.ask("POST", "/api/sign-in/code", {"code": code_of(secret, 1)})

    assert {status for status, _ in answers} == {401, 429}
    assert answers[0][1]["error"]["id"] == "code_wrong"
    assert right == 429
    assert answers[-1][1]["error"]["details"]["retry_after"] > 600


async def test_given_a_role_that_must_have_it_then_it_is_set_up_on_the_way_in(strict: Desktop) -> None:
    async with strict.browser() as browser:
        answer = await sign_in(browser, "root")
        _, made = await browser.ask("POST", "/api/sign-in/enrolment")
        unfit, words = await browser.ask("POST", "/api/sign-in/enrolment/code", {"code": "000000"})
        status, done = await browser.ask("POST", "/api/sign-in/enrolment/code", {"code": code_of(made["secret"])})
        browser.csrf = done["account"]["csrf_token"]
        _, security = await browser.ask("GET", "/api/me/security")
        removed, _ = await browser.ask("POST", "/api/me/second-step/remove", {"password": PASSWORD})

    assert answer["stage"] == "enrol"
    assert made["uri"].startswith("otpauth://totp/Trunkline:root?")
    assert (unfit, words["error"]["details"]["reasons"]["code"]["id"]) == (422, "code_unfit")
    assert (status, len(done["recovery_codes"])) == (200, 10)
    assert (security["second_step_required"], security["recovery_codes_left"]) == (True, 10)
    assert removed == 409


async def test_given_an_old_password_that_is_wrong_then_nothing_changes_and_guesses_are_limited(
    desktop: Desktop,
) -> None:
    async with desktop.browser("ann") as browser:
        wrong = {"old": "wrong wrong", "password": NEW}
        status, answer = await browser.ask("PUT", "/api/me/password", wrong)
        for _ in range(10):
            last, _ = await browser.ask("PUT", "/api/me/password", wrong)

    assert (status, answer["error"]["details"]["reasons"]) == (
        422,
        {"password": {"id": "own_password_wrong", "params": {}}},
    )
    assert last == 429


async def test_given_a_new_password_then_every_other_session_is_out_with_its_socket(desktop: Desktop) -> None:
    async with desktop.browser("ann") as home, desktop.browser("ann") as office, home.socket() as tab:
        await until(lambda: tab.desk)
        status, answer = await office.ask("PUT", "/api/me/password", {"old": PASSWORD, "password": NEW})
        await until(lambda: tab.gone)

        assert (status, answer) == (200, {"ended": 1})
        assert tab.events("signed_out") == [{"reason": "password_changed"}]
        assert (await home.ask("GET", "/api/me"))[0] == 401
        assert (await office.ask("GET", "/api/me"))[0] == 200


async def test_given_all_others_ended_then_this_one_stays(desktop: Desktop) -> None:
    async with desktop.browser("ann") as one, desktop.browser("ann") as two, desktop.browser("ann") as three:
        status, answer = await two.ask("DELETE", "/api/sessions")

        assert (status, answer) == (200, {"ended": 2})
        assert [(await each.ask("GET", "/api/me"))[0] for each in (one, two, three)] == [401, 200, 401]


async def test_given_a_cookie_on_another_machine_then_it_is_out_everywhere_and_audited(desktop: Desktop) -> None:
    async with desktop.browser("ann") as browser, browser.socket() as tab:
        await until(lambda: tab.desk)
        headers = {"Cookie": browser.cookie, "User-Agent": "curl/8.5"}
        async with aiohttp.ClientSession(desktop.url) as thief, thief.get("/api/me", headers=headers) as response:
            stolen = response.status
        await until(lambda: tab.gone)
        mine, _ = await browser.ask("GET", "/api/me")

    rows = await desktop.parts.audit.lines(AuditFilter(), None, 5)
    assert (stolen, mine) == (401, 401)
    assert rows[0].action == "session_replayed"


async def test_given_a_copy_of_the_cookie_in_the_same_browser_then_it_is_found_once_the_cookie_turned(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_core.people.turns.EVERY", timedelta(0))
    monkeypatch.setattr("crm_core.people.turns.GRACE", timedelta(0))
    async with desktop.browser("ann") as browser, browser.socket() as tab:
        await until(lambda: tab.desk)
        copy = browser.cookie
        for _ in range(3):
            assert (await browser.ask("GET", "/api/me"))[0] == 200
        assert browser.cookie != copy
        async with (
            aiohttp.ClientSession(desktop.url) as thief,
            thief.get("/api/me", headers={"Cookie": copy}) as answer,
        ):
            assert answer.status == 401
        await until(lambda: tab.gone)
        assert (await browser.ask("GET", "/api/me"))[0] == 401

    rows = await desktop.parts.audit.lines(AuditFilter(), None, 5)
    assert (rows[0].action, rows[0].details["cookie"]) == ("session_replayed", "old")


async def test_given_a_first_password_then_the_way_in_asks_for_another(desktop: Desktop) -> None:
    new = NewStaff("bea", "Bea", PASSWORD, (Role.agent,), must_change=True)
    await desktop.service.create_staff(new, By("system"), datetime.now(UTC))
    async with desktop.browser() as browser:
        answer = await sign_in(browser, "bea")
        weak, words = await browser.ask("POST", "/api/sign-in/password", {"password": "short"})
        status, account = await browser.ask("POST", "/api/sign-in/password", {"password": NEW})

    assert answer["stage"] == "password"
    assert weak == 422
    assert words["error"]["details"]["reasons"] == {"password": {"id": "password_short", "params": {"least": 10}}}
    assert (status, account["login"]) == (200, "bea")


async def test_given_head_then_it_answers_like_get_without_a_body(desktop: Desktop) -> None:
    async with desktop.browser() as browser:
        async with browser.client.head("/health/live") as alive:
            assert (alive.status, await alive.read()) == (200, b"")
        async with browser.client.head("/sign-in") as page:
            assert page.status in (200, 503), "503 where the client is not built"
        async with browser.client.head("/api/me") as nobody:
            assert nobody.status == 401


async def test_given_a_second_step_set_up_or_removed_then_every_other_session_is_out_with_its_socket(
    desktop: Desktop,
) -> None:
    async with desktop.browser("ann") as mine, desktop.browser("ann") as other, other.socket() as tab:
        await until(lambda: tab.desk)
        secret, _ = await enrol(mine)
        await until(lambda: tab.gone)
        left = [(await each.ask("GET", "/api/me"))[0] for each in (mine, other)]
        async with desktop.browser() as third:
            await sign_in(third, "ann")
            opened, _ = await third.ask("POST", "/api/sign-in/code", {"code": code_of(secret, 1)})
            removed, _ = await mine.ask("POST", "/api/me/second-step/remove", {"password": PASSWORD})
            out, _ = await third.ask("GET", "/api/me")

    assert tab.events("signed_out") == [{"reason": "second_step_set"}]
    assert (left, opened, removed, out) == ([200, 401], 200, 204, 401)
