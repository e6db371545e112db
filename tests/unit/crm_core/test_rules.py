"""Small pure rules: who is calling, cursors, the ticket's states, checks of what is typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.checks import Checks
from crm_core.customers.forms import check_changes, check_new, check_number
from crm_core.customers.matching import MAX_CANDIDATES, MAX_HOLDERS, decide
from crm_core.customers.models import Holder, MatchKind, NewCustomer, NewNumber
from crm_core.customers.numbers import parse
from crm_core.tickets.machines import OPEN, TICKET, TicketState
from crm_core.tickets.models import NewTicket
from crm_core.tickets.service import check as check_ticket
from crm_core.timeline import cursor
from kernel.errors import IllegalCommand, Invalid

pytestmark = pytest.mark.unit

NUMBER = parse("600111222", "ES")
AT = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)


def holder(customer: str, contact: str | None = None, shared: bool = False, extension: str | None = None) -> Holder:
    return Holder(customer, contact, shared, extension, "gold", "es", "st-1")


def test_a_number_of_one_customer_is_known() -> None:
    match = decide(NUMBER, [holder("cu-1", "co-1")])

    assert (match.kind, match.customer_id, match.contact_id) == (MatchKind.KNOWN, "cu-1", "co-1")
    assert (match.level, match.language, match.owner_id) == ("gold", "es", "st-1")


def test_two_people_of_one_company_make_the_company_known_and_nobody_of_them() -> None:
    match = decide(NUMBER, [holder("cu-1", "co-1"), holder("cu-1", "co-2")])

    assert (match.kind, match.customer_id, match.contact_id) == (MatchKind.KNOWN, "cu-1", None)


def test_several_customers_are_candidates_and_none_is_linked() -> None:
    match = decide(NUMBER, [holder("cu-2"), holder("cu-1")])

    assert (match.kind, match.customer_id, match.candidate_ids) == (MatchKind.MAYBE, None, ("cu-1", "cu-2"))
    assert (match.level, match.owner_id) == (None, None)


def test_a_shared_number_never_links_even_when_one_customer_has_it() -> None:
    match = decide(NUMBER, [holder("cu-1", shared=True)])

    assert (match.kind, match.customer_id, match.candidate_ids) == (MatchKind.MAYBE, None, ("cu-1",))


def test_candidates_with_the_dialled_extension_come_first() -> None:
    number = parse("600111222;ext=202", "ES")
    match = decide(number, [holder("cu-1", shared=True), holder("cu-2", shared=True, extension="202")])

    assert match.candidate_ids == ("cu-2", "cu-1")


def test_a_list_that_may_be_cut_is_never_known_and_candidates_are_bounded() -> None:
    assert decide(NUMBER, [holder("cu-1", f"co-{n}") for n in range(MAX_HOLDERS)]).kind is MatchKind.MAYBE
    many = decide(NUMBER, [holder(f"cu-{n}") for n in range(50)])
    assert len(many.candidate_ids) == MAX_CANDIDATES


def test_nobody_has_it_and_withheld_are_told_apart() -> None:
    assert decide(NUMBER, []).kind is MatchKind.UNKNOWN
    assert decide(parse("anonymous", "ES"), []).kind is MatchKind.WITHHELD


@given(at=st.datetimes(timezones=st.just(UTC)), entry_id=st.text(max_size=150), scope=st.text(max_size=60))
def test_a_cursor_gives_its_place_back(at: datetime, entry_id: str, scope: str) -> None:
    assert cursor.decode(cursor.encode(at, entry_id, scope), scope) == (at, entry_id)


@given(place=st.integers(min_value=0, max_value=200), by=st.integers(min_value=1, max_value=255))
def test_a_cursor_with_any_letter_changed_is_refused(place: int, by: int) -> None:
    good = cursor.encode(AT, "tl-1", "cu-1/")
    index = place % (len(good) - 1)  # the last letter has bits that mean nothing
    bad = good[:index] + chr((ord(good[index]) + by) % 256) + good[index + 1 :]
    with pytest.raises(Invalid) as error:
        cursor.decode(bad, "cu-1/")
    assert error.value.id == "bad_cursor"


@pytest.mark.parametrize("text", ["x", "é", "====", "A" * 5000, "bnVsbA", "\ud800"])
def test_a_text_that_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="page marker"):
        cursor.decode(text, "cu-1/")


def test_a_cursor_of_another_customer_is_refused() -> None:
    with pytest.raises(Invalid):
        cursor.decode(cursor.encode(AT, "tl-1", "cu-1/"), "cu-2/")


def test_only_closed_tickets_stay_where_they_are() -> None:
    assert TICKET.terminal == {TicketState.CLOSED}
    assert {state for state in TicketState if state in OPEN} == {TicketState.OPEN, TicketState.WAITING}


@pytest.mark.parametrize(
    ("state", "command"), [("open", "resume"), ("open", "reopen"), ("closed", "reopen"), ("resolved", "wait")]
)
def test_a_ticket_refuses_what_its_state_does_not_allow(state: str, command: str) -> None:
    with pytest.raises(IllegalCommand):
        TICKET.after(TicketState(state), command)


def test_a_customer_who_replies_opens_the_ticket_again_and_a_late_reply_is_ignored() -> None:
    assert TICKET.observe(TicketState.RESOLVED, "customer_replied") is TicketState.OPEN
    assert TICKET.observe(TicketState.CLOSED, "customer_replied") is TicketState.CLOSED


def fields_of(error: pytest.ExceptionInfo[Invalid]) -> set[str]:
    fields = error.value.details["fields"]
    assert isinstance(fields, dict)
    return set(fields)


def test_every_wrong_field_of_a_customer_is_named_at_once() -> None:
    bad = NewCustomer(
        name=" ", kind="robot", number="12", email="nobody", level="royal", country="Spain", city="a\x00b"
    )
    with pytest.raises(Invalid) as error:
        check_new(bad, "ES")

    assert fields_of(error) == {"name", "kind", "number", "email", "level", "country", "city"}


def test_a_name_may_have_300_characters_and_no_more() -> None:
    accepted, _ = check_new(NewCustomer(name="ñ" * 300), "ES")
    assert len(accepted.name) == 300
    with pytest.raises(Invalid) as error:
        check_new(NewCustomer(name="ñ" * 301), "ES")
    assert fields_of(error) == {"name"}


def test_country_and_zone_come_from_the_number() -> None:
    accepted, number = check_new(NewCustomer(name="Sarah", number="+12125550123"), "ES")

    assert number is not None
    assert (accepted.country, accepted.time_zone, number.e164) == ("US", "America/New_York", "+12125550123")


def test_fields_that_may_not_be_changed_are_named() -> None:
    with pytest.raises(Invalid) as error:
        check_changes({"id": "cu-2", "version": 9, "name": "Ana"})

    assert fields_of(error) == {"id", "version"}


@pytest.mark.parametrize("raw", ["201", "anonymous", "hello"])
def test_only_full_numbers_can_be_added(raw: str) -> None:
    with pytest.raises(Invalid) as error:
        check_number(NewNumber(raw=raw), "ES")

    assert fields_of(error) == {"number"}


def test_a_ticket_needs_a_subject_a_category_and_a_known_priority() -> None:
    with pytest.raises(Invalid) as error:
        check_ticket(NewTicket(customer_id="cu-1", subject="", category="", priority="asap", description="x" * 20_001))

    assert fields_of(error) == {"subject", "category", "priority", "description"}


@pytest.mark.parametrize("value", ["a\x00b", "a\ud800b", "\x1b[31m", "x" * 11])
def test_text_with_control_characters_or_too_long_is_refused(value: str) -> None:
    checks = Checks()
    checks.text("text", value, 10)
    with pytest.raises(Invalid):
        checks.done()


def test_lines_and_tabs_and_any_script_are_welcome() -> None:
    checks = Checks()
    assert checks.text("text", "uno\n\tdos 王 ✓ \U0001f600 ", 100) == "uno\n\tdos 王 ✓ \U0001f600"
    checks.done()


def test_cursor_times_keep_their_microseconds() -> None:
    later = AT + timedelta(microseconds=1)
    assert cursor.decode(cursor.encode(later, "a", "s"), "s")[0] - AT == timedelta(microseconds=1)
