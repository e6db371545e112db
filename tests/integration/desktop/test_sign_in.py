"""Signing in, the cookie, forged requests, and sessions that end."""

from __future__ import annotations

import aiohttp
import pytest

from kernel.errors import Refused
from routing.messages import SignOutAgent
from tests.integration.desktop.harness import PASSWORD, Desktop

pytestmark = pytest.mark.integration


async def status_with(desktop: Desktop, cookie: str) -> int:
    """What somebody gets who sends this cookie."""
    async with (
        aiohttp.ClientSession(desktop.url) as thief,
        thief.get("/api/me", headers={"Cookie": cookie}) as response,
    ):
        return response.status


async def test_given_the_right_password_when_signed_in_then_a_cookie_that_scripts_cannot_read(desktop: Desktop) -> None:
    async with desktop.browser() as browser:
        body = {"login": "ann", "password": PASSWORD}
        async with browser.client.post("/api/sign-in", json=body) as response:
            account, cookie = await response.json(), response.headers["Set-Cookie"]

    assert account["login"] == "ann"
    assert account["roles"] == ["agent"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert account["csrf_token"] not in cookie


async def test_given_wrong_login_or_password_then_the_same_answer(desktop: Desktop) -> None:
    async with desktop.browser() as browser:
        wrong = await browser.ask("POST", "/api/sign-in", {"login": "ann", "password": "nope nope nope"})
        nobody = await browser.ask("POST", "/api/sign-in", {"login": "zoe' OR 1=1 --", "password": "nope nope nope"})

    assert wrong == nobody
    assert wrong[0] == 401
    assert wrong[1]["error"]["id"] == "sign_in_failed"


async def test_given_a_session_when_signed_in_again_then_another_cookie_and_the_old_one_is_dead(
    desktop: Desktop,
) -> None:
    async with desktop.browser("ann") as browser:
        old = browser.cookie
        await browser.ask("POST", "/api/sign-in", {"login": "ann", "password": PASSWORD})
        new = browser.cookie
        status = await status_with(desktop, old)

    assert new != old
    assert status == 401


async def test_given_a_planted_cookie_when_signed_in_then_it_is_not_taken_over(desktop: Desktop) -> None:
    async with desktop.browser() as browser:
        planted = {"Cookie": "trunkline=planted-by-somebody"}
        await browser.ask("POST", "/api/sign-in", {"login": "ann", "password": PASSWORD}, **planted)

        assert "planted" not in browser.cookie


@pytest.mark.parametrize("token", ["", "wrong", "ñ"])
async def test_given_no_token_of_the_page_when_changed_then_refused(desktop: Desktop, token: str) -> None:
    async with desktop.browser("ann") as browser:
        browser.csrf = token.encode().decode("latin-1")
        status, answer = await browser.ask("PUT", "/api/desk/presence", {"presence": "ready"})

    assert (status, answer["error"]["id"]) == (403, "csrf_missing")
    assert desktop.engine.commands == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
async def test_given_a_foreign_page_when_it_sends_then_refused(desktop: Desktop, headers: dict[str, str]) -> None:
    async with desktop.browser("ann") as browser:
        changing = await browser.ask("PUT", "/api/desk/presence", {"presence": "ready"}, **headers)
        reading = await browser.ask("GET", "/api/desk/phone", **headers)
        entering = await browser.ask("POST", "/api/sign-in", {"login": "ann", "password": PASSWORD}, **headers)

    assert {answer["error"]["id"] for _, answer in (changing, reading, entering)} == {"foreign_origin"}
    assert desktop.engine.commands == []


async def test_given_two_sessions_when_one_is_revoked_then_it_is_out_at_once(desktop: Desktop) -> None:
    async with desktop.browser("ann") as home, desktop.browser("ann") as office:
        _, listed = await office.ask("GET", "/api/sessions")
        other = next(one for one in listed["items"] if not one["current"])
        status, _ = await office.ask("DELETE", f"/api/sessions/{other['id']}")
        home_status, _ = await home.ask("GET", "/api/me")
        office_status, _ = await office.ask("GET", "/api/me")

    assert len(listed["items"]) == 2
    assert (status, home_status, office_status) == (204, 401, 200)


async def test_given_another_persons_session_when_revoked_then_not_found(desktop: Desktop) -> None:
    async with desktop.browser("ann") as ann, desktop.browser("bob") as bob:
        _, listed = await ann.ask("GET", "/api/sessions")
        status, _ = await bob.ask("DELETE", f"/api/sessions/{listed['items'][0]['id']}")
        still, _ = await ann.ask("GET", "/api/me")

    assert (status, still) == (404, 200)


async def test_given_the_last_session_when_signed_out_then_the_agent_is_out_and_the_cookie_dead(
    desktop: Desktop,
) -> None:
    async with desktop.browser("ann") as browser:
        kept = browser.cookie
        status, _ = await browser.ask("POST", "/api/sign-out")
        later = await status_with(desktop, kept)

        assert browser.cookie == ""
    assert (status, later) == (204, 401)
    assert desktop.engine.commands == [SignOutAgent(actor=desktop.staff["ann"].id, agent_id=desktop.staff["ann"].id)]


async def test_given_a_call_in_hand_when_signed_out_then_refused_and_still_in(desktop: Desktop) -> None:
    desktop.engine.answers[SignOutAgent] = Refused("call_in_hand", "Finish your call first.")
    async with desktop.browser("ann") as browser:
        status, answer = await browser.ask("POST", "/api/sign-out")
        still, _ = await browser.ask("GET", "/api/me")

    assert (status, answer["error"]["id"], still) == (409, "call_in_hand", 200)


async def test_given_a_new_language_when_saved_then_kept_and_shown(desktop: Desktop) -> None:
    async with desktop.browser("ann") as browser:
        status, account = await browser.ask("PATCH", "/api/me", {"language": "es"})
        _, later = await browser.ask("GET", "/api/me")

    assert (status, account["language"], later["language"]) == (200, "es", "es")


async def test_given_too_many_wrong_passwords_then_told_to_wait(desktop: Desktop) -> None:
    async with desktop.browser() as browser:
        for _ in range(12):
            status, answer = await browser.ask("POST", "/api/sign-in", {"login": "bob", "password": "wrong wrong"})

    assert (status, answer["error"]["id"]) == (429, "too_many_attempts")
    assert answer["error"]["details"]["retry_after"] > 0
