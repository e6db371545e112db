"""Checks of what people type, gathered so that one answer names every wrong field. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

from kernel.errors import Invalid

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_EMAIL = re.compile(r"[^@\s<>\"(),:;\\]{1,64}@[^@\s<>\"(),:;\\]+\.[^@\s<>\"(),:;\\]{2,}")


class Checks:
    """Each method returns the accepted value and remembers what was wrong; `done` raises when anything was."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}

    def text(self, field: str, value: str | None, limit: int) -> str:
        """A text that must not be empty, of at most `limit` characters, without control characters."""
        found = self.maybe(field, value, limit)
        if found is None and field not in self.fields:
            self.fields[field] = "Please fill this in."
        return found or ""

    def maybe(self, field: str, value: str | None, limit: int) -> str | None:
        """The same, where nothing (or only blanks) may stand."""
        found = (value or "").strip()
        if _SURROGATE.search(found):
            self.fields[field] = "This is not valid text (a lone surrogate)."
        elif _CONTROL.search(found):
            self.fields[field] = "This contains a control character, which is not allowed."
        elif len(found) > limit:
            self.fields[field] = f"This is too long: {len(found)} characters, at most {limit} are allowed."
        else:
            return found or None
        return None

    def choice(self, field: str, value: str, allowed: Collection[str]) -> str:
        if value not in allowed:
            self.fields[field] = f"Please choose one of: {', '.join(allowed)}."
        return value

    def email(self, field: str, value: str | None) -> str | None:
        found = self.maybe(field, value, 254)
        if found is not None and not _EMAIL.fullmatch(found):
            self.fields[field] = "This is not an e-mail address (like name@example.org)."
        return found

    def wrong(self, field: str, why: str) -> None:
        self.fields[field] = why

    def done(self) -> None:
        if self.fields:
            raise Invalid("invalid_fields", "Please correct the marked fields.", fields=dict(self.fields))
