"""The REST resources: what they send to the engine and the CRM, what they answer, and what they refuse."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent_desktop.app import HUB, ROUTES
from crm_core.customers.models import NewCustomer
from kernel.access import GRANTS, Ownership, Role
from kernel.errors import Refused, Unavailable
from kernel.messages import Command
from routing.messages import (
    DeclineOffer,
    ExtendWrapUp,
    FinishWrapUp,
    HangUpCall,
    HoldCall,
    LinkCustomer,
    ResumeCall,
    SetPresence,
    SignInAgent,
)
from routing.rows import Presence
from tests.integration.desktop.fakes import until
from tests.integration.desktop.harness import PASSWORD, Browser, Desktop
from tests.integration.desktop.rows import interaction

pytestmark = pytest.mark.integration

XSS = "<script>alert('x')</script>"


async def make_customer(browser: Browser, name: str = "Marta Gil") -> dict[str, Any]:
    status, card = await browser.ask("POST", "/api/customers", {"name": name, "number": "911 234 567"})
    assert status == 201, card
    return dict(card)


async def test_given_an_agent_when_asking_for_a_phone_then_the_leased_one(desktop: Desktop) -> None:
    desktop.engine.answers[SignInAgent] = "cti-phone-07"
    async with desktop.browser("ann") as browser:
        status, lease = await browser.ask("GET", "/api/desk/phone")

    assert status == 200
    assert lease == {
        "endpoint": "cti-phone-07",
        "secret": "s3cret-of-the-phone",
        "ws_url": "ws://127.0.0.1:8088/ws",
        "domain": "127.0.0.1",
        "ice_servers": [],
    }
    ann = desktop.staff["ann"]
    assert desktop.engine.commands == [SignInAgent(actor=ann.id, agent_id=ann.id, name=ann.name)]


async def test_given_no_phone_free_when_asked_then_409_with_its_id(desktop: Desktop) -> None:
    desktop.engine.answers[SignInAgent] = Refused("no_phone_free", "All phones are taken.")
    async with desktop.browser("ann") as browser:
        status, answer = await browser.ask("GET", "/api/desk/phone")

    assert (status, answer["error"]["id"]) == (409, "no_phone_free")


@pytest.mark.parametrize(
    ("body", "presence", "reason"),
    [
        ({"presence": "ready"}, Presence.ready, None),
        ({"presence": "paused", "reason": "lunch"}, Presence.paused, "lunch"),
        ({"presence": "out", "reason": None}, Presence.out, None),
    ],
)
async def test_given_a_presence_when_put_then_the_engine_gets_it(
    desktop: Desktop, body: dict[str, Any], presence: Presence, reason: str | None
) -> None:
    async with desktop.browser("ann") as browser:
        answer = await browser.ask("PUT", "/api/desk/presence", body)

    ann = desktop.staff["ann"].id
    assert answer == (200, {})
    assert desktop.engine.commands == [SetPresence(actor=ann, agent_id=ann, presence=presence, reason=reason)]


@pytest.mark.parametrize(
    "body",
    [
        {"presence": "gone"},
        {"presence": "ready", "reason": "lunch"},
        {"presence": "ready", "agent_id": "somebody-else"},
        {"presence": "ready", "duty": "idle"},
        {},
        [],
        "ready",
        {"presence": "paused", "reason": "lu\0nch"},
    ],
)
async def test_given_a_bad_presence_when_put_then_422_and_nothing_is_asked(desktop: Desktop, body: Any) -> None:
    async with desktop.browser("ann") as browser:
        status, answer = await browser.ask("PUT", "/api/desk/presence", body)

    assert (status, answer["error"]["id"]) == (422, "invalid_input")
    assert desktop.engine.commands == []


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("/api/offers/of-1/decline", lambda me: DeclineOffer(actor=me, offer_id="of-1")),
        ("/api/calls/ix-1.2/hold", lambda me: HoldCall(actor=me, interaction_id="ix-1.2")),
        ("/api/calls/ix-1.2/resume", lambda me: ResumeCall(actor=me, interaction_id="ix-1.2")),
        ("/api/calls/ix-1.2/hang-up", lambda me: HangUpCall(actor=me, interaction_id="ix-1.2")),
        ("/api/calls/ix-1.2/wrap-up/extend", lambda me: ExtendWrapUp(actor=me, interaction_id="ix-1.2")),
    ],
)
async def test_given_a_call_action_when_posted_then_the_engine_gets_it(
    desktop: Desktop, path: str, command: Any
) -> None:
    async with desktop.browser("ann") as browser:
        empty = await browser.ask("POST", path)
        braces = await browser.ask("POST", path, {})
        more = await browser.ask("POST", path, {"actor": "bob"})

    expected: Command = command(desktop.staff["ann"].id)
    assert empty == braces == (200, {})
    assert more[0] == 422
    assert desktop.engine.commands == [expected, expected]


async def test_given_an_engine_that_cannot_save_when_asked_then_503_in_words(desktop: Desktop) -> None:
    desktop.engine.answers[HoldCall] = Unavailable("engine_busy", "Nothing was lost; please try again.")
    async with desktop.browser("ann") as browser:
        status, answer = await browser.ask("POST", "/api/calls/ix-1/hold")

    assert (status, answer["error"]["id"]) == (503, "engine_busy")
    assert "try again" in answer["error"]["message"]


async def test_given_a_wrap_up_with_note_when_posted_then_the_note_is_in_the_history(desktop: Desktop) -> None:
    ann = desktop.staff["ann"].id
    desktop.records.parts["ix-1"] = [Ownership(ann)]
    async with desktop.browser("ann") as browser:
        card = await make_customer(browser)
        desktop.engine.commit(("interactions", "ix-1", interaction("ix-1", match="known", customer_id=card["id"])))
        await until(lambda: desktop.app[HUB].projection.get("interactions", "ix-1"))
        body = {"disposition": "solved", "note": f"Called back. {XSS}"}
        first = await browser.ask("POST", "/api/calls/ix-1/wrap-up", body)
        again = await browser.ask("POST", "/api/calls/ix-1/wrap-up", body)
        _, page = await browser.ask("GET", f"/api/customers/{card['id']}/timeline")

    assert first == again == (200, {})
    assert [entry["body"] for entry in page["entries"]] == [f"Called back. {XSS}"]
    one, two = desktop.engine.commands
    assert isinstance(one, FinishWrapUp)
    assert one == two
    assert one.note_id == page["entries"][0]["ref"]


async def test_given_a_wrap_up_of_somebody_elses_call_then_not_found_and_no_note(desktop: Desktop) -> None:
    desktop.records.parts["ix-1"] = [Ownership(desktop.staff["bob"].id)]
    async with desktop.browser("ann") as browser:
        card = await make_customer(browser)
        desktop.engine.commit(("interactions", "ix-1", interaction("ix-1", match="known", customer_id=card["id"])))
        await until(lambda: desktop.app[HUB].projection.get("interactions", "ix-1"))
        status, answer = await browser.ask("POST", "/api/calls/ix-1/wrap-up", {"disposition": "solved", "note": "x"})
        _, page = await browser.ask("GET", f"/api/customers/{card['id']}/timeline")

    assert (status, answer["error"]["id"]) == (404, "call_not_found")
    assert page["entries"] == []
    assert desktop.engine.commands == []


async def test_given_a_note_for_nobody_when_wrapped_up_then_told_what_to_do(desktop: Desktop) -> None:
    desktop.records.parts["ix-1"] = [Ownership(desktop.staff["ann"].id)]
    async with desktop.browser("ann") as browser:
        status, answer = await browser.ask("POST", "/api/calls/ix-1/wrap-up", {"disposition": "solved", "note": "x"})
        without = await browser.ask("POST", "/api/calls/ix-1/wrap-up", {"disposition": "solved", "note": ""})

    assert (status, answer["error"]["id"]) == (409, "note_needs_customer")
    assert without == (200, {})


async def test_given_a_caller_when_linked_then_the_engine_learns_customer_and_level(desktop: Desktop) -> None:
    async with desktop.browser("ann") as browser:
        card = await make_customer(browser)
        done = await browser.ask("PUT", "/api/calls/ix-1/customer", {"customer_id": card["id"]})
        nobody = await browser.ask("PUT", "/api/calls/ix-1/customer", {"customer_id": "cu-nobody"})

    ann = desktop.staff["ann"].id
    assert done == (200, {})
    assert nobody[0] == 404
    assert desktop.engine.commands == [
        LinkCustomer(actor=ann, interaction_id="ix-1", customer_id=card["id"], level="standard")
    ]


async def test_given_a_call_when_asked_why_then_only_those_concerned_are_told(desktop: Desktop) -> None:
    desktop.records.parts["ix-1"] = [Ownership(desktop.staff["ann"].id)]
    async with desktop.browser("ann") as ann, desktop.browser("bob") as bob:
        mine = await ann.ask("GET", "/api/calls/ix-1/why")
        other = await bob.ask("GET", "/api/calls/ix-1/why")
        nothing = await ann.ask("GET", "/api/calls/ix-unknown/why")
        my_recordings = await ann.ask("GET", "/api/recordings?interaction_id=ix-1")
        other_recordings = await bob.ask("GET", "/api/recordings?interaction_id=ix-1")

    assert mine[1]["offers"][0]["agents"][0]["verdict"] == "chosen"
    assert (other[0], nothing[0]) == (404, 404)
    assert [one["id"] for one in my_recordings[1]["items"]] == ["re-1"]
    assert other_recordings == (200, {"items": []})


async def test_given_a_customer_when_created_then_found_by_name_and_number(desktop: Desktop) -> None:
    async with desktop.browser("ann") as browser:
        card = await make_customer(browser, XSS)
        by_number = await browser.ask("GET", "/api/customers?q=%2B34911234567")
        shown = await browser.ask("GET", f"/api/customers/{card['id']}")

    assert card["name"] == XSS
    assert card["number"] == "+34911234567"
    assert [one["id"] for one in by_number[1]["items"]] == [card["id"]]
    assert shown == (200, card)


async def test_given_a_ticket_when_made_then_open_and_shown(desktop: Desktop) -> None:
    form = {"subject": "No light", "category": "fault", "priority": "high", "product": "Router", "description": "Dark."}
    async with desktop.browser("ann") as browser:
        card = await make_customer(browser)
        path = f"/api/customers/{card['id']}/tickets"
        status, ticket = await browser.ask("POST", path, form)
        listed = await browser.ask("GET", f"{path}?open=1")
        shown = await browser.ask("GET", f"/api/tickets/{ticket['id']}")
        bad = await browser.ask("POST", path, {**form, "status": "closed"})
        missing = await browser.ask("GET", "/api/tickets/ti-none")

    assert (status, ticket["status"], ticket["subject"]) == (201, "open", "No light")
    assert listed == (200, {"items": [ticket]})
    assert shown == (200, ticket)
    assert bad[1]["error"]["details"]["fields"].keys() == {"status"}
    assert missing[0] == 404


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=x", "limit=9999", "kind=none", "cursor=%00", "cursor=zz", "sort=1"]
)
async def test_given_a_bad_page_when_asked_then_422(desktop: Desktop, query: str) -> None:
    async with desktop.browser("ann") as browser:
        card = await make_customer(browser)
        status, answer = await browser.ask("GET", f"/api/customers/{card['id']}/timeline?{query}")

    assert status == 422, answer


async def test_given_any_route_when_not_signed_in_then_401_and_without_the_right_403(desktop: Desktop) -> None:
    """Every route of the table as nobody and as an administrator, who serves no calls."""
    wrong = []
    async with desktop.browser() as nobody, desktop.browser("root") as root:
        for route in desktop.app[ROUTES]:
            if route.rule == "public" or not route.path.startswith("/api/"):
                continue
            path = re.sub(r"{\w+}", "x-1", route.path)
            outside, _ = await nobody.ask(route.method, path)
            if outside != 401:
                wrong.append((route.method, path, "nobody", outside))
            inside, answer = await root.ask(route.method, path)
            may_root = route.rule in ("signed_in", "entering", *GRANTS[Role.admin])
            refused = inside == 403 and answer["error"]["id"] == "right_missing"
            if refused == may_root:
                wrong.append((route.method, path, "root", inside))
            if path == "/api/sign-out":
                _, account = await root.ask("POST", "/api/sign-in", {"login": "root", "password": PASSWORD})
                root.csrf = account["csrf_token"]

    assert wrong == []


async def test_given_a_number_and_whose_it_is_when_looked_up_then_the_customers_night_is_told_beside_the_numbers_hours(
    desktop: Desktop,
) -> None:
    now = desktop.parts.clock.now().astimezone(ZoneInfo("Europe/Madrid"))
    zones = ((zone, now.astimezone(ZoneInfo(zone)).hour) for zone in (f"Etc/GMT{n:+d}" for n in range(-12, 13)))
    night = next(zone for zone, hour in zones if not 8 <= hour < 21 and hour != now.hour)
    new = NewCustomer(name="Aiko Tanaka", number="+34911234567", time_zone=night)
    customer = (await desktop.parts.crm.customers.create(new))["id"]
    async with desktop.browser("ann") as ann:
        _, alone = await ann.ask("GET", "/api/dial/number?number=%2B34911234567")
        _, whose = await ann.ask("GET", f"/api/dial/number?number=%2B34911234567&customer_id={customer}")
        status, gone = await ann.ask("GET", "/api/dial/number?number=%2B34911234567&customer_id=cu-gone")
    assert alone["customer"] is None
    assert [one["zones"] for one in whose["local"]] == [["Europe/Madrid"]]
    assert (whose["customer"]["zones"], whose["customer"]["late"]) == ([night], True)
    assert whose["warnings"] == [*alone["warnings"], "customer_night"]
    assert (status, gone["error"]["id"]) == (404, "no_such_customer")
