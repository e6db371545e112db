"""The pages beside the call in pictures, on the demo data: the dial field, administration, set-up, my account."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Page

from crm_core.people.passwords import Hasher
from crm_core.people.rows import NewStaff
from crm_core.people.service import SYSTEM, PeopleService
from kernel.access import Role
from kernel.clock import SteadyClock
from kernel.db import connect
from lab.asterisk import AsteriskLab
from tests.system.desk.browser import Browsers, browsers
from tests.system.desk.conftest import AGENTS, QUEUE
from tests.system.desk.process import PASSWORD, PlatformProcess

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]
OFFICE = {
    "people": "/admin/people",
    "queue": "/admin/queues/main",
    "outcomes": "/admin/outcomes",
    "do-not-call": "/admin/do-not-call",
    "audit": "/admin/audit",
    "account": "/account",
}
LISTED = (("+34 600 555 010", "asked by mail"), ("+34 91 555*", "a hospital: never by machine"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pictures go: docs/screens when asked to keep them."""
    return Path(os.environ.get("TRUNKLINE_SCREENS", str(tmp_path)))


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.soak)])
async def test_the_pages_beside_the_call_in_pictures(
    desk_lab: AsteriskLab, tmp_path: Path, folder: Path, theme: str
) -> None:
    platform = PlatformProcess(desk_lab, tmp_path)
    await platform.prepare(AGENTS, QUEUE, demo=True)
    await _administrator(platform)
    await platform.start()
    errors: list[str] = []
    try:
        async with browsers(tmp_path) as found:
            await _dial_field(platform, found, theme, folder / f"dial-{theme}.png")
            page = await _office(platform, found, theme)
            page.on("pageerror", lambda error: errors.append(str(error)))
            for name in OFFICE if theme == "light" else ("people", "queue"):
                await page.goto(platform.url + OFFICE[name])
                await _shoot(page, folder / f"{name}-{theme}.png")
    finally:
        await platform.stop()
    assert errors == []


async def _administrator(platform: PlatformProcess) -> None:
    database = connect(platform.database_url)
    people, now = PeopleService(database, Hasher()), SteadyClock().now()
    made = [
        NewStaff("root", "Rosa Admin", PASSWORD, (Role.admin,), email="rosa@example.org"),
        NewStaff("sam", "Sam Okafor", PASSWORD, (Role.supervisor,), email="sam@example.org", must_change=True),
        NewStaff("priya", "Priya Raman", PASSWORD, (Role.agent, Role.engineer), email="priya@example.org"),
    ]
    for new in made:
        await people.create_staff(new, SYSTEM, now)
    await database.dispose()


async def _dial_field(platform: PlatformProcess, found: Browsers, theme: str, path: Path) -> None:
    ana = await found.agent("ana", platform.url, color_scheme=theme)
    await ana.sign_in()
    await ana.page.keyboard.press("Control+Shift+L")
    await ana.page.locator(".dial input[type=tel]").fill("+1 212 555 0123")
    await ana.page.locator(".dial .clocks li").first.wait_for()
    await _shoot(ana.page, path)


async def _office(platform: PlatformProcess, found: Browsers, theme: str) -> Page:
    page = await found.page(color_scheme=theme)
    await page.goto(f"{platform.url}/sign-in?next=/admin/do-not-call")
    await page.get_by_label("Sign-in name").fill("root")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    for number, reason in LISTED:
        await page.locator("input[name=number]").fill(number)
        await page.locator("input[name=reason]").fill(reason)
        await page.locator("form [type=submit]").click()
        await page.locator("td", has_text=reason).wait_for()
    return page


async def _shoot(page: Page, path: Path) -> None:
    """Once the page is drawn, nothing is loading, and no message of an act before is in the corner."""
    await page.locator("h1:visible, h2:visible").first.wait_for()
    await page.wait_for_function("() => !document.querySelector('[aria-busy=true], .ghost-block, .toast')")
    await page.evaluate("() => document.fonts.ready")
    picture = await page.screenshot(path=str(path), animations="disabled")
    assert len(picture) > 20_000, "a picture with something in it"
