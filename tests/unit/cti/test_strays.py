"""Legs of ours that come when nobody expects them: an agent's and a number's are told apart, and so are their ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cti.events import AgentLegEnded, CallerLeft, CustomerDialled, CustomerRinging, LegOrdered, StrayLeg
from cti.facts import LegEnded, LegPlaced, LegRinging, Place, Snapshot
from cti.ids import AGENT, DIALLED, is_dialled, is_ours
from cti.rows import LegRole
from tests.support.callbook import Desk, seen, started

pytestmark = pytest.mark.unit

FAR, NEAR = (f"{prefix}-00000000000a-0001" for prefix in (DIALLED, AGENT))


def test_ids_tell_whose_leg_it_is() -> None:
    assert (is_ours(FAR), is_ours(NEAR), is_ours("1795312273.10")) == (True, True, False)
    assert (is_dialled(FAR), is_dialled(NEAR), is_dialled("far-away")) == (True, False, False)


@pytest.mark.parametrize(("leg", "dialled"), [(FAR, True), (NEAR, False)])
def test_a_leg_that_nobody_remembers_is_named_by_its_id(leg: str, dialled: bool) -> None:
    desk = Desk()
    desk.take(started(leg), LegEnded(leg=leg, cause=16))
    (stray,) = desk.of(StrayLeg)
    assert (stray.dialled, stray.channel, stray.interaction_id) == (dialled, f"PJSIP/trunk-{leg}", "")
    assert len(desk.of(CallerLeft)) == dialled
    assert len(desk.of(AgentLegEnded)) == (not dialled), "a number's end is never told as an agent's"


def test_a_number_that_was_given_up_and_comes_after_all_is_a_numbers_leg_of_its_interaction() -> None:
    desk = Desk()
    desk.take(LegOrdered(interaction_id="ix-1", leg=FAR, endpoint="", dialled=True))
    desk.pass_time(timedelta(seconds=61))
    desk.take(started(FAR), LegRinging(leg=FAR))
    (stray,) = desk.of(StrayLeg)
    assert (stray.dialled, stray.interaction_id) == (True, "ix-1")
    assert desk.book.legs[FAR].role is LegRole.dialled
    assert [one.interaction_id for one in desk.of(CustomerRinging)] == ["ix-1"]


def test_a_number_that_rings_in_a_snapshot_is_told_with_its_interaction() -> None:
    desk = Desk()
    ringing = seen(FAR, up=False, ringing=True, place=None, role="dialled", interaction_id="ix-1")
    desk.take(Snapshot(legs=(ringing,), devices=()))
    assert [(one.interaction_id, one.leg) for one in desk.of(CustomerDialled)] == [("ix-1", FAR)]
    assert desk.of(StrayLeg) == []
    assert desk.book.ours() == [(FAR, "ix-1")]


def test_a_number_that_is_first_heard_of_by_its_place_is_no_new_caller() -> None:
    desk = Desk()
    desk.take(LegPlaced(leg=FAR, channel=f"PJSIP/trunk-{FAR}", place=Place.after, interaction_id="ix-1"))
    assert desk.book.legs[FAR].role is LegRole.dialled
    assert [type(one).__name__ for one in desk.events] == ["CustomerUp", "CallerAfter"]
