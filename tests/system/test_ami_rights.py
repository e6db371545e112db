"""The AMI user's classes of events, against what a real Asterisk says: none is missing, none is given for nothing."""

from __future__ import annotations

import re

import pytest

from cti.ami.parse import EVENTS
from lab.stage import Stage

pytestmark = pytest.mark.system

USED = {*(name.decode() for name in EVENTS), "OriginateResponse", "FullyBooted"}


def given(stage: Stage, which: str) -> set[str]:
    text = (stage.lab.home / "etc" / "cti_manager.conf").read_text()
    found = re.search(rf"^{which} = (.+)$", text, re.MULTILINE)
    assert found is not None
    return set(found[1].split(","))


async def test_given_a_whole_call_then_the_classes_of_what_we_read_are_those_that_the_kit_asks_for(
    stage: Stage,
) -> None:
    async with stage.beating(), stage.phone(), stage.caller() as call:
        caller = await stage.waiting()
        await stage.joined(caller, await stage.ring(caller))
        await call.hang_up()
        await stage.gone(caller["Uniqueid"])
    await stage.ami.event("DeviceStateChange", State="UNAVAILABLE")

    classes = {m["Event"]: m["Privilege"].removesuffix(",all") for m in stage.ami.seen if m["Event"] in USED}
    assert classes.keys() == USED
    assert set(classes.values()) == given(stage, "read")


async def test_given_the_kits_user_then_it_hears_nothing_of_queues_and_may_send_no_event(stage: Stage) -> None:
    async with stage.lab.ami.client() as platform:
        await platform.event("FullyBooted")
        async with stage.caller():
            await stage.ami.event("QueueCallerJoin")
            await platform.user_event("CtiFallback")
        refused = await platform.action("UserEvent", UserEvent="CtiHold", Ix="ix-forged")

    assert not any(message["Event"].startswith("Queue") for message in platform.seen)
    assert (refused["Response"], refused["Message"]) == ("Error", "Permission denied")
