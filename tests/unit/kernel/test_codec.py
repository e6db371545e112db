"""What is dumped is loaded again; personal values are sealed wherever they stand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import codec
from kernel.codec import SEALED, Sealed
from kernel.messages import Fact, personal
from kernel.storable import clean

pytestmark = pytest.mark.unit


class Colour(StrEnum):
    red = "red"
    green = "green"


@dataclass(frozen=True, slots=True)
class CodecPart:
    leg: str
    number: str | None = personal()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodecFact(Fact):
    at: datetime
    colour: Colour
    parts: tuple[CodecPart, ...] = ()
    named: dict[str, CodecPart] | None = None
    best: CodecPart | None = None
    share: float = 0.5
    numbers: tuple[str, ...] | None = personal()
    age: int | None = personal()
    digits: str = personal("")


texts = st.text(st.characters(), max_size=8)
# Wire and JSON bring no lone surrogates; pydantic replaces them in keys.
keys = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).filter(lambda key: key != SEALED)
parts = st.builds(CodecPart, leg=texts, number=st.none() | texts, tags=st.tuples(texts))
facts = st.builds(
    CodecFact,
    at=st.datetimes(timezones=st.just(UTC)),
    colour=st.sampled_from(Colour),
    parts=st.lists(parts, max_size=3).map(tuple),
    named=st.none() | st.dictionaries(keys, parts, max_size=2),
    best=st.none() | parts,
    share=st.floats(allow_nan=False, allow_infinity=False),
    numbers=st.none() | st.lists(texts, max_size=2).map(tuple),
    age=st.none() | st.integers(-5, 200),
    digits=texts,
)


def rot(subject: str | None, text: str) -> Sealed:
    """A poor cipher that knows whose data it holds."""
    return {SEALED: text[::-1], "of": subject or ""}


def unrot(sealed: Sealed) -> str | None:
    return sealed[SEALED][::-1]


@given(facts)
def test_a_message_comes_back_through_json(fact: CodecFact) -> None:
    assert codec.load("CodecFact", json.loads(json.dumps(codec.dump(fact)))) == fact


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainFact(Fact):
    at: datetime
    colour: Colour
    tags: tuple[str, ...]
    share: float


plain_facts = st.builds(
    PlainFact,
    at=st.datetimes(timezones=st.just(UTC)),
    colour=st.sampled_from(Colour),
    tags=st.lists(texts, max_size=3).map(tuple),
    share=st.floats(),
)


@given(plain_facts)
def test_text_in_one_pass_is_what_the_long_way_makes(fact: PlainFact) -> None:
    found = codec.as_text(fact)

    long_way = clean(codec.dump(fact))
    if any(ord(letter) == 0 or 0xD800 <= ord(letter) <= 0xDFFF for tag in fact.tags for letter in tag):
        assert found is None
    else:
        assert found is not None
        assert json.loads(found) == long_way


@given(facts)
def test_text_in_one_pass_is_not_made_of_what_may_hold_personal_values(fact: CodecFact) -> None:
    assert codec.as_text(fact) is None


@given(facts)
def test_a_sealed_message_comes_back_through_json(fact: CodecFact) -> None:
    assert codec.load("CodecFact", json.loads(json.dumps(codec.dump(fact, rot))), unrot) == fact


@given(facts)
def test_without_its_keys_a_message_has_the_defaults(fact: CodecFact) -> None:
    erased = codec.load("CodecFact", codec.dump(fact, rot), lambda _: None)

    assert isinstance(erased, CodecFact)
    assert erased.numbers is None
    assert erased.age is None
    assert erased.digits == ""
    assert [part.number or None for part in erased.parts] == [None] * len(fact.parts)
    assert [part.leg for part in erased.parts] == [part.leg for part in fact.parts]


def test_nested_personal_values_are_sealed_under_their_own_subject() -> None:
    fact = CodecFact(
        at=datetime(2025, 1, 1, tzinfo=UTC),
        colour=Colour.red,
        parts=(CodecPart("leg-1", "secret-1"), CodecPart("", "secret-2")),
        named={"x": CodecPart("leg-3", "secret-3")},
        best=CodecPart("leg-4", "secret-4"),
        numbers=("secret-5",),
        age=0,
    )
    seen: dict[str, str | None] = {}

    def note(subject: str | None, text: str) -> Sealed:
        seen[text] = subject
        return {SEALED: "x"}

    stored = json.dumps(codec.dump(fact, note))

    assert "secret" not in stored
    assert seen == {
        '"secret-1"': "leg-1",
        '"secret-2"': None,
        '"secret-3"': "leg-3",
        '"secret-4"': "leg-4",
        '["secret-5"]': None,
        "0": None,
    }


def test_an_unknown_type_or_a_misfit_is_an_error() -> None:
    with pytest.raises(KeyError):
        codec.load("NoSuchMessage", {})
    with pytest.raises(ValueError, match="colour"):
        codec.load("CodecFact", {"at": "2025-01-01T00:00:00Z", "colour": "blue"})
