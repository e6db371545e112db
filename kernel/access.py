"""Who may do what to which row: one table of rights by role, and a pure decision with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Protocol


class Role(StrEnum):
    agent = "agent"
    telemarketer = "telemarketer"
    engineer = "engineer"
    supervisor = "supervisor"
    sales = "sales"
    admin = "admin"


class Right(StrEnum):
    """What somebody may do. Reading and writing are apart; neither implies the other."""

    desk_use = "desk_use"
    call_own = "call_own"
    call_watch = "call_watch"
    call_pick = "call_pick"
    call_dial = "call_dial"
    call_costly = "call_costly"
    do_not_call_add = "do_not_call_add"
    do_not_call_manage = "do_not_call_manage"
    customer_read = "customer_read"
    customer_write = "customer_write"
    ticket_read = "ticket_read"
    ticket_write = "ticket_write"
    note_write = "note_write"
    recording_list = "recording_list"
    recording_play = "recording_play"
    session_own = "session_own"
    session_manage = "session_manage"
    user_read = "user_read"
    user_manage = "user_manage"
    setup_read = "setup_read"
    setup_write = "setup_write"
    audit_read = "audit_read"
    ops_read = "ops_read"


class Scope(IntEnum):
    """How far a right reaches: one's own rows, those of one's teams, or all."""

    own = 1
    team = 2
    all = 3


class Owned(Protocol):
    """A row as access sees it. Nobody's row (`owner_id` None) is reached like a row of its team."""

    @property
    def owner_id(self) -> str | None: ...

    @property
    def team_id(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Ownership:
    """Whose a row is, for rows that do not carry it themselves."""

    owner_id: str | None = None
    team_id: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who asks. `team_ids` are the teams they belong to or lead."""

    id: str
    roles: frozenset[Role]
    team_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """`reason` is a stable id: granted, no_right, not_own, not_in_team. `scope` lets a list be narrowed."""

    ok: bool
    reason: str
    scope: Scope | None = None


_EVERYBODY: Mapping[Right, Scope] = {Right.session_own: Scope.own}
_SERVES: Mapping[Right, Scope] = {
    **_EVERYBODY,
    Right.desk_use: Scope.own,
    Right.call_own: Scope.own,
    Right.call_dial: Scope.own,
    Right.call_pick: Scope.own,
    Right.do_not_call_add: Scope.all,
    Right.customer_read: Scope.all,
    Right.customer_write: Scope.all,
    Right.ticket_read: Scope.all,
    Right.ticket_write: Scope.all,
    Right.note_write: Scope.all,
    Right.recording_list: Scope.own,
}
GRANTS: Mapping[Role, Mapping[Right, Scope]] = {
    Role.agent: _SERVES,
    Role.telemarketer: {right: scope for right, scope in _SERVES.items() if right is not Right.call_pick},
    Role.engineer: _SERVES,
    Role.sales: {**_SERVES, Right.ticket_write: Scope.own},
    Role.supervisor: {
        **_SERVES,
        Right.call_watch: Scope.team,
        Right.call_pick: Scope.all,
        Right.call_costly: Scope.own,
        Right.do_not_call_manage: Scope.all,
        Right.recording_list: Scope.team,
        Right.recording_play: Scope.team,
        Right.user_read: Scope.team,
        Right.setup_read: Scope.all,
        Right.ops_read: Scope.all,
    },
    Role.admin: {
        **_EVERYBODY,
        Right.session_manage: Scope.all,
        Right.do_not_call_add: Scope.all,
        Right.do_not_call_manage: Scope.all,
        Right.customer_read: Scope.all,
        Right.recording_list: Scope.all,
        Right.user_read: Scope.all,
        Right.user_manage: Scope.all,
        Right.setup_read: Scope.all,
        Right.setup_write: Scope.all,
        Right.audit_read: Scope.all,
        Right.ops_read: Scope.all,
    },
}
"""An administrator sets the platform up and serves no calls; whoever does both has both roles. Of callers who wait,
`call_pick` shows and lets one pick those whom one serves (own) or anybody (all); telemarketers work through lists."""


def scope_of(actor: Actor, right: Right) -> Scope | None:
    """The widest reach of `right` that any role of the actor gives; None without the right."""
    scopes = [GRANTS[role][right] for role in actor.roles if right in GRANTS[role]]
    return max(scopes, default=None)


def may(actor: Actor, right: Right, row: Owned | None = None) -> Decision:
    """Whether the actor may use `right` on `row`; without a row, whether they have the right at all."""
    scope = scope_of(actor, right)
    if scope is None:
        return Decision(False, "no_right")
    if row is None or scope is Scope.all or (row.owner_id is not None and row.owner_id == actor.id):
        return Decision(True, "granted", scope)
    if scope is Scope.own:
        return Decision(False, "not_own", scope)
    if row.team_id is not None and row.team_id in actor.team_ids:
        return Decision(True, "granted", scope)
    return Decision(False, "not_in_team", scope)
