"""The dial string of a trunk: one target whatever is written into it, and nothing that the switch would expand."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cti.trunk import check_trunk, dial_string

pytestmark = pytest.mark.unit

GOOD = (
    "PJSIP/{number}@my-trunk",
    "PJSIP/00{digits}@my-trunk",
    "Local/{number}@from-internal/n",
    "IAX2/provider/{digits}",
    "DAHDI/g1/{digits}",
)
ONE_TARGET = re.compile(r"(PJSIP|IAX2|DAHDI|Local)/[A-Za-z0-9_.@/+*#-]+")
NUMBERS = st.one_of(st.text(max_size=40), st.from_regex(r"\+?[0-9*#]{0,32}", fullmatch=True))
PIECES = st.lists(
    st.one_of(
        st.sampled_from(["PJSIP/", "Local/", "{number}", "{digits}", "@trunk", "&", ",", "|", "${X}", "{", "}", "/n"]),
        st.text(max_size=5),
    ),
    max_size=8,
).map("".join)
"""Templates made of what a template is made of, in any order."""


@pytest.mark.parametrize("template", GOOD)
def test_given_a_trunk_of_each_kind_then_it_is_taken_as_it_is(template: str) -> None:
    assert check_trunk(template) == template


@pytest.mark.parametrize(
    ("template", "dialled"),
    [
        ("PJSIP/{number}@my-trunk", "PJSIP/+34600111222@my-trunk"),
        ("PJSIP/00{digits}@my-trunk", "PJSIP/0034600111222@my-trunk"),
        ("Local/{number}@from-internal/n", "Local/+34600111222@from-internal/n"),
    ],
)
def test_given_a_number_then_it_stands_in_its_place(template: str, dialled: str) -> None:
    assert dial_string(template, "+34600111222") == dialled


@pytest.mark.parametrize(
    "template",
    [
        "",
        "{number}",
        "PJSIP/my-trunk",
        "PJSIP/{number}{number}@my-trunk",
        "PJSIP/{number}@{digits}",
        "PJSIP/{number}@my-trunk&Local/9@from-internal",
        "PJSIP/{number}@my-trunk,30,G(cti-in)",
        "PJSIP/{number}@${SHELL(id)}",
        "PJSIP/{number}@my trunk",
        "PJSIP/{number}@my-trunk\n",
        "PJSIP/{number}@my-trunk\r\nAction: Originate",
        "SIP/{number}@my-trunk",
        "FILE/{number}",
        "Shell/{number}",
        "pjsip/{number}@my-trunk",
        "PJSIP/{Number}@my-trunk",
        "PJSIP/{number}@" + "x" * 120,
    ],
)
def test_given_a_template_of_anything_else_then_it_is_refused_in_words(template: str) -> None:
    with pytest.raises(ValueError, match="trunk"):
        check_trunk(template)
    with pytest.raises(ValueError, match="trunk"):
        dial_string(template, "+34600111222")


@pytest.mark.parametrize(
    "number",
    ["", "+", "++34", "34+600", "600 111", "600,111", "6&Local/9", "600@x", "${X}", "{digits}", "6\n", "٣٤", "1" * 31],
)
def test_given_a_number_of_anything_else_then_it_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        dial_string("PJSIP/{number}@my-trunk", number)


@given(PIECES, NUMBERS)
@example("PJSIP/{number}@trunk", "+34600111222")
@example("Local/{digits}@a/n", "112*#")
def test_given_any_template_and_number_then_the_string_has_one_target_or_there_is_none(
    template: str, number: str
) -> None:
    try:
        dialled = dial_string(template, number)
    except ValueError:
        return
    assert ONE_TARGET.fullmatch(dialled)
    assert number.lstrip("+") in dialled
