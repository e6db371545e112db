"""Frozen dataclasses to JSON and back, by their type hints; personal fields can be sealed on the way."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

from kernel.messages import Message, message_type

T = TypeVar("T")
Sealer = Callable[[str], str]


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}
_PERSONAL: dict[Any, tuple[str, ...]] = {}


def _adapter(cls: Any) -> TypeAdapter[Any]:
    found = _ADAPTERS.get(cls)
    if found is None:
        found = _ADAPTERS[cls] = TypeAdapter(cls)
    return found


def personal_fields(cls: Any) -> tuple[str, ...]:
    """Names of the fields of dataclass `cls` that hold a person's data."""
    found = _PERSONAL.get(cls)
    if found is None:
        found = tuple(f.name for f in dataclasses.fields(cls) if f.metadata.get("personal"))
        _PERSONAL[cls] = found
    return found


def plain(value: object) -> dict[str, Any]:
    """A dataclass as JSON-ready values (datetimes as ISO strings, enums as their values)."""
    return cast(dict[str, Any], _adapter(type(value)).dump_python(value, mode="json"))


def build(cls: type[T], values: object) -> T:
    """A `cls` from JSON-ready values; raises pydantic.ValidationError when they do not fit."""
    return cast(T, _adapter(cls).validate_python(values))


def dump(message: Message, seal: Sealer | None = None) -> dict[str, Any]:
    """A message as JSON-ready values; with `seal`, each personal text is replaced by what it returns."""
    values = plain(message)
    if seal is not None:
        for name in personal_fields(type(message)):
            if values.get(name):
                values[name] = seal(str(values[name]))
    return values


def load(type_name: str, values: dict[str, Any], unseal: Sealer | None = None) -> Message:
    """The message that `dump` made; raises KeyError for an unknown type."""
    cls = message_type(type_name)
    if unseal is not None:
        values = dict(values)
        for name in personal_fields(cls):
            if values.get(name):
                values[name] = unseal(values[name])
    return build(cls, values)
