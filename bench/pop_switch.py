"""`python -m bench.pop_switch`: the simulated switch in a process of its own, which places callers at a fixed rate and
tells when each was put on hold. Requests come as JSON lines on standard input, news go out the same way."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from lab.sim.phones import Policy
from lab.sim.switch import SimSwitch

ANSWER_AFTER, TALK = 0.3, 1.0
STAY = 15.0
"""Seconds after which a caller whom nobody serves gives up."""


def tell(**news: object) -> None:
    sys.stdout.write(json.dumps(news) + "\n")
    sys.stdout.flush()


def note(_kind: str, event: str, headers: list[tuple[str, Any]]) -> None:
    """The moment of the switch's event, before it goes to the platform."""
    if event != "UserEvent":
        return
    at, known = time.time(), dict(headers)
    if known["UserEvent"] == "CtiHold":
        tell(held=known["CallerIDNum"], at=at)


async def place(switch: SimSwitch, numbers: list[str], rate: float) -> None:
    """Callers at a fixed rate, whatever becomes of them."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for count, number in enumerate(numbers):
        await asyncio.sleep(max(0.0, began + count / rate - loop.time()))
        switch.call_in(number, "Somebody").hang_up_after(STAY)


async def main(phones: int, folder: Path) -> None:
    secret = os.environ["TRUNKLINE_AMI_SECRET"]
    async with SimSwitch(phones, secret=secret, policy=Policy.answers(ANSWER_AFTER, TALK)) as switch:
        switch.exchange.listeners.insert(0, note)
        switch.exchange.recordings = folder
        tell(port=switch.port, phones=str(switch.write_files(folder)))
        loop, reader = asyncio.get_running_loop(), asyncio.StreamReader(limit=2**22)
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            request = json.loads(line)
            await place(switch, request["numbers"], request["rate"])
            tell(placed=len(request["numbers"]))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
