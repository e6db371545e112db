"""When a queue is open: who comes while it is closed is turned away or goes on, who came before is served; and hours
change, by the clock and by people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cti import events as ev
from cti.facts import LinkDown
from cti.orders import SayToCaller
from kernel.errors import Invalid, Refused, TrunklineError
from routing.dismissal import CallerDismissed
from routing.hoursrows import Opening
from routing.messages import CallerMoved, InteractionQueued
from routing.opening import HoursTurned
from routing.rows import InteractionState
from routing.setupmessages import ChangeSetUp
from routing.teamwork import Edit
from tests.unit.routing.world import START, World

pytestmark = pytest.mark.unit

S = InteractionState
MONDAY = {"mon": ["09:00-09:10", "09:20-18:00"]}
"""START is a Monday, 09:00 in UTC."""


def change(world: World, *edits: Edit) -> Any:
    return world.say(ChangeSetUp(actor="adm", edits=edits))


def hours(id: str = "office", **values: Any) -> Edit:
    return Edit("hours", id, {"name": id.title(), "zone": "UTC", "weekly": MONDAY, **values})


def calendar(id: str, *days: dict[str, Any]) -> Edit:
    return Edit("calendar", id, {"name": id.title(), "days": days})


def queue(id: str = "main", **values: Any) -> Edit:
    return Edit("queue", id, values)


def at_noon(**more: Any) -> World:
    """The queue is open from 9:00 to 9:10 and from 9:20 on; it is closed now."""
    world = World()
    change(world, hours(**more), queue(hours_id="office"))
    world.wait(15 * 60)
    return world


def opening(world: World, id: str = "office") -> Opening:
    return world.state.openings[id]


# ── who comes ───────────────────────────────────────────────────────────────────────────────────────────


def test_given_a_closed_queue_when_somebody_comes_then_they_are_told_and_did_not_enter_it() -> None:
    world = at_noon()
    world.agent("ana")
    ix = world.call("c1")
    assert (world.ix(ix).state, world.offers(ix)) == (S.dismissed, {})
    (order,) = world.orders(SayToCaller)
    assert order.leave
    assert world.ix(ix).dismissal.step == order.step  # type: ignore[union-attr]
    assert CallerDismissed(interaction_id=ix, queue_id="main", reason="closed") in world.out.events
    assert not [one for one in world.out.events if isinstance(one, InteractionQueued)]


def test_given_callers_who_wait_at_closing_time_then_they_are_served_and_who_comes_after_is_not() -> None:
    world = World()
    change(world, hours(), queue(hours_id="office"))
    waiting = world.call("c1")
    world.wait(11 * 60)
    assert opening(world).open is False
    late = world.call("c2")
    assert world.ix(late).state is S.dismissed
    world.agent("ana")
    assert set(world.offers(waiting)) == {"ana"}


def test_given_a_call_of_before_closing_time_whose_phone_is_lost_after_it_then_they_are_served_again() -> None:
    world = World()
    change(world, hours(), queue(hours_id="office"))
    world.agent("ana")
    ix = world.call("c1")
    offer = world.answer(ix)
    world.wait(12 * 60)
    world.agent_leg_ends(ix, offer, cause=44)
    world.say(ev.CallerWaits(interaction_id=ix, leg="c1"))
    assert world.ix(ix).state in (S.queued, S.offered)


def test_given_somebody_who_came_before_closing_time_while_we_were_away_then_they_are_served() -> None:
    """And nobody is turned away either for whom it has opened meanwhile."""
    world = at_noon()
    for name, since, state in (("c1", 8, S.queued), ("c2", 12, S.dismissed)):
        came = {"interaction_id": f"ix-{name}", "leg": name, "channel": f"PJSIP/{name}", "did": "1", "language": "en"}
        world.say(ev.CallerArrived(**came, since=START + timedelta(minutes=since)))
        world.say(ev.CallerWaits(interaction_id=f"ix-{name}", leg=name))
        assert world.ix(f"ix-{name}").state is state
    world.wait(6 * 60)
    world.say(ev.CallerArrived(**came | {"interaction_id": "ix-c3", "leg": "c3"}, since=START + timedelta(minutes=19)))
    world.say(ev.CallerWaits(interaction_id="ix-c3", leg="c3"))
    assert world.ix("ix-c3").state is S.queued


def test_given_another_queue_for_the_closed_one_then_they_go_there_and_wait_at_their_place() -> None:
    world = World()
    night = queue("night", name="Night")
    change(world, hours(), night, queue(hours_id="office", closed={"to": {"kind": "queue", "queue_id": "night"}}))
    world.wait(15 * 60)
    ix = world.call("c1")
    row = world.ix(ix)
    assert (row.state, row.queue_id, row.place) == (S.queued, "night", world.at)
    assert CallerMoved(interaction_id=ix, queue_id="night", was="main", reason="closed") in world.out.events
    assert InteractionQueued(interaction_id=ix, queue_id="night") in world.out.events
    world.agent("ana")
    assert set(world.offers(ix)) == {"ana"}


@pytest.mark.parametrize(("far", "state", "where"), [("far", S.queued, "far"), (None, S.dismissed, "main")])
def test_given_that_the_next_queue_is_closed_too_then_its_own_rule_counts(
    far: str | None, state: S, where: str
) -> None:
    world = World()
    on = {"kind": "queue", "queue_id": far} if far else {"kind": "hang_up", "announcement_id": "closed"}
    change(world, hours(), queue("night", name="Night", hours_id="office", closed={"to": on}), queue("far", name="Far"))
    change(world, queue(hours_id="office", closed={"to": {"kind": "queue", "queue_id": "night"}}))
    world.wait(15 * 60)
    ix = world.call("c1")
    assert (world.ix(ix).state, world.ix(ix).queue_id) == (state, where)


def test_given_no_hours_then_it_is_always_open() -> None:
    world = World()
    world.wait(20 * 3600)
    assert world.ix(world.call("c1")).state is S.queued


# ── they open and close ─────────────────────────────────────────────────────────────────────────────────


def test_given_hours_then_what_desks_show_turns_at_the_very_moment_and_by_nothing_but_a_deadline() -> None:
    world = World()
    change(world, hours(), queue(hours_id="office"))
    assert opening(world) == Opening("office", open=True, changes_at=START + timedelta(minutes=10))
    world.wait(599.9)
    assert opening(world).open
    world.wait(0.1)
    assert opening(world) == Opening("office", open=False, changes_at=START + timedelta(minutes=20))
    world.wait(600)
    assert opening(world).open
    turned = [one for one in world.out.events if isinstance(one, HoursTurned)]
    assert [one.open for one in turned] == [False, True]


def test_given_hours_changed_while_somebody_waits_then_it_counts_at_once_and_the_caller_stays() -> None:
    world = World()
    change(world, hours(), queue(hours_id="office"))
    waits = world.call("c1")
    change(world, hours(weekly={"tue": ["08:00-12:00"]}))
    assert opening(world) == Opening("office", open=False, changes_at=START + timedelta(hours=23))
    assert world.ix(waits).state is S.queued
    assert world.ix(world.call("c2")).state is S.dismissed
    change(world, hours(weekly={"mon": ["00:00-24:00"]}))
    assert world.ix(world.call("c3")).state is S.queued


def test_given_a_holiday_then_it_is_closed_all_day_and_on_a_half_day_from_noon() -> None:
    world = World()
    days = ({"date": "2020-03-02", "name": "Founders' day", "yearly": True},)
    half = ({"date": "2026-03-02", "name": "Fair", "open": ["09:00-09:05"]},)
    change(world, calendar("spain", *days), hours(calendars=["spain"]), queue(hours_id="office"))
    assert opening(world) == Opening("office", open=False, changes_at=datetime(2026, 3, 9, 9, tzinfo=UTC))
    assert world.ix(world.call("c1")).state is S.dismissed
    change(world, calendar("spain", *half))
    assert opening(world) == Opening("office", open=True, changes_at=START + timedelta(minutes=5))
    assert world.ix(world.call("c2")).state is S.queued


def test_given_the_night_in_which_clocks_go_back_then_the_hour_that_comes_twice_is_open_twice() -> None:
    world = World()
    world.at = datetime(2026, 10, 24, 23, 59, tzinfo=UTC)
    change(world, hours(zone="Europe/Madrid", weekly={"sun": ["02:00-03:00"]}), queue(hours_id="office"))
    assert opening(world).changes_at == datetime(2026, 10, 25, 0, tzinfo=UTC)
    world.wait(90)
    assert opening(world) == Opening("office", open=True, changes_at=datetime(2026, 10, 25, 2, tzinfo=UTC))


def test_given_that_it_was_stopped_over_closing_time_when_it_starts_then_it_is_closed() -> None:
    world = World()
    change(world, hours(), queue(hours_id="office"))
    world.at += timedelta(minutes=15)
    world.say(LinkDown(reason="start"))
    assert opening(world) == Opening("office", open=False, changes_at=START + timedelta(minutes=20))


def test_given_hours_removed_then_nothing_is_left_of_them() -> None:
    world = World()
    change(world, hours())
    change(world, Edit("hours", "office", None))
    assert (list(world.state.openings), list(world.core.deadlines)) == ([], [])


# ── what cannot be ──────────────────────────────────────────────────────────────────────────────────────

WRONG: dict[str, tuple[Callable[[], tuple[Edit, ...]], str, str, dict[str, Any]]] = {
    "overlapping segments": (
        lambda: (hours(weekly={"tue": ["09:00-14:00", "13:30-18:00"]}),),
        "hours_overlap",
        "weekly",
        {"day": "tue", "first": "09:00-14:00", "second": "13:30-18:00"},
    ),
    "a zone that is not": (lambda: (hours(zone="Europe/Nowhere"),), "hours_zone_unknown", "zone", {}),
    "a zone that is a path": (lambda: (hours(zone="../../etc/passwd"),), "hours_zone_unknown", "zone", {}),
    "no time": (lambda: (hours(weekly={"mon": ["9-25"]}),), "hours_segment_bad", "weekly", {"day": "mon"}),
    "backwards": (lambda: (hours(weekly={"mon": ["14:00-09:00"]}),), "hours_segment_bad", "weekly", {}),
    "no such weekday": (lambda: (hours(weekly={"funday": ["09:00-10:00"]}),), "hours_day_bad", "weekly", {}),
    "never open": (lambda: (hours(weekly={}),), "hours_never_open", "weekly", {}),
    "a calendar that is not there": (lambda: (hours(calendars=["gone"]),), "setup_unknown", "calendars", {}),
    "hours that are not there": (lambda: (queue(hours_id="gone"),), "setup_unknown", "hours_id", {}),
    "no date": (lambda: (calendar("c", {"date": "2026-02-30", "name": "x"}),), "setup_value_wrong", "days", {}),
    "another century": (
        lambda: (calendar("c", {"date": "1826-02-03", "name": "x"}),),
        "calendar_day_bad",
        "days",
        {},
    ),
    "a day twice": (
        lambda: (calendar("c", {"date": "2026-02-03", "name": "x"}, {"date": "2026-02-03", "name": "y"}),),
        "calendar_day_twice",
        "days",
        {"day": "2026-02-03"},
    ),
    "a day without a name": (
        lambda: (calendar("c", {"date": "2026-02-03", "name": " "}),),
        "calendar_day_name",
        "days",
        {},
    ),
    "a half day that overlaps": (
        lambda: (calendar("c", {"date": "2026-02-03", "name": "x", "open": ["08:00-10:00", "09:00-11:00"]}),),
        "hours_overlap",
        "days",
        {"day": "2026-02-03"},
    ),
    "circles": (
        lambda: (
            queue("night", name="Night", hours_id="office", closed={"to": {"kind": "queue", "queue_id": "main"}}),
            queue(closed={"to": {"kind": "queue", "queue_id": "night"}}),
        ),
        "overflow_leads_back",
        "closed",
        {"path": "main > night > main"},
    ),
    "a way to a queue that is not there": (
        lambda: (queue(closed={"to": {"kind": "queue", "queue_id": "gone"}}),),
        "setup_unknown",
        "closed",
        {"name": "gone"},
    ),
    "a name twice": (lambda: (hours("one", name="A"), hours("two", name="a")), "setup_name_taken", "name", {}),
}


@pytest.mark.parametrize("what", WRONG)
def test_given_what_cannot_be_then_it_is_refused_with_the_place_and_nothing_is_changed(what: str) -> None:
    world = World()
    change(world, hours(), queue(hours_id="office"))
    before = {shelf.name: list(shelf) for shelf in world.core.shelves.values()}
    make, id, field, details = WRONG[what]
    with pytest.raises(TrunklineError) as refused:
        change(world, *make())
    assert (refused.value.id, refused.value.details["field"]) == (id, field)
    assert str(refused.value.details["place"]).split()[-1] in refused.value.message or id == "setup_name_taken"
    assert refused.value.details | details == refused.value.details
    assert {shelf.name: list(shelf) for shelf in world.core.shelves.values()} == before


def test_given_days_that_close_every_day_of_every_year_then_they_are_never_open() -> None:
    every = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=nth) for nth in range(366)]
    days = [{"date": f"{one:%Y-%m-%d}", "name": "x", "yearly": True} for one in every]
    world = World()
    with pytest.raises(Invalid) as refused:
        change(world, calendar("all", *days), hours(calendars=["all"]))
    assert refused.value.id == "hours_never_open"
    change(world, calendar("all", *days[1:]), hours(calendars=["all"]))


@pytest.mark.parametrize(("kind", "id", "by"), [("hours", "office", "queue main"), ("calendar", "es", "hours office")])
def test_given_hours_or_a_calendar_in_use_when_removed_then_it_is_refused_with_who_uses_it(
    kind: str, id: str, by: str
) -> None:
    world = World()
    change(world, calendar("es"), hours(calendars=["es"]), queue(hours_id="office"))
    with pytest.raises(Refused) as refused:
        change(world, Edit(kind, id, None))
    assert (refused.value.id, refused.value.details["used_by"]) == ("setup_in_use", [by])
    gone = (queue(hours_id=None), Edit("hours", "office", None), Edit("calendar", "es", None))
    change(world, *gone)
    assert (len(world.state.hours), len(world.state.calendars)) == (0, 0)


def test_given_a_queue_of_before_there_were_hours_then_it_reads_as_always_open() -> None:
    world = World()
    main = world.state.queues["main"]
    assert replace(main, hours_id=None).closed.to.announcement_id == "closed"
    assert world.state.is_open(main, world.at)
