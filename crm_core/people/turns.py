"""The part of a session's cookie that changes every few minutes: of two who hold copies of one cookie, the second to
come after it has changed is found out, whatever browser and address they come from. Pure."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime, timedelta
from enum import StrEnum

from crm_core.people.rows import Session

EVERY = timedelta(minutes=5)
GRACE = timedelta(seconds=60)
"""How long the cookie before is still good: requests that were under way when it changed."""


class Held(StrEnum):
    """What a browser holds: the cookie as it is; the one it was offered, which is now the one; the one before, for a
    moment; or an old copy."""

    now = "now"
    next = "next"
    before = "before"
    old = "old"


def cookie_of(token: str, seed: str, turn: int) -> str:
    """The cookie's value: the token, and what changes with `turn`."""
    digest = hmac.new(seed.encode(), f"turn:{turn}".encode(), "sha256").digest()
    return f"{token}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def token_of(cookie: str) -> str:
    """The part that stays."""
    return cookie.partition(".")[0]


def held(session: Session, cookie: str, now: datetime) -> Held:
    """Which cookie of a session this is. A session that began before cookies turned has none to compare."""
    if not session.seed:
        return Held.now
    token, turn = token_of(cookie), session.turn

    def same(other: int) -> bool:
        return hmac.compare_digest(cookie_of(token, session.seed, other).encode(), cookie.encode())

    if same(turn):
        return Held.now
    if same(turn + 1):
        return Held.next
    fresh = session.turned_at is not None and now < session.turned_at + GRACE
    return Held.before if turn > 0 and fresh and same(turn - 1) else Held.old


def offered(session: Session, cookie: str, now: datetime, moved: bool) -> str | None:
    """The cookie to give to a browser that holds the present one, when that has been in use for long enough or comes
    from an address where it never was. It counts from its first use on: a lost answer ends nobody's session."""
    since = session.turned_at or session.created_at
    if not session.seed or not (moved or now >= since + EVERY):
        return None
    return cookie_of(token_of(cookie), session.seed, session.turn + 1)
