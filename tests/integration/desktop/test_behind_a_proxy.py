"""Signing in through a reverse proxy: sessions, audit and the limit of failed sign-ins see the person's address when
the proxy is trusted, and nobody can write one of their own."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from agent_desktop.app import HUB
from tests.integration.desktop.harness import PASSWORD, Desktop, running

pytestmark = pytest.mark.integration

PROXY = (ip_network("127.0.0.1/32"),)
MANY = 70


async def address_seen(desktop: Desktop, forwarded: str) -> str:
    async with desktop.browser() as browser:
        body = {"login": "ann", "password": PASSWORD}
        _, account = await browser.ask("POST", "/api/sign-in", body, X_Forwarded_For=forwarded)
        browser.csrf = account["csrf_token"]
        _, listed = await browser.ask("GET", "/api/sessions", X_Forwarded_For=forwarded)
        return next(str(one["ip"]) for one in listed["items"] if one["current"])


async def test_given_a_trusted_proxy_then_the_address_that_it_names(sqlite_url: str, tmp_path: Path) -> None:
    async with running(sqlite_url, tmp_path, trusted_proxies=PROXY) as desktop:
        await desktop.person("ann")
        await desktop.app[HUB].ready.wait()

        assert await address_seen(desktop, "203.0.113.5") == "203.0.113.5"
        assert await address_seen(desktop, "198.51.100.9, 203.0.113.5") == "203.0.113.5", "the first is hearsay"


async def test_given_anybody_else_then_their_header_is_ignored(desktop: Desktop) -> None:
    assert await address_seen(desktop, "203.0.113.5") == "127.0.0.1"


async def failures(desktop: Desktop, forwarded: str) -> set[int]:
    """What so many failed sign-ins get, each with another login, all from one address."""
    async with desktop.browser() as browser:
        found = set()
        for number in range(MANY):
            body = {"login": f"nobody-{number}", "password": "wrong wrong"}
            status, _ = await browser.ask("POST", "/api/sign-in", body, X_Forwarded_For=forwarded)
            found.add(status)
        return found


async def test_given_an_attack_from_one_address_then_others_can_still_sign_in(sqlite_url: str, tmp_path: Path) -> None:
    async with running(sqlite_url, tmp_path, trusted_proxies=PROXY) as desktop:
        await desktop.person("ann")
        await desktop.app[HUB].ready.wait()

        assert await failures(desktop, "198.51.100.66") == {401, 429}
        assert await address_seen(desktop, "203.0.113.5") == "203.0.113.5"


async def test_given_made_up_addresses_then_the_limit_holds_all_the_same(desktop: Desktop) -> None:
    async with desktop.browser() as browser:
        statuses = set()
        for number in range(MANY):
            body = {"login": f"nobody-{number}", "password": "wrong wrong"}
            made_up = f"198.51.100.{number}"
            status, _ = await browser.ask("POST", "/api/sign-in", body, X_Forwarded_For=made_up)
            statuses.add(status)

    assert 429 in statuses
