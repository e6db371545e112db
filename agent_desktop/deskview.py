"""One row of the engine as the browser gets it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from agent_desktop.ports import Row
from crm_core.customers.numbers import parse, zones_shown

DIAL_WHY = frozenset(
    {"restarted", "no_permit_in_time", "agent_gone", "agent_phone", "leg_unknown", "switch_refused"}
    | {"leg_gone", "never_came", "phone_lost", "timed_out"}
)
"""Reasons of a dial's end that say more than its outcome; each has its words at the desk."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who looks at a desk; the part of `me` that does not come from routing."""

    id: str
    name: str
    login: str
    roles: tuple[str, ...]
    language: str


def moment(value: datetime | str | None) -> str | None:
    """A time as the browser gets it: ISO 8601 in UTC with milliseconds."""
    if value is None:
        return None
    return _moment_of(value) if isinstance(value, str) else _moment(value)


@lru_cache(1024)
def _moment_of(text: str) -> str:
    return _moment(datetime.fromisoformat(text))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@lru_cache(1024)
def display_number(number: str | None, region: str) -> str:
    """A number as people in `region` write it; what is no number stays as it came."""
    return parse(number, region).national or number or ""


def me_view(person: Person, agent: Row | None, by: str | None = None) -> Row:
    """`by` is the name of the colleague whom the state's reason names, if it names one."""
    found: dict[str, Any] = agent or {"presence": "out", "duty": "idle", "device": "lost"}
    chosen = found.get("next_presence")
    return {
        "id": person.id,
        "name": person.name,
        "login": person.login,
        "roles": list(person.roles),
        "language": person.language,
        "presence": found["presence"],
        "pause_reason": found.get("pause_reason"),
        "duty": found["duty"],
        "device": found["device"],
        "state": {
            "kind": found.get("standing", "out"),
            "since": moment(found.get("since")),
            "why": found.get("why", ""),
            "by": by,
        },
        "endpoint": found.get("endpoint"),
        "since": moment(found.get("since")),
        "idle_since": moment(found.get("idle_since")),
        "next": {"presence": chosen, "reason": found.get("next_reason")} if chosen else None,
        "missed": found.get("missed", 0),
        "routable": (found["presence"], found["duty"], found["device"]) == ("ready", "idle", "reachable"),
    }


def offer_view(row: Row) -> Row:
    return {
        "id": row["id"],
        "interaction_id": row["interaction_id"],
        "state": row["state"],
        "leg": row["leg"],
        "made_at": moment(row["made_at"]),
        "deadline": moment(row["deadline"]),
        "ringing_at": moment(row.get("ringing_at")),
    }


def stint_view(row: Row) -> Row:
    return {
        "id": row["id"],
        "state": row["state"],
        "leg": row["leg"],
        "offered_at": moment(row["offered_at"]),
        "joined_at": moment(row.get("joined_at")),
        "held_since": moment(row.get("held_since")),
        "held_seconds": row.get("held_seconds", 0),
        "wrapping_since": moment(row.get("wrapping_since")),
        "wrap_deadline": moment(row.get("wrap_deadline")),
        "extended": row.get("extended", 0),
        "problem": row.get("problem"),
    }


def offered_stint_view(offer: Row) -> Row:
    """The agent's part while it is no more than an offer."""
    shown = {"id": offer["id"], "state": "offered", "leg": offer["leg"], "offered_at": offer["made_at"]}
    return stint_view(shown)


def dial_view(row: Row, region: str) -> Row:
    return {
        "id": row["id"],
        "interaction_id": row["interaction_id"],
        "state": row["state"],
        "number": row["number"],
        "display": display_number(row["number"], region),
        "customer_id": row.get("customer_id"),
        "asked_at": moment(row["asked_at"]),
        "dialed_at": moment(row.get("dialed_at")),
        "ringing_at": moment(row.get("ringing_at")),
        "ended_at": moment(row.get("ended_at") or row.get("let_go_at")),
        "outcome": row.get("outcome"),
        "why": row.get("reason") if row.get("reason") in DIAL_WHY else None,
    }


def call_view(row: Row, queue: Row, stint: Row | None, region: str, before: Row | None = None) -> Row:
    """`before` is the queue that the caller was in before this one."""
    number = row.get("number")
    return {
        "id": row["id"],
        "state": row["state"],
        "direction": row.get("direction", "inbound"),
        "queue": {"id": queue["id"], "name": queue["name"]},
        "came_from": {"name": before["name"], "why": row.get("moved_why")} if before is not None else None,
        "caller": {
            "number": number,
            "display": display_number(number, region),
            "name": row.get("name"),
            "zones": zones_shown(parse(number, region).e164),
            "withheld": row.get("match") == "withheld" or not number,
        },
        "did": row["did"],
        "language": row["language"],
        "arrived_at": moment(row["arrived_at"]),
        "queued_at": moment(row.get("queued_at")),
        "answered_at": moment(row.get("answered_at")),
        "expected_wait": row.get("expected_wait"),
        "preferred": row.get("preferred"),
        "resumed": row.get("resumed") is not None,
        "again_since": moment(row.get("again_since")),
        "ended_at": moment(row.get("ended_at")),
        "end_reason": row.get("end_reason"),
        "match": row.get("match"),
        "customer_id": row.get("customer_id"),
        "candidate_ids": list(row.get("candidate_ids") or ()),
        "recording": bool(row.get("recording")),
        "from_fallback": bool(row.get("from_fallback")),
        "stint": stint,
    }
