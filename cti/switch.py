"""The switch port: what the platform needs of a telephone switch, whichever speaks to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cti.orders import SwitchOrder
from kernel.messages import Fact


class LinkState(StrEnum):
    connecting = "connecting"
    up = "up"
    refused = "refused"
    down = "down"
    closed = "closed"


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """What an operator sees of the link: `detail` says cause and cure in words, and so does each of `problems`, which
    keep calls from working although the link is up; `warnings` do not."""

    state: LinkState
    detail: str
    attempts: int
    switch_version: str | None = None
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Switch(Protocol):
    """One switch. Facts go to the callback given at construction, in the order the switch said them:
    `Callable[[Fact], bool]`, which never blocks; False means the inbox is full and the link must close."""

    async def start(self) -> None:
        """Connect and keep connected until `stop`; returns at once."""
        ...

    async def stop(self) -> None: ...

    def send(self, order: SwitchOrder) -> None:
        """Carry out an order once. Never raises: its end comes back as an OrderDone fact."""
        ...

    def beat(self, count: int) -> None:
        """Set the heartbeat counter that the dialplan watches; silently nothing while the link is down."""
        ...

    @property
    def status(self) -> LinkStatus: ...

    @property
    def counts(self) -> Mapping[str, int]:
        """Counters for an operator, by name."""
        ...


FactSink = Callable[[Fact], bool]
