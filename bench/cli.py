"""`trunkline bench NAME`: runs one benchmark and prints what it found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bench.machine import commit, this_machine
from bench.report import Findings, Goal, as_line, as_object

Say = Callable[[str], None]
Run = Callable[[bool, Say], Coroutine[None, None, Findings]]


class Name(StrEnum):
    ami = "ami"
    pop = "pop"
    history = "history"
    routing = "routing"
    queue = "queue"


@dataclass(frozen=True, slots=True)
class Bench:
    """A module of this package: what it measures, its goals and its function."""

    run: Run
    goals: Mapping[str, Goal]

    @classmethod
    def named(cls, name: Name) -> Bench:
        """Loads the module only when it is wanted: each brings libraries of its own."""
        module: Any = import_module(f"bench.{name.value}")
        return cls(module.run, module.GOALS)


def measure(name: Name, quick: bool, say: Say) -> dict[str, object]:
    """Run the benchmark; the object of `--json`."""
    bench, machine = Bench.named(name), this_machine()
    found = asyncio.run(bench.run(quick, say))
    return as_object(name.value, found, bench.goals, machine, commit())


def bench(
    name: Annotated[
        Name, typer.Argument(help="ami, pop, history, routing or queue; docs/benchmarks.md says what each measures.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="The last line of output is one JSON object.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="A tenth of the load: to see that it works.")] = False,
) -> None:
    """Measure a part, beside what it has to beat, and say whether its goals are met."""
    console = Console(stderr=True, highlight=False)
    report: Any = measure(name, quick, lambda words: console.print(f"[bold cyan]•[/] {words}", soft_wrap=True))
    _show(report, console)
    if as_json:
        print(as_line(report), flush=True)


def _show(report: Any, console: Console) -> None:
    table = Table("figure", "median", "least", "most", "runs", "goal")
    for key, one in report["figures"].items():
        goal = report["goals"].get(key)
        words = f"{goal['goal']}  {'met' if goal['met'] else 'MISSED'}" if goal else ""
        table.add_row(key, f"{one['median']:g}", f"{one['min']:g}", f"{one['max']:g}", str(one["runs"]), words)
    console.print(table)
    for note in report["notes"]:
        console.print(f"[dim]{note}[/]", soft_wrap=True)


bench_app = typer.Typer(pretty_exceptions_enable=False)
bench_app.command()(bench)

if __name__ == "__main__":
    bench_app()
