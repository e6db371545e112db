"""`python -m bench.queue_phones PHONES.json HOST PORT SHORTEST LONGEST SEED`: agents' phones in a process of their own.
Each answers at once and hangs up after a talk of random length; one line on standard output says that all are there."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from lab.caller import Manner, SipPhone
from lab.errors import CallFailed


async def serve(phone: SipPhone, shortest: float, longest: float, chance: random.Random) -> None:
    """One talk after the other, for ever."""
    while True:
        leg = await phone.call(3600)
        with contextlib.suppress(CallFailed):  # it stopped ringing as it was picked up
            await leg.answer()
            await asyncio.sleep(chance.uniform(shortest, longest))
            await leg.hang_up()
        phone.legs.clear()


async def main(known: list[dict[str, str]], server: tuple[str, int], talk: tuple[float, float], seed: int) -> None:
    async with AsyncExitStack() as stack:
        made = [SipPhone(server, one["endpoint"], one["secret"], manner=Manner.ring) for one in known]
        for one in made:
            await stack.enter_async_context(one)
        print("there", flush=True)
        async with asyncio.TaskGroup() as tasks:
            for number, one in enumerate(made):
                tasks.create_task(serve(one, *talk, random.Random(seed + number)))


if __name__ == "__main__":
    words = sys.argv[1:]
    pool = json.loads(Path(words[0]).read_text())["phones"]
    asyncio.run(main(pool, (words[1], int(words[2])), (float(words[3]), float(words[4])), int(words[5])))
