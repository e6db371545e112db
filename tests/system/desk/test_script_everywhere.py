"""Script in every text that somebody else can choose, all the way to a real browser: the caller's name, customer, note,
ticket, search. It is shown as text; nothing runs, and the browser has nothing to report against our policy."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Page

from lab.asterisk import AsteriskLab
from lab.caller import SipCaller
from tests.system.desk.browser import AgentBrowser, Browsers
from tests.system.desk.process import PlatformProcess

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

SCRIPT = "<img src=x onerror=window.hurt=1>"
NOTE = "</p><script>window.hurt=2</script><svg onload=window.hurt=3> {{7*7}} ${window.hurt=4}"
SUBJECT = "\"><iframe srcdoc='<script>parent.hurt=5</script>'></iframe>"
WATCH = """
    window.reports = [];
    document.addEventListener('securitypolicyviolation',
        e => window.reports.push(e.violatedDirective + ' ' + e.blockedURI));
    const Own = window.Notification; window.notes = [];
    window.Notification = function (title, options) { window.notes.push([title, options]); };
    window.Notification.permission = 'granted';
    window.Notification.requestPermission = async () => 'granted';
"""
ASK = """async ([method, path, body]) => {
    const me = await (await fetch('/api/me')).json();
    const r = await fetch(path, {method, headers: {'Content-Type': 'application/json', 'X-CSRF-Token': me.csrf_token},
        body: body && JSON.stringify(body)});
    return await r.json();
}"""


async def ask(page: Page, method: str, path: str, body: Any = None) -> Any:
    return await page.evaluate(ASK, [method, path, body])


async def nothing_ran(agent: AgentBrowser, dialogs: list[str]) -> None:
    assert await agent.page.evaluate("() => window.hurt") is None
    assert await agent.page.evaluate("() => window.reports") == []
    assert await agent.page.locator("img[src='x'], iframe, svg[onload]").count() == 0
    assert dialogs == []


async def test_given_script_in_every_text_then_it_is_text(
    desk_lab: AsteriskLab, platform: PlatformProcess, agents: Browsers
) -> None:
    ana = await agents.agent("ana", platform.url)
    dialogs: list[str] = []
    ana.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    await ana.page.add_init_script(WATCH)
    await (await ana.sign_in()).ready()
    number = "+34600777888"
    customer = await ask(ana.page, "POST", "/api/customers", {"name": SCRIPT, "number": number})
    await ask(ana.page, "POST", f"/api/customers/{customer['id']}/notes", {"text": NOTE})
    ticket = {"subject": SUBJECT, "category": "fault", "priority": "high", "description": NOTE}
    await ask(ana.page, "POST", f"/api/customers/{customer['id']}/tickets", ticket)

    async with SipCaller(desk_lab.sip, number=number, name=SCRIPT, to="5551234") as caller:
        desk = await ana.ringing()
        assert desk["call"]["caller"]["name"] == SCRIPT
        assert desk["pop"]["customer"]["name"] == SCRIPT
        await ana.page.get_by_text(SCRIPT).first.wait_for()
        await ana.page.get_by_text(re.compile(re.escape(NOTE[:30]))).first.wait_for()
        await ana.page.get_by_text(re.compile(re.escape(SUBJECT[:20]))).first.wait_for()
        await nothing_ran(ana, dialogs)
        await ana.answer()
        await ana.page.keyboard.press("Control+k")
        box = ana.page.get_by_role("combobox").first
        await box.fill(SCRIPT)
        await ana.page.get_by_role("option").first.wait_for()
        await nothing_ran(ana, dialogs)
        await ana.page.keyboard.press("Escape")
        await ana.press("End")
        await caller.ended()
    await ana.until("d => d.me.duty !== 'busy'", "the call is over")
    await nothing_ran(ana, dialogs)
