"""Administration and one's own account in a real Chromium, on the real web application: two steps are set up and used,
a person is made and signs in, an ended session takes the tab along; and how it looks, to axe and on pictures."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from agent_desktop.app import HUB
from agent_desktop.static import DIST
from crm_core.people.rows import By, NewStaff
from kernel.access import Role
from tests.integration.desktop.harness import PASSWORD, Desktop, running

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]

NEW = "calm river under stones"
AXE = Path(DIST).parent / "node_modules" / "axe-core" / "axe.min.js"
SPEAK = """async language => {
    const { csrf_token } = await (await fetch('/api/me')).json();
    const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf_token };
    await fetch('/api/me', { method: 'PATCH', headers, body: JSON.stringify({ language }) });
}"""
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup",
]


@pytest.fixture
async def office(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Desktop]:
    """The application with the client as it is built, with an administrator, an agent and a team."""
    (tmp_path / "dist").symlink_to(DIST, target_is_directory=True)
    async with running(sqlite_url, tmp_path) as found:
        await found.person("root", Role.admin)
        await found.person("ann")
        await found.service.teams.create("First line", By("system"), datetime.now(UTC))
        await found.app[HUB].ready.wait()
        yield found


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        try:
            yield browser
        finally:
            await browser.close()


async def tab(browser: Browser, errors: list[str], **context: Any) -> Page:
    """A browser of one's own; what its console complains of is kept."""
    made = await browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB", **context)
    await made.grant_permissions(["clipboard-read", "clipboard-write", "microphone"])
    page = await made.new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return page


async def sign_in(page: Page, url: str, login: str, password: str = PASSWORD) -> None:
    await page.goto(f"{url}/sign-in")
    await page.get_by_label("Sign-in name").fill(login)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def serious(page: Page) -> list[str]:
    """What axe finds serious on the page."""
    await page.evaluate(AXE.read_text())
    found = await page.evaluate("() => axe.run().then(r => r.violations)")
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]


async def test_two_steps_are_set_up_in_the_account_and_asked_at_the_next_sign_in(office: Desktop) -> None:
    errors: list[str] = []
    async with chromium() as browser:
        page = await tab(browser, errors)
        await sign_in(page, office.url, "root")
        await page.wait_for_url("**/admin/people")
        await page.goto(f"{office.url}/account")
        await page.get_by_role("button", name="Set up two steps").click()
        await page.get_by_label("Your password").fill(PASSWORD)
        await page.get_by_role("button", name="Go on").click()
        secret = (await page.locator("code.letters").inner_text()).replace(" ", "")
        await expect(page.get_by_alt_text("QR code")).to_be_visible()
        await page.get_by_label("Code", exact=True).fill("000000")
        await page.get_by_role("button", name="Turn on two steps").click()
        await expect(page.get_by_text("not the code that the app shows").first).to_be_visible()
        await page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
        await page.get_by_role("button", name="Turn on two steps").click()
        await page.get_by_label("I have kept these codes").wait_for()
        codes = await page.locator(".codes code").all_inner_texts()
        await page.get_by_label("I have kept these codes").check()
        await page.get_by_role("button", name="Done").click()
        await expect(page.get_by_text("10 recovery codes left")).to_be_visible()

        other = await tab(browser, errors)
        await sign_in(other, office.url, "root")
        await expect(other.get_by_role("heading", name="One more step")).to_be_visible()
        await other.reload()
        await expect(other.get_by_role("heading", name="One more step")).to_be_visible()
        await other.get_by_label("Code", exact=True).fill(codes[0].lower())
        await other.keyboard.press("Enter")
        await other.wait_for_url("**/admin/people")
    assert len(codes) == 10
    assert errors == []


async def test_a_person_is_made_signs_in_and_is_shut_out(office: Desktop) -> None:
    errors: list[str] = []
    async with chromium() as browser:
        root = await tab(browser, errors)
        await sign_in(root, office.url, "root")
        await root.get_by_role("link", name="New person").click()
        await root.get_by_role("button", name="Make account").click()
        await expect(root.get_by_text("Type the person's name")).to_be_visible()
        await root.get_by_label("Name", exact=True).fill("Carla Núñez")
        await root.get_by_label("Sign-in name").fill("ann")
        await root.get_by_role("button", name="Make account").click()
        await expect(root.get_by_text("Somebody has this sign-in name already")).to_be_visible()
        await expect(root.get_by_label("Name", exact=True)).to_have_value("Carla Núñez")
        await root.get_by_label("Sign-in name").fill("carla")
        await root.get_by_label("Supervisor").check()
        await root.get_by_role("button", name="Make account").click()
        password = await root.locator("[data-password]").inner_text()
        await root.get_by_role("button", name="I have it").click()
        await expect(root.get_by_role("heading", name="Carla Núñez")).to_be_visible()

        carla = await tab(browser, errors)
        await sign_in(carla, office.url, "carla", password)
        await carla.get_by_label("New password").fill("short")
        await carla.keyboard.press("Enter")
        await expect(carla.get_by_text("at least 10 characters").first).to_be_visible()
        await carla.get_by_label("New password").fill(NEW)
        await carla.keyboard.press("Enter")
        await carla.wait_for_url("**/desk")
        await carla.wait_for_function("() => window.__trunkline?.desk()")

        await root.reload()
        await root.get_by_role("button", name="Close account").click()
        await root.get_by_role("dialog").get_by_role("button", name="Close account").click()
        await carla.wait_for_url("**/sign-in?reason=account_closed", timeout=5000)
        await expect(carla.get_by_text("Your account was closed")).to_be_visible()
    assert errors == []


async def test_a_session_that_is_ended_elsewhere_takes_its_tab_along(office: Desktop) -> None:
    errors: list[str] = []
    async with chromium() as browser:
        desk, account = await tab(browser, errors), await tab(browser, errors)
        await sign_in(desk, office.url, "ann")
        await desk.wait_for_function("() => window.__trunkline?.desk()")
        await sign_in(account, office.url, "ann")
        await account.wait_for_url("**/desk")
        await account.goto(f"{office.url}/account")
        await account.get_by_role("button", name="End all other sessions").click()

        await desk.wait_for_url("**/sign-in?reason=session_revoked", timeout=5000)
        await expect(account.get_by_role("button", name="End all other sessions")).to_have_count(0)
    assert errors == []


async def test_two_administrators_at_one_person_see_both_and_choose(office: Desktop) -> None:
    errors: list[str] = []
    ann = office.staff["ann"]
    async with chromium() as browser:
        page = await tab(browser, errors)
        await sign_in(page, office.url, "root")
        await page.wait_for_url("**/admin/people")
        await page.goto(f"{office.url}/admin/people/{ann.id}")
        await page.get_by_label("Name", exact=True).fill("Ann Mine")
        async with office.browser("root") as other:
            change = {"version": ann.version, "name": "Ann Theirs", "roles": ["sales"]}
            assert (await other.ask("PATCH", f"/api/people/{ann.id}", change))[0] == 200
        await page.get_by_role("button", name="Save", exact=True).first.click()
        table = page.locator("table.differences")
        await expect(table).to_contain_text("Ann Theirs")
        await expect(table).to_contain_text("Ann Mine")
        await expect(page.get_by_label("Name", exact=True)).to_have_value("Ann Mine")
        await page.get_by_role("button", name="Take what is there").click()
        await expect(page.get_by_label("Name", exact=True)).to_have_value("Ann Theirs")
    assert errors == []


async def many_people(office: Desktop) -> None:
    teams = await office.service.teams.all()
    names = (
        "Carla Núñez",
        "Ben Carter",
        "Sam Okafor",
        "Priya Raman",
        "Lucía Fernández de la Vega y Montenegro",
        "李娜",
    )
    for number in range(60):
        role = (Role.agent, Role.telemarketer, Role.engineer, Role.sales, Role.supervisor)[number % 5]
        name = names[number % len(names)] + (f" {number}" if number >= len(names) else "")
        new = NewStaff(
            f"p{number}",
            name,
            PASSWORD,
            (role,),
            "en",
            teams[0].team.id if number % 2 else None,
            must_change=number % 7 == 0,
        )
        await office.service.create_staff(new, By("system"), datetime.now(UTC))


@pytest.mark.parametrize(("theme", "locale"), [("light", "en"), ("dark", "en"), ("light", "es")])
async def test_the_pages_in_pictures_and_for_readers(office: Desktop, tmp_path: Path, theme: Any, locale: str) -> None:
    folder, errors = Path(os.environ.get("TRUNKLINE_SCREENS", str(tmp_path))), []
    problems: dict[str, list[str]] = {}
    await many_people(office)
    person = office.staff["ann"]
    team = (await office.service.teams.all())[0].team
    async with chromium() as browser:
        page = await tab(browser, errors, color_scheme=theme)
        await sign_in(page, office.url, "root")
        await page.wait_for_url("**/admin/people")
        if locale != "en":
            await page.evaluate(SPEAK, locale)
        places = {
            "people": "/admin/people",
            "person": f"/admin/people/{person.id}",
            "new-person": "/admin/people/new",
            "teams": "/admin/teams",
            "team": f"/admin/teams/{team.id}",
            "audit": "/admin/audit",
            "account": "/account",
            "nobody": "/admin/people?q=zzzz",
        }
        for name, path in places.items():
            await page.goto(office.url + path)
            await page.locator("main h1").wait_for()
            await page.wait_for_function("() => !document.querySelector('[aria-busy=true]')")
            await asyncio.sleep(0.15)
            await page.screenshot(path=str(folder / f"office-{name}-{theme}-{locale}.png"), animations="disabled")
            if found := await serious(page):
                problems[name] = found
    assert problems == {}
    assert errors == []
