"""Where committed results go: orders to whoever carries them out, changes to whoever shows them."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from cti.orders import SwitchOrder
from cti.switch import Switch
from kernel.engine import Published
from kernel.messages import Order

log = structlog.get_logger(__name__)


class PlatformOutlet:
    """Implements kernel.engine.Outlet. The parts are hung in after the engine exists (`switch`, `carriers`,
    `listeners`), since they post to it."""

    def __init__(self) -> None:
        self.switch: Switch | None = None
        self.carriers: list[Callable[[Order], bool]] = []
        self.listeners: list[Callable[[Published], None]] = []

    def publish(self, published: Published) -> None:
        for listener in self.listeners:
            try:
                listener(published)
            except Exception:
                log.exception("a listener failed", listener=repr(listener))

    def send(self, order: Order) -> None:
        try:
            if isinstance(order, SwitchOrder):
                if self.switch is not None:
                    self.switch.send(order)
            elif not any(carry(order) for carry in self.carriers):
                log.error("nobody carries out this order", type=type(order).__name__)
        except Exception:
            log.exception("an order could not be sent", type=type(order).__name__)
