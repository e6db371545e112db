"""Transcripts of scenarios: what a client heard of the switch, with each step in the place where it was done."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from lab.scenarios.script import Step

END = b"\r\n\r\n"
WHEN = re.compile(rb"^Timestamp: (\d+\.\d+)\r?$", re.MULTILINE)
STEP = b"Event: LabStep\r\n"


def woven(heard: bytes, played: Iterable[tuple[float, Step]]) -> bytes:
    """Before each event that happened after a step was begun, that step."""
    steps = sorted(played, key=lambda one: one[0])
    out: list[bytes] = []
    for event in heard.split(END):
        stamp = WHEN.search(event)
        while steps and stamp is not None and float(stamp[1]) > steps[0][0]:
            out.append(_written(*steps.pop(0)))
        if event.strip():
            out.append(event)
    out += (_written(*step) for step in steps)
    return b"".join(one + END for one in out)


def _written(at: float, step: Step) -> bytes:
    return STEP + f"Timestamp: {at:.6f}\r\nStep: {json.dumps(step)}".encode()


def step_of(event: bytes) -> Step | None:
    """The step that a piece of a transcript stands for, if it is one."""
    if not event.startswith(STEP):
        return None
    found: Step = json.loads(event.partition(b"\r\nStep: ")[2])
    return found


def moment_of(event: bytes) -> float | None:
    stamp = WHEN.search(event)
    return float(stamp[1]) if stamp is not None else None
