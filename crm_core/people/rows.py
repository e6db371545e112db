"""What people's tables hold, as frozen rows. Times are aware UTC datetimes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from kernel.access import Actor, Role


@dataclass(frozen=True, slots=True)
class Team:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Staff:
    """A person who works here. `login` is as typed when it was made; it is unique without regard to case."""

    id: str
    login: str
    name: str
    roles: tuple[Role, ...]
    language: str
    team_id: str | None
    active: bool
    created_at: datetime

    @property
    def actor(self) -> Actor:
        """This person as access decisions see them."""
        return Actor(self.id, frozenset(self.roles), frozenset((self.team_id,) if self.team_id else ()))

    @property
    def owner_id(self) -> str:
        """A person's row is their own."""
        return self.id


@dataclass(frozen=True, slots=True)
class StaffWithSecret:
    """A person with the hash of their password: never leaves this package."""

    staff: Staff
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. `id` is the hash of its token: showing it gives nothing away."""

    id: str
    staff_id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    ip: str
    user_agent: str
    csrf_token: str = field(repr=False)
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)
    revoked_at: datetime | None = None

    def live(self, now: datetime, idle: timedelta) -> bool:
        """Neither revoked, nor too old, nor unused for longer than `idle`."""
        return self.revoked_at is None and now < self.expires_at and now < self.seen_at + idle


@dataclass(frozen=True, slots=True)
class NewStaff:
    """What is needed to make a person."""

    login: str
    name: str
    password: str = field(repr=False)
    roles: tuple[Role, ...]
    language: str = "en"
    team_id: str | None = None


@dataclass(frozen=True, slots=True)
class StaffChange:
    """New values for a person; None leaves one as it is. An empty `team_id` takes the person out of the team."""

    name: str | None = None
    roles: tuple[Role, ...] | None = None
    language: str | None = None
    team_id: str | None = None


@dataclass(frozen=True, slots=True)
class By:
    """Who does something, from where; `staff_id` is `system` for the command line."""

    staff_id: str
    ip: str = ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What came with a sign-in."""

    login: str
    password: str = field(repr=False)
    ip: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose live session it is."""

    session: Session
    staff: Staff


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The outcome of a sign-in. `token` goes into the cookie and is kept nowhere else."""

    token: str = field(repr=False)
    session: Session
    staff: Staff


@dataclass(frozen=True, slots=True)
class SignInLimits:
    """Failed sign-ins allowed within `window`, by login and by address."""

    per_login: int = 10
    per_ip: int = 60
    window: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """A session ends at `longest` after sign-in, or `idle` after it was last used."""

    longest: timedelta = timedelta(hours=14)
    idle: timedelta = timedelta(hours=2)
    touch_every: timedelta = timedelta(minutes=1)
