"""Callers whose trunk says strange things of them: offered, shown, answered and kept like anybody."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lab.asterisk import AsteriskLab
from lab.caller import PHONE_HZ, SipCaller
from tests.support.house import LUCIA, House, SipAgent, house

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]

SCRIPT = "<img src=x onerror=window.hurt=1>"
LONG = " ".join(["Ñandú"] * 10)
"""What Asterisk leaves of it: 79 bytes."""
BROKEN = b"Jos\xe9 \xf0\x9f M\xc3".decode(errors="surrogateescape")


@dataclass(frozen=True)
class Strange:
    """A From header, and how the desk must know the caller."""

    sender: str
    match: str
    number: str | None
    name: str | None


CALLERS = {
    "anonymous": Strange('"Anonymous" <sip:anonymous@anonymous.invalid>', "withheld", "anonymous", "Anonymous"),
    "no user at all": Strange("<sip:127.0.0.2>", "withheld", None, None),
    "the word restricted": Strange('"Restricted" <sip:Restricted@127.0.0.2>', "withheld", "Restricted", "Restricted"),
    "a name of 300 letters": Strange(f'"{"Ñandú " * 50}" <sip:{LUCIA}@127.0.0.2>', "known", LUCIA, LONG),
    "a name in broken UTF-8": Strange(
        f'"{BROKEN}" <sip:{LUCIA}@127.0.0.2>', "known", LUCIA, "Jos\ufffd \ufffd M\ufffd"
    ),
    "a name that is a script": Strange(f'"{SCRIPT}" <sip:+34600999888@127.0.0.2>', "unknown", "+34600999888", SCRIPT),
    "a number that is a script": Strange("<sip:%3Cscript%3E@127.0.0.2>", "unknown", "<script>", None),
    "a number of 300 digits": Strange(f"<sip:{'9' * 300}@127.0.0.2>", "unknown", "9" * 79, None),
}


async def test_strange_callers_are_served_like_anybody(asterisk_lab: AsteriskLab, tmp_path: Path) -> None:
    async with house(asterisk_lab, tmp_path, ["ana"]) as home, home.agent("ana") as ana:
        for what, caller in CALLERS.items():
            await one_call(home, ana, what, caller)
        ended = await home.journalled("InteractionEnded")
        assert [one.state for one in ended] == ["closed"] * len(CALLERS)
        failed = [one.order_id for one in await home.journalled("OrderFailed")]
        assert [one for one in failed if not one.startswith(("hup-", "hang_up-"))] == [], (
            "a leg may be gone before its hang-up comes"
        )


async def one_call(home: House, ana: SipAgent, what: str, caller: Strange) -> None:
    async with SipCaller(home.lab.sip, number="x", to="5551234", sender=caller.sender) as call:
        await ana.takes()
        await call.audio.heard_tone(PHONE_HZ)
        desk = ana.desk
        shown = desk["call"]["caller"]
        assert desk["call"]["match"] == caller.match, what
        assert shown["withheld"] is (caller.match == "withheld"), what
        if caller.number is not None:
            assert shown["number"] == caller.number, what
        if caller.name is not None:
            assert shown["name"] == caller.name, what
        assert well_formed(shown["name"]), what
        ix = desk["call"]["id"]
    await ana.sees(lambda desk: desk["me"]["duty"] == "wrapping", f"{what}: wrap-up")
    note = {"note": what} if caller.match == "known" else {}
    await ana.ask("POST", f"/api/calls/{ix}/wrap-up", {"disposition": "resolved", **note})
    await ana.sees(lambda desk: desk["me"]["routable"], f"{what}: ready again")
    if caller.match == "known":
        await on_the_timeline(ana, desk["call"]["customer_id"], what)


async def on_the_timeline(ana: SipAgent, customer_id: str, note: str) -> None:
    timeline = await ana.ask("GET", f"/api/customers/{customer_id}/timeline")
    newest = timeline["entries"][:2]
    assert {one["kind"] for one in newest} == {"call", "note"}
    calls = [one for one in newest if one["kind"] == "call"]
    assert calls[0]["details"]["outcome"] == "answered"
    assert any(one["body"] == note for one in newest)


def well_formed(name: Any) -> bool:
    """Text that any database, browser and JSON reader takes."""
    if name is None:
        return True
    name.encode()
    return 0 < len(name) <= 256 and name.isprintable()
