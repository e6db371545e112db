"""Invents what happened with a customer: purchases, faults, questions, campaigns, promises. Pure.

Call entries carry the same details as those of real calls, so that the screen shows both alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crm_core.demo.catalogue import CAMPAIGNS, MAILS, PRODUCTS, QUESTIONS, DemoStaff, Product
from crm_core.demo.maker import Maker, Row
from crm_core.demo.people import Household

_FLAGS = {
    "Resolved": ["human_answered", "customer_contact", "completed"],
    "Follow-up needed": ["human_answered", "customer_contact"],
    "Call back promised": ["human_answered", "customer_contact", "callback"],
    "Sale or interest": ["human_answered", "customer_contact", "sale"],
    "Not interested": ["human_answered", "customer_contact", "not_interested"],
}


class Historian:
    """Collects timeline and ticket rows of all customers; tickets are numbered at the end, in order of time."""

    def __init__(self, maker: Maker, staff: Sequence[DemoStaff]) -> None:
        self.maker = maker
        self.entries: list[Row] = []
        self.tickets: list[Row] = []
        self._staff = {role: [one for one in staff if one.role == role] or list(staff) for role in _ROLES}

    def staff(self, role: str) -> DemoStaff:
        return self.maker.one(self._staff[role])

    def entry(self, household: Household, at: datetime, kind: str, title: str, **more: Any) -> Row:
        """Add an entry; `more` fills the other columns, `by` is the member of staff."""
        by: DemoStaff | None = more.pop("by", None)
        row: Row = {
            "id": self.maker.id("tl"),
            "customer_id": household.id,
            "at": at,
            "kind": kind,
            "title": title,
            "body": "",
            "status": None,
            "ref": None,
            "staff_id": by.id if by else None,
            "staff_name": by.name if by else None,
            "details": {},
        }
        self.entries.append(row | more)
        return self.entries[-1]

    def call(self, household: Household, at: datetime, disposition: str, **more: Any) -> DemoStaff:
        """A call that was answered; returns who took it. `queue`, `direction` and `body` may be given."""
        by: DemoStaff = more.get("by") or self.staff("agent")
        direction = more.get("direction", "inbound")
        details = {
            "direction": direction,
            "outcome": "answered",
            "queue": more.get("queue", "Service"),
            "end_reason": "caller_hung_up",
            "waited_seconds": round(self.maker.random.expovariate(1 / 25), 1) if direction == "inbound" else 0.0,
            "talk_seconds": round(40 + self.maker.random.expovariate(1 / 200), 1),
            "disposition": disposition,
            "flags": _FLAGS[disposition],
            "recording": False,
        }
        title = "Inbound call" if direction == "inbound" else "Outbound call"
        ref = self.maker.id("ix")
        body = more.get("body", "")
        self.entry(household, at, "call", title, by=by, status="done", ref=ref, body=body, details=details)
        return by

    def lost_call(self, household: Household, at: datetime) -> None:
        waited = round(5 + self.maker.random.expovariate(1 / 40), 1)
        details: Row = {"direction": "inbound", "outcome": "abandoned", "queue": "Service"}
        details |= {"end_reason": "abandoned", "waited_seconds": waited, "recording": False}
        ref = self.maker.id("ix")
        self.entry(household, at, "call", "Inbound call", status="done", ref=ref, details=details)

    def ticket(self, household: Household, at: datetime, fields: Row, done: datetime | None) -> Row:
        """A ticket and its entry (`finish` gives both their number); open when `done` is None."""
        by = self.staff("agent")
        row: Row = {
            "id": self.maker.id("ti"),
            "number": "",
            "description": "",
            "status": "closed" if done else self.maker.one(("open", "open", "waiting")),
            "priority": self.maker.one(("low", "normal", "normal", "normal", "high", "urgent")),
            "product": None,
            "customer_id": household.id,
            "contact_id": household.contacts[0]["id"] if household.contacts else None,
            "interaction_id": None,
            "opened_by": by.id,
            "opened_by_name": by.name,
            "created_at": at,
            "updated_at": done or at,
            "resolved_at": done,
            "closed_at": done,
            "version": 2 if done else 1,
        } | fields
        self.tickets.append(row)
        self.entry(
            household, at, "ticket", row["subject"], id=f"tl-{row['id']}", by=by, ref=row["id"],
            body=row["description"], status="done" if done else "open",
            details={key: row[key] for key in ("status", "priority", "category", "product")},
        )  # fmt: skip
        return row

    def finish(self) -> dict[str, int]:
        """Number the tickets by year in order of time; returns the last number of each range."""
        last: dict[str, int] = {}
        entries = {entry["ref"]: entry for entry in self.entries if entry["kind"] == "ticket"}
        for ticket in sorted(self.tickets, key=lambda row: (row["created_at"], row["id"])):
            name = f"T{ticket['created_at'].year}"
            last[name] = last.get(name, 0) + 1
            ticket["number"] = f"{name}-{last[name]:06d}"
            entry = entries[ticket["id"]]
            entry["title"] = f"{ticket['number']} {ticket['subject']}"
            entry["details"]["number"] = ticket["number"]
        return last


_ROLES = ("agent", "engineer", "sales")


def purchase(book: Historian, household: Household, device: Row) -> None:
    """From interest to invoice, for a device the customer owns."""
    maker = book.maker
    bought = datetime.combine(device["bought_at"], datetime.min.time(), maker.now.tzinfo) + timedelta(hours=11)
    seller, price = book.staff("sales"), _price(maker, device["product"])
    subject = f"{device['product']} {device['model']}"
    first = bought - timedelta(days=maker.random.randrange(5, 50))
    book.call(household, first, "Sale or interest", queue="Sales", by=seller)
    book.entry(
        household, first + timedelta(hours=1), "opportunity", subject, by=seller, status="done",
        ref=maker.id("op"), details={"stage": "won", "value": price, "currency": "EUR"},
    )  # fmt: skip
    order = {"product": device["product"], "model": device["model"], "total": price, "currency": "EUR"}
    book.entry(household, bought, "order", subject, by=seller, status="done", ref=maker.id("or"), details=order)
    visit = maker.after(bought, 72, 500)
    book.entry(
        household, visit, "visit", ("Installation", "Instalación")[household.spanish], by=book.staff("engineer"),
        status="done", details={"model": device["model"], "serial": device["serial"]},
    )  # fmt: skip
    mail(book, household, maker.after(visit, 1, 48), 0)


def fault(book: Historian, household: Household, at: datetime, solved: bool) -> None:
    """Something broke: a call, a ticket, and, when solved, the repair and a last call."""
    maker = book.maker
    device = maker.one(household.devices)
    product = next(one for one in PRODUCTS if one.name == device["product"])
    said_en, said_es, was_en, was_es = maker.one(product.faults)
    said, was = (said_es, was_es) if household.spanish else (said_en, was_en)
    outcome = "Follow-up needed" if maker.chance(0.8) else "Call back promised"
    agent = book.call(household, at, outcome, body=f"{said}. {device['model']}, {device['serial']}.")
    done = maker.after(at, 20, 200) if solved else None
    fields = {"subject": said, "category": "fault", "product": device["product"], "description": f"{device['serial']}"}
    ticket = book.ticket(household, maker.after(at, 0.02, 0.2), fields, done)
    if done is None:
        return
    engineer = book.staff("engineer")
    kind = maker.one(("repair", "repair", "visit"))
    details = {"model": device["model"], "serial": device["serial"], "ticket": ticket["id"]}
    book.entry(household, done, kind, device["model"], body=was, by=engineer, status="done", details=details)
    mail(book, household, maker.after(done, 1, 30), 2)
    if maker.chance(0.6):
        book.call(household, maker.after(done, 20, 80), "Resolved", by=agent, direction="outbound")


def question(book: Historian, household: Household, at: datetime) -> None:
    words = book.maker.one(QUESTIONS)[household.spanish]
    by = book.call(household, at, "Resolved")
    note_at = book.maker.after(at, 0.05, 0.3)
    book.entry(household, note_at, "note", "Note", body=words, by=by, ref=book.maker.id("no"))


def campaign(book: Historian, household: Household, at: datetime) -> None:
    name = book.maker.one(CAMPAIGNS)
    result = book.maker.one(("no_answer", "no_answer", "reached", "reached", "voicemail"))
    book.entry(household, at, "campaign", name, status="done", details={"result": result})
    if result == "reached":
        disposition = "Sale or interest" if book.maker.chance(0.2) else "Not interested"
        book.call(household, book.maker.after(at, 0.01, 0.02), disposition, direction="outbound", queue="Sales")


def mail(book: Historian, household: Household, at: datetime, which: int | None = None) -> None:
    words = book.maker.one(MAILS) if which is None else MAILS[which]
    book.entry(household, at, "mail", words[household.spanish], by=book.staff("agent"))


def open_opportunity(book: Historian, household: Household, product: Product | None = None) -> None:
    maker = book.maker
    product = product or maker.one(PRODUCTS)
    value = _price(maker, product.name)
    details = {"stage": maker.one(("qualified", "quoted", "negotiation")), "value": value, "currency": "EUR"}
    title = f"{product.name} {maker.one(product.models)}"
    at = maker.before(maker.random.uniform(2, 60))
    book.entry(
        household, at, "opportunity", title, by=book.staff("sales"), status="open", ref=maker.id("op"), details=details
    )


def promised_callback(book: Historian, household: Household, words: str = "") -> None:
    maker = book.maker
    at = maker.before(maker.random.uniform(1, 6))
    here = ZoneInfo(household.customer["time_zone"])
    day = (maker.now + timedelta(days=maker.random.randrange(1, 4))).astimezone(here)
    due = day.replace(hour=maker.random.randrange(10, 19), minute=0, second=0, microsecond=0).astimezone(UTC)
    title = ("Callback promised", "Llamada prometida")[household.spanish]
    details = {"due": due.isoformat().replace("+00:00", "Z"), "time_zone": household.customer["time_zone"]}
    book.entry(
        household, at, "callback", title, body=words, by=book.staff("agent"), status="open",
        ref=maker.id("cb"), details=details,
    )  # fmt: skip


def _price(maker: Maker, product: str) -> int:
    low, high = next(one.price for one in PRODUCTS if one.name == product)
    return maker.random.randrange(low, high, 10)
