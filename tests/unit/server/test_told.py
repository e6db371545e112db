"""What the page of a past call says: each thing that can be asked or decided of one has its words, or is left out."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

import cti
import recordings
import routing
from kernel.messages import Command, Event, Message
from server.traces import FACTS, NOISE

pytestmark = pytest.mark.unit

ENGLISH = Path(__file__).parents[3] / "agent_desktop/web/src/i18n/en.json"


ROOMS = (cti, routing, recordings)


def of_a_call(base: type[Message]) -> Iterator[str]:
    """The rooms' own; tests have messages too."""
    for room in ROOMS:
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            importlib.import_module(module.name)
    ours = {room.__name__ for room in ROOMS}
    for kind in base.__subclasses__():
        of_one = is_dataclass(kind) and any(field.name == "interaction_id" for field in fields(kind))
        if of_one and kind.__module__.partition(".")[0] in ours:
            yield kind.__name__


def test_whatever_is_told_of_a_call_has_its_words() -> None:
    words = json.loads(ENGLISH.read_text(encoding="utf-8"))
    told = {*of_a_call(Event), *of_a_call(Command), *FACTS} - set(NOISE)

    without = {one for one in told if not any(key == one or key.startswith(f"{one}_") for key in _traced(words))}

    assert len(told) > 25
    assert without == set(), "say it in the catalogues as trace.TYPE, or leave it out in server/traces.py"


def _traced(words: dict[str, object]) -> list[str]:
    return [key.removeprefix("trace.") for key in words if key.startswith("trace.")]
