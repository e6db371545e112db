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
    """Implements kernel.engine.Outlet. The parts are hung in after the engine exists (`switch`, `look_up`,
    `listeners`), since they post to it."""

    def __init__(self) -> None:
        self.switch: Switch | None = None
        self.look_up: Callable[[Order], bool] | None = None
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
            elif self.look_up is None or not self.look_up(order):
                log.error("nobody carries out this order", type=type(order).__name__)
        except Exception:
            log.exception("an order could not be sent", type=type(order).__name__)
