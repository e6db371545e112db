"""What a queue made of its callers, read off the switch's events."""

from __future__ import annotations

import pytest

from bench.queue_watch import overtaken, served, spread

pytestmark = pytest.mark.unit

Event = dict[str, str]


def up(leg: str, at: float) -> Event:
    return {"Event": "Newstate", "ChannelStateDesc": "Up", "Channel": f"PJSIP/trunk-{leg}", "Uniqueid": leg} | when(at)


def when(at: float) -> Event:
    return {"Timestamp": f"{at:.6f}"}


def talk(leg: str, phone: str, begins: float, ends: float) -> list[Event]:
    return [
        {"Event": "BridgeEnter", "Channel": f"PJSIP/trunk-{leg}", "Uniqueid": leg} | when(begins),
        {"Event": "BridgeEnter", "Channel": f"PJSIP/cti-phone-01-{phone}", "Uniqueid": phone} | when(begins),
        {"Event": "Hangup", "Channel": f"PJSIP/cti-phone-01-{phone}", "Uniqueid": phone} | when(ends),
    ]


def test_given_one_agent_then_the_second_is_answerable_when_the_first_talk_ends() -> None:
    events = [up("a", 1.0), up("b", 2.0), *talk("a", "p1", 1.2, 5.0), *talk("b", "p2", 5.1, 9.0)]

    found, lost = served(events, 1)

    assert [(one.came, one.answerable, one.joined) for one in found] == [(1.0, 1.0, 1.2), (2.0, 5.0, 5.1)]
    assert [round(one.late_ms) for one in found] == [200, 100]
    assert lost == 0
    assert overtaken(found) == 0


def test_given_a_leg_that_rang_without_a_talk_then_nobody_became_free_by_its_end() -> None:
    rang = {"Event": "Hangup", "Channel": "PJSIP/cti-phone-01-p0", "Uniqueid": "p0"} | when(1.1)
    events = [up("a", 1.0), rang, up("b", 2.0), *talk("a", "p1", 1.2, 5.0), *talk("b", "p2", 5.1, 9.0)]

    assert [one.answerable for one in served(events, 1)[0]] == [1.0, 5.0]


def test_given_callers_served_out_of_order_then_they_count_as_overtaken() -> None:
    events = [up("a", 1.0), up("b", 2.0), *talk("b", "p1", 2.1, 3.0), *talk("a", "p2", 3.1, 4.0), up("c", 5.0)]

    found, lost = served(events, 1)

    assert (overtaken(found), lost) == (50.0, 1)


def test_given_equals_who_waited_alike_then_the_spread_is_nothing() -> None:
    events = [up(str(n), n) for n in range(10)]
    events += [one for n in range(10) for one in talk(str(n), f"p{n}", n + 3.0, n + 4.0)]
    uneven = [up(str(n), n) for n in range(5)]
    uneven += [one for n in range(5) for one in talk(str(n), f"p{n}", 10.0, 11.0)]

    assert spread(served(events, 10)[0]) == 0
    assert spread(served(uneven, 10)[0]) == pytest.approx(2**0.5)
