"""The clocks of the platform's machine, for model tests: one that anybody may set, and one since boot."""

from __future__ import annotations

from kernel.clock import MachineTime
from tests.unit.routing.little_switch import LittleSwitch
from tests.unit.routing.world import START


class LittleMachine(MachineTime):
    """`ahead` is how far its wall clock was set from the right time."""

    def __init__(self, switch: LittleSwitch) -> None:
        self._switch = switch
        self.ahead = 0.0

    def wall(self) -> float:
        return START.timestamp() + self._switch.now + self.ahead

    def steady(self) -> float:
        return self._switch.now
