"""Flags of an outcome, whatever it is called: a number is forbidden, a promise is kept in sight, in the same turn."""

from __future__ import annotations

from typing import TypeVar

import pytest

from crm_core.donotcall.writes import ForbidNumber
from crm_core.timeline.writes import KeepPromises, SaveTimelineEntry
from kernel.codec import plain
from kernel.errors import Refused
from kernel.messages import Write
from routing.messages import FinishWrapUp, LinkCustomer
from routing.queuerows import Disposition
from routing.rows import Match
from routing.setupmessages import SetUpDispositions
from tests.unit.routing.world import World

pytestmark = pytest.mark.unit

W = TypeVar("W", bound=Write)


def writes(world: World, kind: type[W]) -> list[W]:
    return [one for one in world.out.writes if isinstance(one, kind)]


def promised(world: World) -> list[SaveTimelineEntry]:
    return [one for one in writes(world, SaveTimelineEntry) if one.kind == "callback"]


def wrapping(*flags: str, match: Match = Match.known) -> tuple[World, str]:
    world = World()
    other = Disposition("ZZZ", "Whatever it is called", "", flags)
    world.say(SetUpDispositions(actor="adm", dispositions=(plain(other),)))
    world.agent("ana")
    ix = world.call("c1", match=match)
    world.agent_leg_ends(ix, world.answer(ix))
    world.caller_leaves(ix)
    return world, ix


def finish(world: World, ix: str) -> None:
    world.say(FinishWrapUp(actor="ana", interaction_id=ix, disposition_id="ZZZ", ip="192.0.2.7"))


def test_given_the_flag_do_not_call_then_the_number_is_forbidden_in_the_turn_that_ends_the_wrap_up() -> None:
    world, ix = wrapping("do_not_call")
    number = world.state.interactions[ix].number
    finish(world, ix)
    (write,) = writes(world, ForbidNumber)
    assert (write.number, write.call, write.actor, write.ip) == (number, ix, "ana", "192.0.2.7")


def test_given_other_flags_then_nothing_is_forbidden_and_nothing_promised() -> None:
    world, ix = wrapping("sale", "human_answered", "not_interested", "unworkable", "completed", "customer_contact")
    finish(world, ix)
    assert writes(world, ForbidNumber) == []
    assert promised(world) == []


def test_given_the_flag_callback_and_a_customer_then_it_is_an_open_item_of_theirs() -> None:
    world, ix = wrapping("callback", match=Match.maybe)
    world.say(LinkCustomer(actor="ana", interaction_id=ix, customer_id="cu-9"))
    finish(world, ix)
    (entry,) = promised(world)
    assert (entry.customer_id, entry.status, entry.ref, entry.staff_id) == ("cu-9", "open", ix, "ana")
    assert writes(world, KeepPromises) == [], "a call that came in keeps no promise"


def test_given_the_flag_callback_and_nobody_known_then_it_is_refused_and_the_wrap_up_goes_on() -> None:
    world, ix = wrapping("callback", match=Match.unknown)
    with pytest.raises(Refused) as refusal:
        finish(world, ix)
    assert refusal.value.id == "callback_needs_customer"
    assert world.state.own_stint(ix, "ana").state == "wrapping"
    assert promised(world) == []
