"""Numbers that may be dialled: in every country's plan, never an emergency or a costly one by accident."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType, shortnumberinfo

from dialer.numbers import REGIONS, examine, is_emergency, reaches_emergency, refuse_costly
from kernel.errors import Invalid, Refused, TrunklineError

pytestmark = pytest.mark.unit

COUNTRIES = sorted(phonenumbers.SUPPORTED_REGIONS)


def refusal(raw: str, region: str) -> str:
    with pytest.raises(TrunklineError) as refused:
        refuse_costly(examine(raw, region))
    return refused.value.id


def emergency_numbers(region: str) -> list[str]:
    """Every emergency number of a country: its plan's pattern tried with all short numbers that are usual."""
    tried = [f"{n:03}" for n in range(1000)] + [f"{n}" for n in range(10, 100)]
    return [one for one in tried if shortnumberinfo.is_emergency_number(one, region)]


def test_given_any_country_then_its_emergency_numbers_are_refused_however_they_are_written() -> None:
    for region in REGIONS:
        code = phonenumbers.country_code_for_region(region)
        for number in emergency_numbers(region):
            for written in (number, f"+{code}{number}", " ".join(number)):
                with contextlib.suppress(Invalid):
                    found = examine(written, "ES")
                    assert found.e164.removeprefix(f"+{code}") != number, (region, written)
            assert refusal(number, region) == "number_emergency", region


def test_given_any_country_then_its_premium_numbers_want_a_right() -> None:
    for e164, region in examples(PhoneNumberType.PREMIUM_RATE):
        assert refusal(e164, region) in ("number_premium", "number_not_in_plan", "number_emergency"), region


def test_given_any_country_then_ordinary_numbers_may_be_dialled() -> None:
    for e164, region in examples(PhoneNumberType.MOBILE):
        found = examine(e164, region)
        assert found.costly is None, region
        assert found.zones, region


def examples(kind: int) -> Iterator[tuple[str, str]]:
    """A number of that kind for each country that has any."""
    for region in COUNTRIES:
        example = phonenumbers.example_number_for_type(region, kind)
        if example is not None:
            yield phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164), region


@given(
    raw=st.text(alphabet="0123456789+*# ()-", min_size=1, max_size=18),
    region=st.sampled_from(["ES", "US", "GB", "IN", "BR", "CN", "AU", "DE"]),
)
def test_whatever_is_typed_then_what_passes_is_a_valid_ordinary_number(raw: str, region: str) -> None:
    try:
        found = examine(raw, region)
        refuse_costly(found)
    except TrunklineError:
        return
    number = phonenumbers.parse(found.e164, None)
    assert phonenumbers.is_valid_number(number)
    assert phonenumbers.number_type(number) not in (PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST)
    assert not is_emergency(found.e164.removeprefix("+"))
    assert not is_emergency(phonenumbers.national_significant_number(number))


@pytest.mark.parametrize(
    ("raw", "region", "rule"),
    [
        ("112", "ES", "number_emergency"),
        ("911", "ES", "number_emergency"),
        ("\uff11\uff11\uff12", "ES", "number_emergency"),
        ("+34 112", "ES", "number_emergency"),
        ("1004", "ES", "number_short"),
        ("*21*600111222#", "ES", "number_short"),
        ("803123456", "ES", "number_premium"),
        ("901123456", "ES", "number_shared_cost"),
        ("+34111111111", "ES", "number_not_in_plan"),
        ("+999123456789", "ES", "number_unreadable"),
        ("hello", "ES", "number_unreadable"),
        ("", "ES", "number_unreadable"),
    ],
)
def test_each_rule_has_its_id(raw: str, region: str, rule: str) -> None:
    assert refusal(raw, region) == rule


def test_a_costly_number_is_known_as_one_for_who_has_the_right() -> None:
    assert examine("803123456", "ES").costly == "number_premium"
    with pytest.raises(Refused):
        refuse_costly(examine("+870773111632", "ES"))


@pytest.mark.parametrize(
    ("dialled", "region", "reaches"),
    [
        ("PJSIP/+911123456789@trunk", "US", False),
        ("PJSIP/911123456789@trunk", "US", True),
        ("PJSIP/011911123456789@trunk", "US", False),
        ("PJSIP/34600111222@trunk", "ES", False),
        ("Local/112345678@out/n", "ES", True),
    ],
)
def test_what_the_trunk_is_sent_never_begins_an_emergency_call(dialled: str, region: str, reaches: bool) -> None:
    assert reaches_emergency(dialled, region) is reaches
