"""Signing in by an OpenID Connect provider that really signs: who is let in, and every way in which its word fails."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from yarl import URL

from agent_desktop.app import HUB
from agent_desktop.settings import Provider, SignInSettings
from crm_core.people.audit import AuditFilter
from crm_core.people.rows import By, SignInPolicy, StaffChange
from kernel.access import Role
from tests.integration.desktop.harness import PASSWORD, Browser, Desktop, running
from tests.support.identity_provider import CLIENT, SECRET, IdentityProvider, identity_provider, new_key

pytestmark = pytest.mark.integration

ANN = {"sub": "p-1", "email": "Ann@Example.org", "email_verified": True, "name": "Ann Provider"}


@pytest.fixture
async def provider() -> AsyncIterator[IdentityProvider]:
    async with identity_provider() as found:
        found.person = dict(ANN)
        yield found


@pytest.fixture
async def company(provider: IdentityProvider, sqlite_url: str, tmp_path: Path) -> AsyncIterator[Desktop]:
    """Passwords are for `root` only; ann has an account with her mail address."""
    policy = SignInPolicy(passwords=False, break_glass=frozenset({"root"}))
    settings = SignInSettings(oidc=Provider(provider.url, CLIENT, SECRET, "Example"), passwords=False)
    async with running(sqlite_url, tmp_path, policy=policy, sign_in=settings) as found:
        ann = await found.person("ann")
        await found.person("root", Role.admin)
        change = StaffChange(email="ann@example.org")
        await found.service.change_staff(ann.id, change, By("system"), found.parts.clock.now())
        await found.app[HUB].ready.wait()
        yield found


async def hop(browser: Browser, address: str) -> str:
    """Where a browser is sent on to from an address, as a person's click or a redirect opens it."""
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    async with browser.client.get(URL(address, encoded=True), headers=headers, allow_redirects=False) as response:
        assert response.status == 303, await response.text()
        return response.headers["Location"]


async def enter(browser: Browser, begin: str = "/sign-in/provider") -> str:
    """The whole way: to the provider, back, and where it ends."""
    return await hop(browser, await hop(browser, await hop(browser, begin)))


async def me(browser: Browser) -> tuple[int, Any]:
    return await browser.ask("GET", "/api/me")


async def test_given_the_providers_word_then_the_account_with_that_address_is_open(
    company: Desktop, provider: IdentityProvider
) -> None:
    async with company.browser() as browser:
        target = await enter(browser, "/sign-in/provider?next=/account")
        status, account = await me(browser)
    (asked,) = provider.asked

    assert (target, status, account["login"]) == ("/account", 200, "ann")
    assert asked["code_challenge_method"] == "S256"
    assert set(asked["scope"].split()) == {"openid", "email", "profile"}
    rows = await company.parts.audit.lines(AuditFilter(subject=company.staff["ann"].id), None, 5)
    assert [(row.action, row.details.get("method")) for row in rows[:2]] == [
        ("signed_in", "provider"),
        ("provider_linked", None),
    ]


async def test_given_an_account_that_is_linked_then_the_subject_counts_and_not_the_address(
    company: Desktop, provider: IdentityProvider
) -> None:
    async with company.browser() as browser:
        await enter(browser)
    provider.person = {"sub": "p-1", "email": "married@example.org", "email_verified": True}
    async with company.browser() as browser:
        assert (await enter(browser), (await me(browser))[1]["login"]) == ("/", "ann")
    provider.person = {**ANN, "sub": "p-2"}
    async with company.browser() as browser:
        assert await enter(browser) == "/sign-in?reason=provider_account_unknown", "another who got her old address"


@pytest.mark.parametrize(
    "person",
    [
        {"sub": "p-9", "email": "nobody@example.org", "email_verified": True},
        {**ANN, "email_verified": False},
        {"sub": "p-9", "email": "ann@example.org"},
        {"sub": "p-9"},
    ],
)
async def test_given_somebody_without_an_account_or_a_verified_address_then_not_let_in(
    company: Desktop, provider: IdentityProvider, person: dict[str, Any]
) -> None:
    provider.person = person
    async with company.browser() as browser:
        assert await enter(browser) == "/sign-in?reason=provider_account_unknown"
        assert (await me(browser))[0] == 401


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": [CLIENT, "another-client"]},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": "never"},
        {"iat": 9_000_000_000},
        {"nonce": "planted"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
    ],
)
async def test_given_a_token_with_a_wrong_claim_then_not_let_in(
    company: Desktop, provider: IdentityProvider, lie: dict[str, Any]
) -> None:
    provider.lie = lie
    async with company.browser() as browser:
        assert await enter(browser) == "/sign-in?reason=provider_failed"
        assert (await me(browser))[0] == 401


async def test_given_a_token_that_another_key_signed_or_none_then_not_let_in(
    company: Desktop, provider: IdentityProvider
) -> None:
    async with company.browser() as browser:
        provider.key = new_key()
        forged = await enter(browser)
        provider.key, provider.algorithm = None, "none"
        unsigned = await enter(browser)

    assert {forged, unsigned} == {"/sign-in?reason=provider_failed"}


async def test_given_a_provider_that_changed_its_keys_then_let_in_all_the_same(
    company: Desktop, provider: IdentityProvider
) -> None:
    async with company.browser() as browser:
        await enter(browser)
    provider.known = new_key()
    async with company.browser() as browser:
        assert await enter(browser) == "/"


async def test_given_keys_that_come_in_pieces_then_they_are_read_whole(
    company: Desktop, provider: IdentityProvider
) -> None:
    provider.piecemeal = True
    async with company.browser() as browser:
        assert await enter(browser) == "/"


async def test_given_an_answer_that_this_browser_did_not_ask_for_then_refused(
    company: Desktop, provider: IdentityProvider
) -> None:
    async with company.browser() as victim, company.browser() as attacker:
        stolen = await hop(attacker, await hop(attacker, "/sign-in/provider"))
        planted = await hop(victim, stolen)
        await hop(victim, "/sign-in/provider")
        mixed = await hop(victim, stolen)
        code = parse_qs(urlsplit(stolen).query)["code"][0]
        bare = await hop(victim, f"/sign-in/provider/back?code={code}")
        nobody, _ = await me(victim)

    assert {planted, mixed, bare} == {"/sign-in?reason=provider_failed"}
    assert nobody == 401


async def test_given_a_place_elsewhere_as_the_way_back_then_it_is_not_taken(company: Desktop) -> None:
    for away in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:x"):
        async with company.browser() as browser:
            assert await enter(browser, str(URL("/sign-in/provider").with_query(next=away))) == "/"


async def test_given_a_provider_that_is_away_then_told_on_the_sign_in_page(sqlite_url: str, tmp_path: Path) -> None:
    settings = SignInSettings(oidc=Provider("http://127.0.0.1:9", CLIENT))
    async with running(sqlite_url, tmp_path, sign_in=settings) as desktop, desktop.browser() as browser:
        assert await hop(browser, "/sign-in/provider") == "/sign-in?reason=provider_failed"


async def test_given_no_provider_in_the_settings_then_there_is_nothing(desktop: Desktop) -> None:
    async with desktop.browser() as browser:
        for path in ("/sign-in/provider", "/sign-in/provider/back?code=x&state=y"):
            assert (await browser.ask("GET", path))[0] == 404


async def test_given_a_role_for_newcomers_then_their_account_is_made_once(
    provider: IdentityProvider, sqlite_url: str, tmp_path: Path
) -> None:
    provider.person = {"sub": "p-7", "email": "new@example.org", "email_verified": True, "name": "New Person"}
    settings = SignInSettings(oidc=Provider(provider.url, CLIENT, SECRET))
    policy = SignInPolicy(new_by_provider=Role.agent)
    async with running(sqlite_url, tmp_path, policy=policy, sign_in=settings) as desktop:
        for _ in range(2):
            async with desktop.browser() as browser:
                assert await enter(browser) == "/"
                _, account = await me(browser)
        people = await desktop.service.list_staff()
        async with desktop.browser() as browser:
            empty = {"login": "new@example.org", "password": PASSWORD}
            assert (await browser.ask("POST", "/api/sign-in", empty))[0] == 401, "an account without a password"

    assert (account["login"], account["name"], account["roles"]) == ("new@example.org", "New Person", ["agent"])
    assert len(people) == 1


@pytest.mark.parametrize(
    ("person", "name"),
    [
        ({"sub": "p-8", "email": "odd@example.org", "email_verified": True, "name": "Odd\n\u202eOne \t"}, "Odd One"),
        ({"sub": "p-8", "email": "odd@example.org", "email_verified": True, "name": "  "}, "odd@example.org"),
        ({"sub": "p-8", "email": f"{'o' * 60}@{'d' * 60}.org", "email_verified": True}, None),
        ({"sub": "p-8", "email": "odd<x>@example.org", "email_verified": True}, None),
    ],
)
async def test_given_a_newcomer_with_a_strange_name_then_it_is_one_line_or_no_account(
    provider: IdentityProvider, sqlite_url: str, tmp_path: Path, person: dict[str, Any], name: str | None
) -> None:
    provider.person = person
    settings = SignInSettings(oidc=Provider(provider.url, CLIENT, SECRET))
    async with running(sqlite_url, tmp_path, policy=SignInPolicy(new_by_provider=Role.agent), sign_in=settings) as desk:
        async with desk.browser() as browser:
            target = await enter(browser)
        made = [one.name for one in await desk.service.list_staff()]

    assert (target, made) == (("/", [name]) if name else ("/sign-in?reason=provider_account_unknown", []))


async def test_given_passwords_for_emergencies_only_then_only_the_one_behind_glass(company: Desktop) -> None:
    async with company.browser() as ann, company.browser() as root:
        refused = await ann.ask("POST", "/api/sign-in", {"login": "ann", "password": PASSWORD})
        wrong = await ann.ask("POST", "/api/sign-in", {"login": "ann", "password": "wrong wrong"})
        status, _ = await root.ask("POST", "/api/sign-in", {"login": "root", "password": PASSWORD})

    assert refused == wrong
    assert (refused[0], status) == (401, 200)


async def test_given_a_closed_account_then_the_providers_word_opens_nothing(company: Desktop) -> None:
    await company.service.deactivate_staff(company.staff["ann"].id, By("system"), company.parts.clock.now())
    async with company.browser() as browser:
        assert await enter(browser) == "/sign-in?reason=provider_account_unknown"
