"""Frozen dataclasses to JSON and back, by their type hints; personal fields can be sealed on the way."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from enum import Enum
from types import NoneType
from typing import Any, TypeVar, cast, get_args, get_type_hints

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from kernel.messages import Message, message_type, subject_of

T = TypeVar("T")

SEALED = "~sealed"
Sealed = dict[str, str]
"""What stands in the journal for a personal value: `SEALED` holds the cipher text, the rest is the sealer's own."""
Sealer = Callable[[str | None, str], Sealed]
"""(subject of the nearest dataclass, the value as JSON text) -> what is stored instead."""
Unsealer = Callable[[Sealed], str | None]
"""The JSON text again; None when its key was destroyed, the field then takes its default."""

_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}
_PERSONAL: dict[Any, tuple[str, ...]] = {}
_PLANS: dict[Any, tuple[tuple[str, bool], ...]] = {}
_FLAT = (str, int, float, bool, Enum, date, time, timedelta, NoneType)


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


def jsonable(value: object) -> Any:
    """Any nest of dataclasses, enums, datetimes, tuples, sets and mappings as JSON-ready values."""
    return to_jsonable_python(value)


def as_text(message: Message) -> str | None:
    """What `dump` makes of a message without personal values, as JSON text and in one pass; None for another, or one
    with a letter that no database stores."""
    return None if _plan(type(message)) else _storable_json(_adapter(type(message)), message)


def row_json(values: tuple[Any, ...]) -> str | None:
    """A tuple of frozen rows of one class as JSON text, much faster than by way of plain values; None when it is no
    such tuple, or holds a letter that no database stores."""
    if len({type(value) for value in values}) != 1 or not dataclasses.is_dataclass(values[0]):
        return None
    return _storable_json(_adapter(tuple[type(values[0]), ...]), values)  # type: ignore[misc]


def _storable_json(adapter: TypeAdapter[Any], value: object) -> str | None:
    try:
        found = adapter.dump_json(value).decode()
    except ValueError:
        return None
    return None if "\\u0000" in found else found


def build(cls: type[T], values: object) -> T:
    """A `cls` from JSON-ready values; raises pydantic.ValidationError when they do not fit."""
    return cast(T, _adapter(cls).validate_python(values))


def dump(message: Message, seal: Sealer | None = None) -> dict[str, Any]:
    """A message as JSON-ready values; with `seal`, each personal value, nested ones too, is replaced by what it
    returns. None and empty texts stay as they are."""
    values = plain(message)
    if seal is not None:
        _seal(message, values, None, seal)
    return values


def load(type_name: str, values: dict[str, Any], unseal: Unsealer | None = None) -> Message:
    """The message that `dump` made; raises KeyError for an unknown type."""
    cls = message_type(type_name)
    return build(cls, values if unseal is None else _unseal(values, unseal))


def _seal(value: object, out: Any, subject: str | None, seal: Sealer) -> None:
    """Replace the personal fields in `out`, the JSON-ready form of `value`."""
    if dataclasses.is_dataclass(value):
        plan = _plan(type(value))
        if plan:
            subject = (value.subject if isinstance(value, Message) else subject_of(value)) or subject
        for name, personal in plan:
            inner = getattr(value, name)
            if not personal:
                _seal(inner, out[name], subject, seal)
            elif inner is not None and inner != "":
                out[name] = seal(subject, json.dumps(out[name]))
    elif isinstance(value, tuple | list):
        for one, made in zip(value, out, strict=True):
            _seal(one, made, subject, seal)
    elif isinstance(value, Mapping):
        for one, made in zip(value.values(), out.values(), strict=True):
            _seal(one, made, subject, seal)


def _plan(cls: Any) -> tuple[tuple[str, bool], ...]:
    """The fields of dataclass `cls` that are personal (True) or may hold something personal inside (False)."""
    found = _PLANS.get(cls)
    if found is None:
        hints = get_type_hints(cls)
        personal = personal_fields(cls)
        named = [(field.name, field.name in personal) for field in dataclasses.fields(cls)]
        found = tuple((name, own) for name, own in named if own or not _flat(hints[name]))
        _PLANS[cls] = found
    return found


def _flat(hint: Any) -> bool:
    """Whether values of this type hold no dataclass."""
    if arguments := get_args(hint):
        return all(_flat(one) for one in arguments)
    return hint in (Ellipsis, None) or (isinstance(hint, type) and issubclass(hint, _FLAT))


_ERASED = object()


def _unseal(values: Any, unseal: Unsealer) -> Any:
    if isinstance(values, dict):
        if SEALED in values:
            text = unseal(values)
            return _ERASED if text is None else json.loads(text)
        opened = {name: _unseal(one, unseal) for name, one in values.items()}
        return {name: one for name, one in opened.items() if one is not _ERASED}
    if isinstance(values, list):
        return [_unseal(one, unseal) for one in values]
    return values
