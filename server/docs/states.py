"""docs/states.md: each state machine as a diagram and a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crm_core.tickets.machines import TICKET
from cti.machines import LEG
from kernel.machine import Machine
from recordings.rows import RECORDING
from routing.attempts import ATTEMPT
from routing.machines import MACHINES
from server.docs.tables import table

ALL_MACHINES: tuple[Machine[Any], ...] = (LEG, *MACHINES, ATTEMPT, TICKET, RECORDING)


def states() -> str:
    """The whole document."""
    parts = [
        "# State machines\n",
        "Generated from the tables in the code by `make docs`; do not edit.",
        "Commands (asked for by somebody) are refused when the table has no line for them. Facts (in brackets in the"
        " diagrams, in italics in the tables: they have happened) that do not fit are ignored and counted.\n",
    ]
    parts += [_machine(machine) for machine in ALL_MACHINES]
    return "\n".join(parts)


def _machine(machine: Machine[Any]) -> str:
    lines = [f"## {machine.name}\n", "```mermaid", "stateDiagram-v2", f"    [*] --> {machine.initial.value}"]
    rows = [*_rows(machine, machine.commands, "command"), *_rows(machine, machine.facts, "fact")]
    lines += [
        f"    {one} --> {target}: {verb if kind == 'command' else f'({verb})'}" for one, verb, target, kind in rows
    ]
    lines += [f"    {state.value} --> [*]" for state in machine.states if state in machine.terminal]
    shown = [(origin, verb if kind == "command" else f"*{verb}*", target, kind) for origin, verb, target, kind in rows]
    return "\n".join([*lines, "```\n", *table(("from", "", "to", "kind"), shown), ""])


def _rows(
    machine: Machine[Any], moves: Mapping[tuple[Any, str], Any], kind: str
) -> Iterator[tuple[str, str, str, str]]:
    """By verb, then by state, each in the order of declaration: a table may be built from sets, which have none."""
    for verb in dict.fromkeys(verb for _, verb in moves):
        for state in machine.states:
            if (state, verb) in moves:
                yield state.value, verb, moves[state, verb].value, kind
