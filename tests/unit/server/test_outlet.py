"""Committed results reach whoever carries them out or shows them; one that fails keeps nothing from the others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

import pytest

from cti.orders import HangUp, SwitchOrder
from cti.switch import Switch
from kernel.engine import Published
from kernel.messages import Order
from recordings.messages import FindRecording
from server.outlet import PlatformOutlet

pytestmark = pytest.mark.unit

HANG_UP = HangUp(order_id="hup-1", leg="l1", interaction_id="ix-1")
FIND = FindRecording(order_id="find-1", recording_id="rec-1", interaction_id="ix-1", file="ix-1.wav")
NOTHING = Published(1, datetime(2026, 3, 2, tzinfo=UTC), (), ())


class Line:
    """A switch that keeps its orders, or fails."""

    def __init__(self, fails: bool = False) -> None:
        self.sent: list[SwitchOrder] = []
        self._fails = fails

    def send(self, order: SwitchOrder) -> None:
        if self._fails:
            raise RuntimeError("a fault of ours")
        self.sent.append(order)


def outlet(line: Line) -> PlatformOutlet:
    made = PlatformOutlet()
    made.switch = cast(Switch, line)
    return made


def test_orders_go_to_the_switch_and_look_ups_to_the_librarian() -> None:
    line, looked_up = Line(), list[Order]()
    made = outlet(line)
    made.carriers = [lambda order: looked_up.append(order) is None]
    made.send(HANG_UP)
    made.send(FIND)
    assert line.sent == [HANG_UP]
    assert looked_up == [FIND]


def test_an_order_that_fails_or_that_nobody_knows_stops_nothing() -> None:
    made = outlet(Line(fails=True))
    made.carriers = [lambda order: False]
    made.send(HANG_UP)
    made.send(FIND)
    made.carriers = []
    made.send(FIND)


def test_a_listener_that_fails_keeps_nothing_from_the_others() -> None:
    made, heard = PlatformOutlet(), list[Published]()

    def fails(published: Published) -> None:
        raise RuntimeError("a fault of ours")

    made.listeners += [fails, heard.append]
    made.publish(NOTHING)
    assert heard == [NOTHING]
