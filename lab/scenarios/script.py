"""Scenario files: JSON with a title, the phones that are there, and steps. Loading checks what a person may mistype."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent / "switch"
Step = dict[str, str]


@dataclass(frozen=True, slots=True)
class Scenario:
    """`phones` maps the name used in the steps to the phone's manner: answer, ring or busy."""

    name: str
    title: str
    phones: dict[str, str]
    steps: tuple[Step, ...]


def load(path: Path) -> Scenario:
    """Raises ValueError naming the file and the step that cannot be played."""
    data = json.loads(path.read_text())
    unknown = set(data) - {"title", "phones", "steps"}
    if unknown:
        raise ValueError(f"{path.name}: unknown keys {sorted(unknown)}")
    for number, step in enumerate(data["steps"], 1):
        if "do" not in step:
            raise ValueError(f"{path.name}: step {number} has no `do`")
    steps = tuple({key: str(value) for key, value in step.items()} for step in data["steps"])
    return Scenario(path.stem, data["title"], data.get("phones", {}), steps)


def names() -> list[str]:
    """Every scenario, by name."""
    return sorted(path.stem for path in HERE.glob("*.json"))


def scenario(name: str) -> Scenario:
    return load(HERE / f"{name}.json")
