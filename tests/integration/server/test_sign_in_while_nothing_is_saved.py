"""A step of signing in by the company's account is no read, though a browser opens it as one: while nothing can be
saved it is refused before it begins; it is never cut short, nor repeated by itself with a code that was used."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from lab.sim import SimSwitch
from server.busy import AWAY
from server.heartbeat import Heartbeat
from tests.support.house import QUEUE
from tests.support.identity_provider import CLIENT, SECRET, IdentityProvider, identity_provider
from tests.support.simhouse import on_sim, web_of
from tests.support.waiting import until

pytestmark = pytest.mark.integration

PATIENCE = 0.5
"""The least that can be set."""
PAGE = {"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Site": "cross-site"}


@dataclass
class Company:
    """A platform with a provider to sign in with, and a browser."""

    provider: IdentityProvider
    heartbeat: Heartbeat
    client: aiohttp.ClientSession
    database: Path

    @contextmanager
    def nothing_saved(self) -> Iterator[None]:
        """Another process holds the lock of the database."""
        with closing(sqlite3.connect(self.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield

    async def step(self, address: str) -> tuple[int, str, str | None, str]:
        """Status, where the browser is sent, when it would ask again by itself, and the page."""
        where = URL(address, encoded=True)
        async with self.client.get(where, headers=PAGE, allow_redirects=False) as response:
            headers = response.headers
            return response.status, headers.get("Location", ""), headers.get("Refresh"), await response.text()

    async def with_a_code(self) -> str:
        """The address that the provider sends the browser back to."""
        return (await self.step((await self.step("/sign-in/provider"))[1]))[1]


@asynccontextmanager
async def company_in(folder: Path) -> AsyncIterator[Company]:
    async with SimSwitch(1) as switch, on_sim(switch, folder, QUEUE) as home, identity_provider() as provider:
        wanted = {
            "oidc_issuer": provider.url,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SECRET,
            "oidc_name": "Example",
        }
        heart = home.platform.heartbeat
        async with (
            web_of(home.platform, folder, read_seconds=PATIENCE, **wanted) as (address, _),
            aiohttp.ClientSession(address, cookie_jar=aiohttp.CookieJar(unsafe=True)) as client,
        ):
            await until(lambda: heart.beating, 10, "it saves")
            yield Company(provider, heart, client, folder / "trunkline.db")


async def test_given_a_provider_that_takes_its_time_then_the_step_is_not_cut_while_nothing_is_saved(
    tmp_path: Path,
) -> None:
    async with company_in(tmp_path) as company:
        back = await company.with_a_code()
        company.provider.answers.clear()
        entering = asyncio.create_task(company.step(back))
        await until(lambda: company.provider.waiting == 1, 10, "the code is with the provider")
        with company.nothing_saved():
            await until(lambda: not company.heartbeat.beating, 10, "nothing is saved")
            done, _ = await asyncio.wait({entering}, timeout=2 * PATIENCE)
        assert not done, "it was cut short, and its code is used"
        company.provider.answers.set()
        status, target, *_ = await entering

    assert (status, target) == (303, "/sign-in?reason=provider_account_unknown")


async def test_given_nothing_can_be_saved_then_it_is_refused_and_not_repeated_by_itself(tmp_path: Path) -> None:
    async with company_in(tmp_path) as company:
        back = await company.with_a_code()
        with company.nothing_saved():
            await until(lambda: company.heartbeat.age > AWAY, 20, "nothing was saved for long")
            for address in (back, "/sign-in/provider"):
                status, _, again, page = await company.step(address)
                assert (status, again) == (503, None), page
                assert re.search(r'<a href="/sign-in">', page), page
        assert company.provider.waiting == 0, "the code was not used up"
        await until(lambda: company.heartbeat.beating, 20, "it saves again")
        status, target, *_ = await company.step(back)

    assert (status, target) == (303, "/sign-in?reason=provider_account_unknown"), "the code is still good"
