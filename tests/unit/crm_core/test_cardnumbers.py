"""Card numbers in what people write are masked but for the last four; what is no card number stays as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.cardnumbers import luhn, masked

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("4111111111111111", "************1111"),
        ("card 4111 1111 1111 1111 exp 12/27", "card **** **** **** 1111 exp 12/27"),
        ("4111-1111-1111-1111 12 27 123", "****-****-****-1111 12 27 123"),
        ("4111.1111.1111.1111", "****.****.****.1111"),
        ("5555 5555 5555 4444 and 2223003122003222", "**** **** **** 4444 and ************3222"),
        ("amex 3782 822463 10005", "amex **** ****** *0005"),
        ("4222222222222", "*********2222"),
        ("6011 1111 1111 1117", "**** **** **** 1117"),
        ("3530111333300000", "************0000"),
        ("6200 0000 0000 0005", "**** **** **** 0005"),
        ("2200 0000 0000 0004", "**** **** **** 0004"),
        ("4111\n1111\n1111\n1111", "****\n****\n****\n1111"),
        ("4111\u00a01111\u20111111\u200b1111", "****\u00a0****\u2011****\u200b1111"),
        ("\uff14\uff11\uff11\uff11 1111 1111 1111", "**** **** **** 1111"),
        ("Call 600 111 222, card 4111111111111111", "Call 600 111 222, card ************1111"),
        ("600111222 4111 1111 1111 1111 612345678", "600111222 **** **** **** 1111 612345678"),
        ('{"subject": "4111111111111111"}', '{"subject": "************1111"}'),
        ('{"text": "4111\\n1111\\n1111\\n1111"}', '{"text": "****\\n****\\n****\\n1111"}'),
        ("x4111111111111111x", "x************1111x"),
    ],
)
def test_given_a_card_number_however_it_is_written_then_it_is_masked(text: str, wanted: str) -> None:
    assert masked(text) == wanted
    assert masked(masked(text)) == wanted, "once is enough"


@pytest.mark.parametrize(
    "text",
    [
        "", "no digits", "+34 600 111 222", "0034 600111222", "T2026-000123", "4111 1111 1111 1112", "0000000000000000",
        "+4930 123456 78901 23", "2026-11-22 05:14:00.123456", "1234567890123456", "41111111111111111111111",
        "192.168.100.200, 192.168.100.201", "-- ** --",
    ],
)  # fmt: skip
def test_given_what_is_no_card_number_then_it_stays(text: str) -> None:
    assert masked(text) == text


@given(st.text(), st.text(), st.integers(0, 10**11 - 1))
def test_given_any_text_around_then_all_but_the_last_four_are_gone_and_nothing_else(
    before: str, after: str, middle: int
) -> None:
    body = f"4111{middle:011}"
    card = next(body + str(last) for last in range(10) if luhn(body + str(last)))
    text = f"{before}x {card} x{after}"
    found = masked(text)
    assert card not in found
    assert "*" * 12 + card[-4:] in found
    assert len(found) == len(text)


@given(st.text(alphabet="0123456789 -.*\n", max_size=200))
def test_given_any_digits_then_masking_ends_and_is_done_once(text: str) -> None:
    assert masked(masked(text)) == masked(text)


def test_given_a_long_text_of_digits_then_it_is_read_in_time() -> None:
    text = "4111 " * 4000
    assert len(masked(text)) == len(text)
