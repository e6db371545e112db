"""Cutting bytes into AMI messages."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.ami.wire import MAX_MESSAGE, Framer, Garbage
from tests.support.callbook import transcript

pytestmark = pytest.mark.unit

RAW = transcript("fallback_with_answer")
WHOLE = Framer().feed(RAW)


def test_given_a_transcript_cut_at_every_byte_then_the_messages_are_the_same() -> None:
    framer = Framer()
    got = [message for at in range(len(RAW)) for message in framer.feed(RAW[at : at + 1])]
    assert got == WHOLE
    assert framer.banner == "11.0.0"


def test_given_two_reads_split_anywhere_then_the_messages_are_the_same() -> None:
    raw = RAW[:4000]
    for at in range(len(raw)):
        framer = Framer()
        assert framer.feed(raw[:at]) + framer.feed(raw[at:]) == Framer().feed(raw)


@settings(max_examples=50)
@given(st.lists(st.integers(0, len(RAW)), max_size=30))
def test_given_any_reads_then_the_messages_are_the_same(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(RAW)]
    framer = Framer()
    got = [m for a, b in pairwise(places) for m in framer.feed(RAW[a:b])]
    assert got == WHOLE


def test_given_a_peer_that_is_not_a_manager_then_its_first_bytes_are_refused() -> None:
    with pytest.raises(Garbage):
        Framer().feed(b"HTTP/1.1 400 Bad Request\r\n")


def test_given_a_banner_without_an_end_then_it_is_refused_after_a_bound() -> None:
    with pytest.raises(Garbage):
        Framer().feed(b"Asterisk Call Manager/" + b"1" * 300)


def test_given_bytes_without_an_end_then_the_buffer_is_bounded() -> None:
    framer = Framer()
    framer.feed(b"Asterisk Call Manager/11.0.0\r\n")
    for _ in range(MAX_MESSAGE // 1024):
        assert framer.feed(b"x" * 1024) == []
    with pytest.raises(Garbage):
        framer.feed(b"x")
