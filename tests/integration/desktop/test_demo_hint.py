"""The demo's accounts on the sign-in page: in demo mode only, as data that the strict policy lets through."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from agent_desktop.settings import DemoSignIn, SignInSettings
from server.accounts import DEMO_PASSWORD, demo_sign_in
from tests.integration.desktop.harness import running

pytestmark = pytest.mark.integration

ODD = DemoSignIn(("ana", '"><script>alert(1)</script>'), "calm & quiet")


async def page_of(
    sqlite_url: str, folder: Path, path: str, logins: tuple[str, ...] = (), **settings: Any
) -> tuple[str, str]:
    """The page and its policy, as somebody who is not signed in gets it."""
    (folder / "dist").mkdir()
    for name in ("desk.js", "sign-in.js", "office.js", "desk.css"):
        (folder / "dist" / name).write_text(f"/* {name} */")
    async with running(sqlite_url, folder, **settings) as desktop:
        for login in logins:
            await desktop.person(login)
        async with desktop.browser() as browser, browser.client.get(path) as response:
            return await response.text(), response.headers["Content-Security-Policy"]


async def test_given_the_demo_then_its_accounts_are_in_the_page_and_no_script_is(
    sqlite_url: str, tmp_path: Path
) -> None:
    page, policy = await page_of(sqlite_url, tmp_path, "/sign-in", ODD.logins, sign_in=SignInSettings(demo=ODD))

    found = re.search(r'<meta name="demo" content="([^"]*)">', page)
    assert found is not None
    assert json.loads(html.unescape(found[1])) == {"logins": list(ODD.logins), "password": ODD.password}
    assert "<script>" not in page
    assert "script-src 'self';" in policy


async def test_given_no_demo_then_the_page_says_nothing_of_it(sqlite_url: str, tmp_path: Path) -> None:
    page, _ = await page_of(sqlite_url, tmp_path, "/sign-in")

    assert "sign-in.js" in page
    assert "demo" not in page
    assert DEMO_PASSWORD not in page


async def test_given_the_demo_on_somebodys_own_people_then_nothing_of_it_is_said(
    sqlite_url: str, tmp_path: Path
) -> None:
    page, _ = await page_of(sqlite_url, tmp_path, "/sign-in", ("zoe",), sign_in=SignInSettings(demo=ODD))

    assert "demo" not in page
    assert ODD.password not in page


def test_the_accounts_shown_are_those_of_the_demo() -> None:
    assert demo_sign_in() == DemoSignIn(("ana", "ben", "carla", "sam", "admin"), DEMO_PASSWORD)
