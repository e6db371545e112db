"""Asterisk's own queue on the lab, as an administrator would set it up for the same agents and callers."""

from __future__ import annotations

import asyncio
import time

from lab.asterisk import AsteriskLab
from lab.errors import LabError

NUMBER = "700"
QUEUE = "bench-peer"
SETTINGS = """
[bench-peer]
musicclass = cti
strategy = leastrecent
timeout = 20
retry = 1
wrapuptime = 0
ringinuse = no
autofill = yes
joinempty = yes
leavewhenempty = no
"""


async def install(lab: AsteriskLab, agents: int) -> None:
    """Who calls NUMBER is in the queue of the lab's first phones."""
    members = "".join(f"member => PJSIP/cti-phone-{number:02d}\n" for number in range(1, agents + 1))
    with (lab.home / "etc" / "queues.conf").open("a") as file:
        file.write(SETTINGS + members)
    await lab.rasterisk("queue reload all")
    for step in (f"{NUMBER},1,Answer()", f"{NUMBER},2,Queue({QUEUE})", f"{NUMBER},3,Hangup()"):
        await lab.rasterisk(f"dialplan add extension {step} into cti-in replace")
    shown = await lab.rasterisk(f"queue show {QUEUE}")
    if shown.count("PJSIP/") != agents:
        raise LabError(f"the switch's own queue has not {agents} members", shown)


async def quiet(lab: AsteriskLab, within: float = 30.0) -> None:
    """Return when no call is left on the switch."""
    deadline = time.monotonic() + within
    while "0 active channels" not in await lab.rasterisk("core show channels count"):
        if time.monotonic() > deadline:
            raise LabError(f"calls are left after {within:.0f} s", await lab.rasterisk("core show channels concise"))
        await asyncio.sleep(0.2)
