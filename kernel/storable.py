"""Values as both databases take them: rows of frozen dataclasses, JSON, and times. Pure."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Mapping, Set
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from pydantic_core import to_json

from kernel import codec

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
LONG = 16
_AS_IS = frozenset({type(None), bool, int, float, datetime})
_NAMES: dict[type, tuple[str, ...]] = {}


class Encoded(str):
    """A value for a JSON column that is JSON text already."""

    __slots__ = ()


def encode(value: Any) -> str:
    if type(value) is Encoded:
        return value
    try:
        return to_json(value).decode()
    except ValueError:  # half a surrogate: the database decides
        return json.dumps(value, separators=(",", ":"))


def _long(value: tuple[Any, ...]) -> Encoded:
    """The JSON of a long tuple, by the quick way if it is one of frozen rows."""
    text = codec.row_json(value)
    return Encoded(encode(clean(codec.jsonable(value))) if text is None else text)


def _cell(value: object) -> object:
    if type(value) in _AS_IS:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, tuple) and len(value) >= LONG:
        return _long(value)
    if isinstance(value, tuple | list | Mapping | Set) or (
        dataclasses.is_dataclass(value) and not isinstance(value, type)
    ):
        return clean(codec.jsonable(value))
    return value


def clean(value: Any) -> Any:
    """JSON-ready `value` with what PostgreSQL cannot store replaced, so that no caller's name can make a commit
    fail: NUL and lone surrogates (from broken UTF-8) by U+FFFD, not-a-number and infinity by None."""
    if isinstance(value, str):
        if value.isascii():
            return value.replace("\x00", "\ufffd") if "\x00" in value else value
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {clean(key): clean(one) for key, one in value.items()}
    if isinstance(value, list):
        return [clean(one) for one in value]
    return value


def to_row(value: Any) -> dict[str, Any]:
    """A frozen dataclass as a table row: columns are named like the fields; tuples, sets, mappings and nested
    dataclasses become JSON."""
    names = _NAMES.get(type(value))
    if names is None:
        names = _NAMES[type(value)] = tuple(field.name for field in dataclasses.fields(value))
    return {name: _cell(getattr(value, name)) for name in names}


def sqlite_time(value: datetime | None) -> str | None:
    """As SQLAlchemy writes it, in a fifth of the time."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a naive datetime cannot be stored")
    return value.astimezone(UTC).isoformat(" ", "microseconds")[:26]
