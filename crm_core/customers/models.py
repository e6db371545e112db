"""What the customer service takes and decides with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class MatchKind(StrEnum):
    KNOWN = "known"
    MAYBE = "maybe"
    UNKNOWN = "unknown"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Match:
    """Who a number belongs to. `customer_id` only when there can be no doubt; else people to choose from."""

    kind: MatchKind
    customer_id: str | None = None
    contact_id: str | None = None
    candidate_ids: tuple[str, ...] = ()
    level: str | None = None
    language: str | None = None
    owner_id: str | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer's own row; `version` must be named by a change."""

    id: str
    kind: str
    name: str
    level: str
    language: str | None
    email: str | None
    city: str | None
    country: str | None
    time_zone: str | None
    owner_id: str | None
    company_id: str | None
    department: str | None
    birthday: date | None
    preferences: dict[str, Any]
    custom: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Contact:
    """A person of a company."""

    id: str
    customer_id: str
    name: str
    department: str | None
    position: str | None
    email: str | None
    language: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Device:
    """A thing of ours that a customer owns."""

    id: str
    customer_id: str
    product: str
    model: str
    serial: str
    bought_at: date | None
    warranty_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCustomer:
    """What is known of a customer to be created; `number` is as somebody typed it."""

    name: str
    kind: str = "person"
    number: str | None = None
    email: str | None = None
    level: str = "standard"
    language: str | None = None
    city: str | None = None
    country: str | None = None
    time_zone: str | None = None
    owner_id: str | None = None
    company_id: str | None = None
    department: str | None = None
    birthday: date | None = None
    preferences: dict[str, Any] = field(default_factory=dict)
    custom: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNumber:
    """A number as typed. `shared` marks a switchboard, which never tells who is calling."""

    raw: str
    label: str = ""
    shared: bool = False
    contact_id: str | None = None
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Holder:
    """One row of the number index: who has a number."""

    customer_id: str
    contact_id: str | None
    shared: bool
    extension: str | None
    level: str
    language: str | None
    owner_id: str | None
