"""What callers can be told: in which language, with which numbers, and what cannot be played."""

import pytest

from cti.sounds import is_piece
from kernel.errors import Invalid
from routing.announcements import DEFAULTS, MINUTES, POSITION, Announce, Announcement, pieces, uses
from routing.setupvalues import made
from routing.state import State

pytestmark = pytest.mark.unit

HELLO = Announcement("hello", "Hello", {"es": ("hola",), "en": ("hello", POSITION, MINUTES), "pt_BR": ("oi",)})


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", ("hola",)),
        ("es_MX", ("hola",)),
        ("es-MX", ("hola",)),
        ("pt_BR", ("oi",)),
        ("pt", ("hello", "number:3", "number:5")),
        ("ru", ("hello", "number:3", "number:5")),
        ("", ("hello", "number:3", "number:5")),
    ],
)
def test_given_a_language_then_its_own_sounds_are_played_or_those_nearest_to_it(
    language: str, said: tuple[str, ...]
) -> None:
    assert pieces(HELLO, language, position=3, minutes=5) == said


def test_given_numbers_that_are_not_known_then_they_are_left_out() -> None:
    assert pieces(HELLO, "en") == ("hello",)


def test_given_no_english_then_any_language_is_better_than_nothing() -> None:
    assert pieces(Announcement("a", "A", {"ru": ("privet",)}), "zh") == ("privet",)


def test_what_is_always_there_can_be_played_and_is_said_unless_it_was_changed() -> None:
    state = State()
    for one in DEFAULTS.values():
        said = state.sounds_of(one.id, "es", position=2, minutes=4)
        assert said
        assert all(map(is_piece, said))
    state.announcements.put(Announcement("closed", "Ours", {"en": ("ours",)}))
    assert state.sounds_of("closed", "es") == ("ours",)
    assert state.sounds_of("nowhere", "en") == ()


@pytest.mark.parametrize(
    "sounds",
    [
        {},
        {"en": []},
        {"english": ["hello"]},
        {"EN": ["hello"]},
        {"en": ["../secret"]},
        {"en": ["/etc/passwd"]},
        {"en": ["a&b"]},
        {"en": ["${SHELL(x)}"]},
        {"en": ["number:x"]},
        {"en": ["hello.wav"]},
        {"en": ["a" * 81]},
        {"en": ["hello"] * 21},
        {"en": ["a" * 80] * 6},
        {f"a{a}{b}": ["x"] for a in "abcdef" for b in "abcdef"},
    ],
)
def test_given_sounds_that_cannot_be_played_then_they_are_refused_with_the_field(sounds: object) -> None:
    with pytest.raises(Invalid) as refused:
        made(Announcement, "announcement hello", {"id": "hello", "name": "Hello", "sounds": sounds})
    assert refused.value.id == "setup_value_wrong"
    assert refused.value.details["field"] == "sounds"


def test_an_announcement_that_a_queue_names_is_found_wherever_it_stands() -> None:
    queue = {
        "id": "q",
        "announce": {"welcome": "hello", "position": True},
        "closed": {"to": {"kind": "hang_up", "announcement_id": "closed"}},
        "overflow": [{"to": {"announcement_id": "later"}}, {"to": None}],
        "empty": {"leave_to": {"announcement_id": None}},
    }
    assert list(uses(queue)) == [("announce", "hello"), ("closed", "closed"), ("overflow", "later")]


def test_a_queue_says_nothing_unless_it_is_set_up() -> None:
    assert not Announce().anything
    assert Announce(wait=True).anything
