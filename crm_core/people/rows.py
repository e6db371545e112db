"""What people's tables hold, as frozen rows. Times are aware UTC datetimes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from kernel.access import Actor, Role


@dataclass(frozen=True, slots=True)
class Team:
    id: str
    name: str
    version: int = 1


class Stage(StrEnum):
    """How far a sign-in has come. Only an open session may do anything but finish it."""

    code = "code"
    password = "password"  # noqa: S105
    enrol = "enrol"
    open = "open"


@dataclass(frozen=True, slots=True)
class Staff:
    """A person who works here. `login` is as typed when it was made; it is unique without regard to case. `team_id` is
    their team, whose rows theirs are; `leads` are teams that they lead. `must_change`: the password is one that
    somebody else knows. `totp_at` is since when a second step is asked. `version` counts changes by administrators."""

    id: str
    login: str
    name: str
    roles: tuple[Role, ...]
    language: str
    team_id: str | None
    active: bool
    created_at: datetime
    leads: tuple[str, ...] = ()
    version: int = 1
    email: str | None = None
    must_change: bool = False
    signed_in_at: datetime | None = None
    totp_at: datetime | None = None

    @property
    def actor(self) -> Actor:
        """This person as access decisions see them."""
        return Actor(
            self.id, frozenset(self.roles), frozenset((*self.leads, *([self.team_id] if self.team_id else ())))
        )

    @property
    def owner_id(self) -> str:
        """A person's row is their own."""
        return self.id


@dataclass(frozen=True, slots=True)
class StaffWithSecret:
    """A person with the hash of their password and the sealed secret of their second step: never leaves this
    package. Without a password the hash is empty. `totp_step` is the last time step whose code was taken."""

    staff: Staff
    password_hash: str = field(repr=False)
    totp_secret: str | None = field(default=None, repr=False)
    totp_step: int | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that signs in or has. `id` is the hash of its token: showing it gives nothing away. `ip` is where it
    was used last, `places` where it was used at all; `method` how its person proved who they are. `seed` is what the
    part of the cookie that changes is made of, `turn` how often it has, `turned_at` when it did last."""

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
    stage: Stage = Stage.open
    method: str = "password"
    places: tuple[str, ...] = ()
    seed: str = field(default="", repr=False)
    turn: int = 0
    turned_at: datetime | None = None

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
    email: str | None = None
    must_change: bool = False


@dataclass(frozen=True, slots=True)
class StaffChange:
    """New values for a person; None leaves one as it is. An empty `team_id` takes the person out of the team, an empty
    `email` takes the address away. `version` is the one that was looked at, None for whichever it is."""

    name: str | None = None
    roles: tuple[Role, ...] | None = None
    language: str | None = None
    team_id: str | None = None
    email: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class StaffFilter:
    """Which people a list shows. `team_ids` narrows it to those teams, and to `staff_id` itself; None shows all."""

    words: str = ""
    role: Role | None = None
    team_id: str | None = None
    active: bool | None = None
    team_ids: frozenset[str] | None = None
    staff_id: str = ""


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
class Place:
    """Where a request comes from."""

    ip: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is by the word of an identity provider. `subject` is unique with the provider; `email` is there
    only when the provider vouches for it."""

    subject: str
    email: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose live session it is. `turned`: the browser holds the cookie that it was offered, which is now the one;
    `cookie` is another to offer it."""

    session: Session
    staff: Staff
    turned: bool = False
    cookie: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The outcome of a sign-in. `token` goes into the cookie and is kept nowhere else."""

    token: str = field(repr=False)
    session: Session
    staff: Staff


@dataclass(frozen=True, slots=True)
class SignInLimits:
    """Failed sign-ins allowed within `window`: of one login at one address, and at one address in all. For every
    `elsewhere` failures of a login from addresses that its person never signed in from, each of these has to wait
    `delay` longer between two tries."""

    per_place: int = 10
    per_ip: int = 60
    window: timedelta = timedelta(minutes=15)
    elsewhere: int = 20
    delay: timedelta = timedelta(seconds=30)
    longest_delay: timedelta = timedelta(minutes=10)
    code_window: timedelta = timedelta(hours=1)
    """Codes have six digits: their failures count for longer."""
    known_for: timedelta = timedelta(days=60)
    """How long an address stays known after a sign-in from it."""


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """A session ends at `longest` after sign-in, or `idle` after it was last used."""

    longest: timedelta = timedelta(hours=14)
    idle: timedelta = timedelta(hours=2)
    touch_every: timedelta = timedelta(minutes=1)
    unfinished: timedelta = timedelta(minutes=10)
    """For the steps after the password."""


@dataclass(frozen=True, slots=True)
class SignInPolicy:
    """`totp_roles` must have a second step. With `passwords` False only the logins of `break_glass` sign in by
    password. `new_by_provider` is the role of people whom the identity provider knows and we do not; None refuses
    them."""

    totp_roles: frozenset[Role] = frozenset()
    passwords: bool = True
    break_glass: frozenset[str] = frozenset()
    new_by_provider: Role | None = None
    issuer: str = "Trunkline"
