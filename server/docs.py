"""Generated documents: `python -m server.docs --write` makes them, `--check` fails when one is out of date."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from config.settings import Settings
from crm_core.tickets.machines import TICKET
from cti.machines import LEG
from kernel.machine import Machine
from recordings.rows import RECORDING
from routing.machines import MACHINES

DOCS = Path(__file__).parent.parent / "docs"


def states() -> str:
    """docs/states.md: each machine as a diagram and a table."""
    parts = [
        "# State machines\n",
        "Generated from the tables in the code by `make docs`; do not edit.",
        "Commands (solid, asked for by somebody) are refused when the table has no line for them. Facts (dotted,"
        " in italics: they have happened) that do not fit are ignored and counted.\n",
    ]
    machines: Iterable[Machine[Any]] = (LEG, *MACHINES, TICKET, RECORDING)
    parts += [_machine(machine) for machine in machines]
    return "\n".join(parts)


def _machine(machine: Machine[Any]) -> str:
    lines = [f"## {machine.name}\n", "```mermaid", "stateDiagram-v2", f"    [*] --> {machine.initial.value}"]
    rows = [*_rows(machine.commands, "command"), *_rows(machine.facts, "fact")]
    lines += [f"    {origin} --> {target}: {verb}" for origin, verb, target, _ in rows]
    lines += [f"    {state.value} --> [*]" for state in sorted(machine.terminal)]
    lines += ["```\n", "| from | | to | kind |", "|---|---|---|---|"]
    lines += [
        f"| {origin} | {verb if kind == 'command' else f'*{verb}*'} | {target} | {kind} |"
        for origin, verb, target, kind in rows
    ]
    return "\n".join([*lines, ""])


def _rows(table: Any, kind: str) -> Iterator[tuple[str, str, str, str]]:
    for (origin, verb), target in table.items():
        yield _name(origin), verb, _name(target), kind


def _name(state: StrEnum) -> str:
    return state.value


def settings() -> str:
    """docs/settings.md: every start-up option."""
    lines = [
        "# Settings\n",
        "Generated from `config/settings.py` by `make docs`; do not edit. Set them in the environment, or in a file"
        " `trunkline.toml` (names in lower case without the prefix). `trunkline check-config` says what is wrong.\n",
        "| variable | default | what it is |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = field.get_default()
        shown = "" if default in ("", (), None) or "Secret" in type(default).__name__ else f"`{default}`"
        lines.append(f"| `TRUNKLINE_{name.upper()}` | {shown} | {field.description} |")
    return "\n".join([*lines, ""])


DOCUMENTS = {"states.md": states, "settings.md": settings}


def main(argv: list[str]) -> int:
    """Exit code 1 when `--check` finds a document that is out of date."""
    stale = []
    for name, make in DOCUMENTS.items():
        path = DOCS / name
        text = make()
        if argv == ["--write"]:
            DOCS.mkdir(exist_ok=True)
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale.append(name)
    if stale:
        print(f"out of date: {', '.join(stale)}; run `make docs`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
