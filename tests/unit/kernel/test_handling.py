"""A handler is one small method per message type."""

from __future__ import annotations

import pytest

from kernel.core import Core, Outcome
from kernel.handling import Handles, on
from kernel.turn import Turn
from tests.unit.kernel.words import START, Count, Counted, Poison, SetAlarm

pytestmark = pytest.mark.unit


class Base(Handles):
    def __init__(self) -> None:
        self.heard: list[str] = []

    @on(Count, Poison)
    def _count(self, message: Count | Poison, turn: Turn) -> None:
        self.heard.append(f"base {message.key}")


class Derived(Base):
    @on(Counted)
    def _counted(self, message: Counted, turn: Turn) -> None:
        self.heard.append(f"derived {message.value}")


def test_each_message_goes_to_its_method_and_others_nowhere() -> None:
    handler = Derived()
    core = Core([], [handler])
    for message in (Count(key="a"), Poison(key="b"), SetAlarm(actor="u1", key="x", seconds=1)):
        core.take(message, START, Outcome())

    assert handler.heard == ["base a", "base b"]
    core.take(Counted(counter="a", value=3), START, Outcome())
    assert handler.heard[-1] == "derived 3"


def test_two_methods_for_one_type_are_an_error() -> None:
    with pytest.raises(TypeError, match="handles Count twice"):

        class Twice(Base):
            @on(Count)
            def _again(self, message: Count, turn: Turn) -> None: ...
