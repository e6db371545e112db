"""Telephone numbers: every way of writing one gives the same, and nothing makes the reader fail."""

from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from crm_core.customers.numbers import NumberKind, display, parse, spellings, zones, zones_shown

pytestmark = pytest.mark.unit

REGIONS = ("ES", "MX", "AR", "US", "GB", "DE", "FR", "CN", "RU", "BR", "IT", "JP", "SA", "PL", "SG")


@pytest.mark.parametrize(
    ("raw", "region", "e164"),
    [
        ("600 111 222", "ES", "+34600111222"),
        ("+34600111222", "GB", "+34600111222"),
        ("0034 600-111-222", "ES", "+34600111222"),
        ("34600111222", "ES", "+34600111222"),
        ("0034600111222", "US", "+34600111222"),
        ("011 34 600111222", "US", "+34600111222"),
        ("8 10 34 600111222", "RU", "+34600111222"),
        ("6００　１１１　２２２", "ES", "+34600111222"),
        ("٦٠٠١١١٢٢٢", "ES", "+34600111222"),
        ("\u202a+34 600\u00a0111\u2011222\u202c", "ES", "+34600111222"),
        ("sip:+34600111222@192.0.2.7;user=phone", "GB", "+34600111222"),
        ('"Lucía" <sip:600111222;npdi@trunk.example>;tag=1', "ES", "+34600111222"),
        ("600111222@192.0.2.7:5060", "ES", "+34600111222"),
        ("%2B34600111222@192.0.2.7", "ES", "+34600111222"),
        ("tel:600-111-222;phone-context=+34", "US", "+34600111222"),
        ("07700 900123", "GB", "+447700900123"),
        ("447700900123", "ES", "+447700900123"),
        ("+44 (0)20 7946 0958", "ES", "+442079460958"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("1 212 555 0123", "US", "+12125550123"),
        ("8 (903) 000-12-34", "RU", "+79030001234"),
        ("+7 903 000 12 34", "ES", "+79030001234"),
        ("13800001234", "CN", "+8613800001234"),
        ("8613800001234", "CN", "+8613800001234"),
        ("011 15 2345-6789", "AR", "+5491123456789"),
        ("+52 1 55 5000 1234", "MX", "+525550001234"),
        ("5215550001234", "ES", "+525550001234"),
        ("06 6981 2345", "IT", "+390669812345"),
    ],
)
def test_every_way_of_writing_a_number_gives_one_form(raw: str, region: str, e164: str) -> None:
    number = parse(raw, region)

    assert (number.kind, number.e164) == (NumberKind.E164, e164)


@pytest.mark.parametrize(
    "raw",
    [None, "", "  ", "anonymous", "Anonymous", "UNKNOWN", "<unknown>", "Restricted", "-1", "+", "00000000",
     "sip:anonymous@anonymous.invalid", '"Anonymous" <sip:anonymous@192.0.2.7>', "sip:192.0.2.7", "\ud800", "\x00"],
)  # fmt: skip
def test_a_withheld_number_is_known_as_such(raw: str | None) -> None:
    assert parse(raw, "ES").kind is NumberKind.WITHHELD


@pytest.mark.parametrize(
    ("raw", "region"), [("201", "ES"), ("112", "ES"), ("*43", "ES"), ("95588", "CN"), ("30123", "DE"), ("0", "US")]
)
def test_extensions_and_service_numbers_are_short(raw: str, region: str) -> None:
    number = parse(raw, region)

    assert (number.kind, number.national, number.e164) == (NumberKind.SHORT, raw, None)


@pytest.mark.parametrize(
    "raw", ["alice", "alice600111222", "+34++600111222", "5551234567890123456", "+1234", "x", "1" * 300, "+34 6a0 111"]
)
def test_what_is_no_number_is_invalid(raw: str) -> None:
    assert parse(raw, "ES").kind is NumberKind.INVALID


def test_seven_local_digits_cannot_be_called_from_elsewhere() -> None:
    assert parse("555-0123", "US").kind is NumberKind.INVALID


@pytest.mark.parametrize(
    "raw",
    ["600111222 x123", "600111222;ext=123", "+34600111222 ext. 123", "600 111 222,,123", "600111222#123",
     "tel:+34-600-111-222;ext=123", "600111222 доб. 123", "600111222 分机 123"],
)  # fmt: skip
def test_an_extension_is_kept_apart(raw: str) -> None:
    number = parse(raw, "ES")

    assert (number.e164, number.extension) == ("+34600111222", "123")


def test_a_number_of_a_possible_length_that_no_plan_has_still_identifies() -> None:
    number = parse("07700 900123", "GB")

    assert number.e164 == "+447700900123"
    assert not number.valid


def test_a_number_is_shown_as_people_at_home_write_it_and_foreign_ones_with_their_country() -> None:
    assert parse("+442079460123", "GB").national == "020 7946 0123"
    assert parse("+442079460123", "ES").national == "+44 20 7946 0123"
    assert display("+34600111222", "ES") == "600 11 12 22"


def test_the_zones_of_a_number_are_a_set() -> None:
    assert parse("600111222", "ES").zones == {"Europe/Madrid", "Atlantic/Canary"}
    assert parse("+12125550123", "ES").zones == {"America/New_York"}
    assert parse("201", "ES").zones == frozenset()


def test_a_number_outside_the_plan_can_be_anywhere_in_its_country() -> None:
    assert "Europe/London" in zones("+447700900123")


def test_argentine_mobiles_are_found_with_and_without_their_nine() -> None:
    assert set(spellings("+5491123456789")) == set(spellings("+541123456789"))
    assert spellings("+34600111222") == ("+34600111222",)


@given(
    region=st.sampled_from(REGIONS),
    kind=st.sampled_from((PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)),
    default=st.sampled_from(REGIONS),
    separator=st.sampled_from(("", " ", "-", ".", "\u00a0")),
)
def test_international_forms_read_the_same_from_everywhere(
    region: str, kind: int, default: str, separator: str
) -> None:
    example = phonenumbers.example_number_for_type(region, kind)
    assert example is not None
    e164 = phonenumbers.format_number(example, PhoneNumberFormat.E164)
    spaced = e164[:3] + separator + e164[3:7] + separator + e164[7:]
    rfc3966 = phonenumbers.format_number(example, PhoneNumberFormat.RFC3966)

    assert {parse(text, default).e164 for text in (e164, spaced, rfc3966, f"sip:{e164}@example.org")} == {e164}


@given(region=st.sampled_from(REGIONS), kind=st.sampled_from((PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)))
def test_the_national_form_is_read_at_home(region: str, kind: int) -> None:
    example = phonenumbers.example_number_for_type(region, kind)
    assert example is not None
    number = parse(phonenumbers.format_number(example, PhoneNumberFormat.NATIONAL), region)

    assert number.e164 == phonenumbers.format_number(example, PhoneNumberFormat.E164)
    assert parse(number.national, region).e164 == number.e164


@given(raw=st.one_of(st.text(max_size=60), st.text(alphabet="+0123456789 -().;x#*<>@:sipteland=٣９", max_size=40)))
def test_no_text_makes_the_reader_fail(raw: str) -> None:
    number = parse(raw, "ES")

    assert (number.e164 is not None) == (number.kind is NumberKind.E164)
    if number.e164 is not None:
        assert re.fullmatch(r"\+[1-9][0-9]{4,14}", number.e164)
        assert parse(number.e164, "US").e164 == number.e164
        assert number.zones is not None


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+551130004135", ["America/Sao_Paulo"]),
        ("+34600111222", ["Atlantic/Canary", "Europe/Madrid"]),
        *(
            (wrong, [])
            for wrong in ("", "600111222", "+34", "+999123456", "+0", "anonymous", None, 34, ["+34600111222"])
        ),
    ],
)
def test_the_screen_gets_the_numbers_own_zones_and_none_for_what_is_no_number(number: object, zones: list[str]) -> None:
    assert zones_shown(number) == zones
