"""The pages beside the call in pictures, on the demo data: the dial field, administration, set-up, my account."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from crm_core.people.passwords import Hasher
from crm_core.people.rows import NewStaff
from crm_core.people.service import SYSTEM, PeopleService
from kernel.access import Role
from kernel.clock import SteadyClock
from kernel.db import connect
from lab.asterisk import AsteriskLab
from lab.caller import SipCaller
from tests.system.desk.browser import Browsers, browsers
from tests.system.desk.conftest import AGENTS, QUEUE
from tests.system.desk.process import LUCIA, PASSWORD, PlatformProcess

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]
OFFICE = {
    "people": "/admin/people",
    "calls": "/admin/calls",
    "queues": "/admin/queues",
    "queue": "/admin/queues/main",
    "skills": "/admin/skills",
    "hours": "/admin/hours/office",
    "announcements": "/admin/announcements",
    "changes": "/admin/changes",
    "outcomes": "/admin/outcomes",
    "do-not-call": "/admin/do-not-call",
    "audit": "/admin/audit",
    "account": "/account",
}
WEEK = {day: ["09:00-14:00", "15:00-18:30"] for day in ("mon", "tue", "wed", "thu")} | {"fri": ["09:00-15:00"]}
SET_UP: tuple[tuple[str, dict[str, Any]], ...] = (
    ("skills", {"name": "English"}),
    ("skills", {"name": "Washing machines"}),
    ("groups", {"name": "First line"}),
    ("hours", {"name": "Office", "zone": "Europe/Madrid", "weekly": WEEK}),
    ("queues", {"name": "Spare parts", "dids": ["+34 911 222 333"], "priority": 30}),
)
"""What is made over the API before the pictures, as somebody who sets up would."""
MAKE = """async ([path, body]) => {
    const account = await (await fetch("/api/me")).json();
    const headers = {"Content-Type": "application/json", "X-CSRF-Token": account.csrf_token};
    return (await fetch(path, {method: "POST", headers, body: JSON.stringify(body)})).status; }"""
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
    await platform.prepare(AGENTS, replace(QUEUE, reject_delay=120), demo=True)
    await _administrator(platform)
    await platform.start()
    errors: list[str] = []
    try:
        async with browsers(tmp_path) as found:
            await _dial_field(platform, found, theme, folder / f"dial-{theme}.png")
            await _waiting(desk_lab, platform, found, theme, folder / f"waiting-{theme}.png")
            page = await _office(platform, found, theme)
            page.on("pageerror", lambda error: errors.append(str(error)))
            for path, body in SET_UP:
                assert await page.evaluate(MAKE, [f"/api/{path}", body]) == 201, path
            for name in OFFICE if theme == "light" else ("people", "queue"):
                await page.goto(platform.url + OFFICE[name])
                await _shoot(page, folder / f"{name}-{theme}.png")
            await page.goto(f"{platform.url}/admin/calls")
            await page.locator("td", has_text="Ana").locator("xpath=..").locator("a").click()
            await page.locator(".trace summary").first.click()
            await _shoot(page, folder / f"call-{theme}.png")
    finally:
        await platform.stop()
    assert errors == []


async def _administrator(platform: PlatformProcess) -> None:
    database = connect(platform.database_url)
    people, now = PeopleService(database, Hasher()), SteadyClock().now()
    made = [
        NewStaff("root", "Rosa Admin", PASSWORD, (Role.admin, Role.supervisor), email="rosa@example.org"),
        NewStaff("sam", "Sam Okafor", PASSWORD, (Role.supervisor,), email="sam@example.org", must_change=True),
        NewStaff("priya", "Priya Raman", PASSWORD, (Role.agent, Role.engineer), email="priya@example.org"),
    ]
    made_ids = [(await people.create_staff(new, SYSTEM, now)).id for new in made]
    team = (await people.teams.create("Service", SYSTEM, now)).id
    for one in await people.list_staff():
        member = {"member": one.login in AGENTS, "lead": one.id == made_ids[0]}
        await people.teams.put(team, one.id, **member, by=SYSTEM, now=now)
    await database.dispose()


async def _dial_field(platform: PlatformProcess, found: Browsers, theme: str, path: Path) -> None:
    ana = await found.agent("ana", platform.url, color_scheme=theme)
    await ana.sign_in()
    await ana.page.keyboard.press("Control+Shift+L")
    await ana.page.locator(".dial input[type=tel]").fill("+1 212 555 0123")
    await ana.page.locator(".dial .clocks li").first.wait_for()
    await _shoot(ana.page, path)


async def _waiting(lab: AsteriskLab, platform: PlatformProcess, found: Browsers, theme: str, path: Path) -> None:
    """Ana declined the first of two, and sees them wait."""
    ana = await found.agent("ana", platform.url, color_scheme=theme)
    await (await ana.sign_in()).ready()
    async with SipCaller(lab.sip, number=LUCIA, name="", to="5551234"):
        await ana.ringing()
        await ana.press("Decline")
        async with SipCaller(lab.sip, number="+34600333444", name="", to="5551234"):
            await ana.until("d => d.waiting.total === 2 && d.waiting.rows.every(one => !one.why)", "two wait")
            await ana.page.keyboard.press("Control+Shift+X")
            await ana.page.locator(".waiting button:focus").wait_for()
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
