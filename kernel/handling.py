"""A handler written as one small method per message type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from kernel.messages import Message
from kernel.turn import Turn

F = TypeVar("F", bound=Callable[..., Any])


def on(*types: type[Message]) -> Callable[[F], F]:
    """Mark a method `(self, message, turn)` as the one that handles messages of these types."""

    def mark(method: F) -> F:
        method.__dict__["handles"] = types
        return method

    return mark


class Handles:
    """Base of handlers: collects the methods marked with `on` and calls the one for a message's type."""

    _methods: dict[type[Message], str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._methods = {}
        for name in dir(cls):
            for one in getattr(getattr(cls, name, None), "handles", ()):
                if one in cls._methods:
                    raise TypeError(f"{cls.__name__} handles {one.__name__} twice")
                cls._methods[one] = name

    def handle(self, message: Message, turn: Turn) -> None:
        name = self._methods.get(type(message))
        if name is not None:
            getattr(self, name)(message, turn)
