"""Frozen dataclasses to JSON and back, by their type hints; personal fields can be sealed on the way."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

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
        subject = (value.subject if isinstance(value, Message) else subject_of(value)) or subject
        personal = personal_fields(type(value))
        for field in dataclasses.fields(value):
            inner = getattr(value, field.name)
            if field.name not in personal:
                _seal(inner, out[field.name], subject, seal)
            elif inner is not None and inner != "":
                out[field.name] = seal(subject, json.dumps(out[field.name]))
    elif isinstance(value, tuple | list):
        for one, made in zip(value, out, strict=True):
            _seal(one, made, subject, seal)
    elif isinstance(value, Mapping):
        for one, made in zip(value.values(), out.values(), strict=True):
            _seal(one, made, subject, seal)


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
