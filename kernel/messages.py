"""What travels through the engine: facts, commands, deadlines, events and orders, all frozen dataclasses.

Fact     something happened outside (the switch said, a look-up came back, set-up changed); never refused
Command  somebody asks; may be refused with a TrunklineError, which changes nothing
Due      a deadline set earlier has come
Event    a handler's decision; handled by every room in the same turn, then published
Order    something to be done outside after the commit (for the switch, a look-up); never sent twice
Question an order that changes nothing outside (a look-up): it goes out while its turn is being committed
Write    a row for a table that the engine does not keep in memory, saved in the same transaction
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

M = TypeVar("M", bound=type)
_REGISTRY: dict[str, type[Message]] = {}


def personal(default: Any = None) -> Any:
    """A dataclass field that holds a person's data: sealed in the journal, masked in logs."""
    return field(default=default, metadata={"personal": True})


def subject_of(value: object) -> str | None:
    """The interaction, or else the leg or agent, that a message or a part of one is about."""
    for name in ("interaction_id", "leg", "agent_id"):
        found = getattr(value, name, None)
        if found:
            return str(found)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Base of everything the engine handles or makes; subclasses register by class name for the codec."""

    kind: ClassVar[str] = "message"
    journalled: ClassVar[bool] = True
    """False for a message that decides nothing (the pulse): it leaves no line in the journal."""

    def __init_subclass__(cls) -> None:
        _REGISTRY[cls.__name__] = cls

    @property
    def subject(self) -> str | None:
        """The interaction (or else the leg or agent) this is about; the journal is searched by it."""
        return subject_of(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Message):
    kind: ClassVar[str] = "fact"


@dataclass(frozen=True, slots=True)
class Once:
    """A request that may come again: `id` is the same each time, `digest` stands for what it asks."""

    id: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Message):
    """`actor` is the staff id of the one who asks, `ip` where they are. With `once` it is carried out once, however
    often it comes."""

    kind: ClassVar[str] = "command"
    actor: str
    ip: str = personal("")
    once: Once | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due(Message):
    """`key` names the deadline; setting the same key again moves it."""

    kind: ClassVar[str] = "due"
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Message):
    kind: ClassVar[str] = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Message):
    """`order_id` is unique for ever; the outside answers with facts that name it."""

    kind: ClassVar[str] = "order"
    order_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Order):
    """Whether its turn is kept or lost, nothing comes of having asked; the answer waits in the inbox for the commit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write(Message):
    kind: ClassVar[str] = "write"


def message_type(name: str) -> type[Message]:
    """The message class of that name; raises KeyError when no room defines it."""
    return _REGISTRY[name]
