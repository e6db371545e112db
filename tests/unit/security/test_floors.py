"""Versions below which something is known to be broken: stated in setup.cfg, kept here, seen on a switch."""

from __future__ import annotations

import configparser
import re
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from cti.ami.floors import FLOORS, outdated

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[3]
LEAST = {
    "aiohttp": "3.13.3",  # static traversal (CVE-2024-23334), and what was mended since
    "python-socketio": "5.14",  # pickle over Redis (CVE-2025-61765)
    "panoramisk": "1.4",
}
"""The floors that the plan names, with their reasons."""


def stated() -> dict[str, Requirement]:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg")
    wanted = [Requirement(line) for line in parser["options"]["install_requires"].split("\n") if line]
    return {one.name: one for one in wanted}


@pytest.mark.parametrize(("name", "least"), LEAST.items())
def test_given_a_floor_then_setup_states_it(name: str, least: str) -> None:
    floors = [Version(one.version) for one in stated()[name].specifier if one.operator in (">=", "==")]

    assert max(floors) >= Version(least)


def test_given_what_is_installed_then_nothing_is_below_its_floor() -> None:
    below = [str(one) for one in stated().values() if not one.specifier.contains(version(one.name), prereleases=True)]

    assert below == []


def test_given_any_library_then_it_has_a_floor() -> None:
    assert [one.name for one in stated().values() if not one.specifier] == []


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("18.24.1", True),
        ("18.24.2", False),
        ("20.9.1", True),
        ("20.9.2", False),
        ("20.6.0~dfsg+~cs6.13.40431414-2build5", True),
        ("21.4.1", True),
        ("22.0.0", False),
        ("22.10.1 (simulated)", False),
        ("23.1.0", False),
        ("certified-18.9-cert10", True),
        ("certified/20.7-cert2", False),
        ("16.30.1", True),
        ("13.0.0", True),
        ("GIT-master-1234abc", False),
        ("", False),
    ],
)
def test_given_a_switch_then_one_that_is_known_to_be_open_is_named(said: str, known: bool) -> None:
    found = outdated(said)

    assert bool(found) is known
    for problem in found:
        assert said in problem.words
        assert "CVE-2024-42365" in problem.words
        assert re.search(r"\d+\.\d+", problem.cure)


def test_the_floors_are_those_of_the_advisory() -> None:
    assert FLOORS == {18: (18, 24, 2), 20: (20, 9, 2), 21: (21, 4, 2)}
