"""The opaque cursor of a timeline page: a place between two entries, tied to its customer and filter. Pure.

The check sum finds a damaged or borrowed cursor; it is no secret, since every query is bound to the customer asked for.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import UTC, datetime

from kernel.errors import Invalid

_SUM_BYTES = 8
_LONGEST = 1000
_LETTERS = re.compile(r"[A-Za-z0-9_-]+")


def encode(at: datetime, entry_id: str, scope: str) -> str:
    """A cursor after the entry `entry_id` at `at`; `scope` names the list it belongs to."""
    payload = json.dumps([at.astimezone(UTC).isoformat(), entry_id], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_sum(payload, scope) + payload).decode().rstrip("=")


def decode(cursor: str, scope: str) -> tuple[datetime, str]:
    """Place of a cursor made by `encode` for the same scope; Invalid bad_cursor for any other text."""
    place = _place(cursor, scope) if len(cursor) <= _LONGEST and _LETTERS.fullmatch(cursor) else None
    if place is None:
        raise Invalid(
            "bad_cursor",
            "This page marker is not one of ours for this list; start again from the first page.",
            fields={"cursor": "Not a valid page marker."},
        )
    return place


def _place(cursor: str, scope: str) -> tuple[datetime, str] | None:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    checksum, payload = raw[:_SUM_BYTES], raw[_SUM_BYTES:]
    if checksum != _sum(payload, scope):
        return None
    at, entry_id = json.loads(payload)
    return datetime.fromisoformat(at), str(entry_id)


def _sum(payload: bytes, scope: str) -> bytes:
    key = hashlib.blake2s(b"timeline:" + scope.encode("utf-8", "surrogatepass")).digest()
    return hashlib.blake2s(payload, key=key, digest_size=_SUM_BYTES).digest()
