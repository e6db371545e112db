"""What a benchmark found: figures over several runs, the goals they are held to, and the machine they were taken on."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from bench.machine import Machine


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure over so many runs."""

    median: float
    min: float
    max: float
    runs: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Figure:
        rounded = [_short(value) for value in values]
        return cls(_short(statistics.median(values)), min(rounded), max(rounded), len(values))


@dataclass(frozen=True, slots=True)
class Goal:
    """`>=` or `<=` or `==` a limit, held against the median of the figure of the same name."""

    sign: str
    limit: float

    def __str__(self) -> str:
        return f"{self.sign} {self.limit:g}"

    def met(self, value: float) -> bool:
        return {">=": value >= self.limit, "<=": value <= self.limit, "==": value == self.limit}[self.sign]


@dataclass(slots=True)
class Findings:
    """What a benchmark's function gives back. `notes` are sentences a reader of the figures has to know."""

    load: Mapping[str, object]
    figures: dict[str, Figure] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, values: Sequence[float]) -> None:
        self.figures[name] = Figure.of(values)


def as_object(
    name: str, found: Findings, goals: Mapping[str, Goal], machine: Machine, commit: str
) -> dict[str, object]:
    """The object that `--json` prints."""
    return {
        "bench": name,
        "load": dict(found.load),
        "figures": {key: asdict(figure) for key, figure in found.figures.items()},
        "goals": {
            key: {"goal": str(goal), "value": found.figures[key].median, "met": goal.met(found.figures[key].median)}
            for key, goal in goals.items()
        },
        "machine": asdict(machine),
        "commit": commit,
        "notes": list(found.notes),
    }


def as_line(report: Mapping[str, object]) -> str:
    return json.dumps(report, separators=(",", ":"))


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, int(share * len(ordered) + 0.999999) - 1))]


def _short(value: float) -> float:
    return float(f"{value:.4g}")
