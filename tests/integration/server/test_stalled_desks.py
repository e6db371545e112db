"""Browsers that stop reading, on the whole platform in a process of its own: others do not notice, memory is capped,
they are dropped within 20 s, and are right again when they come back."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from lab.sim import SimSwitch
from tests.integration.desktop.harness import Tab
from tests.support.house import PASSWORD, prepare
from tests.support.served import Served, served
from tests.support.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

DESKS, STALLED = 20, 5
ROUNDS = 12
LONGEST = 20.0
WIDE = 4
"""How many times slower the others may be: far more than the noise of a shared machine, far less than a queue behind
one that does not read (which would be seconds)."""
NOISE = 0.05
MEMORY = 48 * 1024
"""kB that the process may grow by; STALLED buffers of a MiB each, and the allocator's slack."""


@dataclass
class Desk:
    """A signed-in person with an open tab."""

    url: str
    client: aiohttp.ClientSession
    csrf: str = ""
    tab: Tab = field(default_factory=Tab)

    async def ask(self, method: str, path: str, body: object = None) -> dict[str, object]:
        headers = {"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": self.csrf}
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body), "application/json"
        async with self.client.request(method, path, data=data, headers=headers) as response:
            answer: dict[str, object] = await response.json()
            assert response.status == 200, answer
            return answer

    async def open(self, epoch: str | None = None, seq: int | None = None) -> None:
        cookie = "; ".join(f"{one.key}={one.value}" for one in self.client.cookie_jar)
        auth = {"csrf_token": self.csrf, "epoch": epoch, "seq": seq, "tab": "t1"}
        await self.tab.connect(self.url, auth, {"Cookie": cookie})
        await until(lambda: bool(self.tab.desk), 10, "a desk")

    async def latency(self, reason: str) -> float:
        """From asking for a change to seeing it on the screen."""
        began = time.perf_counter()
        await self.ask("PUT", "/api/desk/presence", {"presence": "paused", "reason": reason})
        await until(lambda: self.tab.desk["me"]["pause_reason"] == reason, 10, "the change")
        return time.perf_counter() - began

    def transport(self) -> asyncio.Transport:
        found: asyncio.Transport = self.tab.client.eio.ws._conn.protocol.transport
        return found


@asynccontextmanager
async def desks(url: str, logins: Sequence[str]) -> AsyncIterator[list[Desk]]:
    async with AsyncExitStack() as stack:

        async def signed_in(login: str) -> Desk:
            client = aiohttp.ClientSession(url, cookie_jar=aiohttp.CookieJar(unsafe=True))
            desk = Desk(url, await stack.enter_async_context(client))
            account = await desk.ask("POST", "/api/sign-in", {"login": login, "password": PASSWORD})
            desk.csrf = str(account["csrf_token"])
            await desk.ask("GET", "/api/desk/phone")
            await desk.open()
            stack.push_async_callback(close, desk)
            return desk

        yield list(await asyncio.gather(*(signed_in(login) for login in logins)))


async def close(desk: Desk) -> None:
    await desk.tab.close()


async def measured(readers: Sequence[Desk]) -> list[float]:
    """Push latencies while everybody changes something in turn, seconds."""
    found = []
    for number in range(ROUNDS):
        for desk in readers:
            found.append(await desk.latency("break" if number % 2 else "lunch"))
    return found


def resident(platform: Served) -> int:
    """kB of memory of the platform's process."""
    status = Path(f"/proc/{platform.process.pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


async def test_given_stalled_browsers_then_the_others_do_not_notice_and_they_come_back_right(
    sqlite_url: str, tmp_path: Path
) -> None:
    logins = [f"agent{number:02}" for number in range(DESKS)]
    await prepare(sqlite_url, logins)
    async with AsyncExitStack() as stack:
        switch = await stack.enter_async_context(SimSwitch(DESKS))
        more = {"DATABASE": sqlite_url, "PHONES_FILE": switch.write_files(tmp_path / "switch")}
        platform = await stack.enter_async_context(served(switch, tmp_path, **more))
        await platform.ready()
        async with desks(platform.url, logins) as found:
            stalled, readers = found[:STALLED], found[STALLED:]
            before = await measured(readers)
            memory = resident(platform)
            began = time.monotonic()
            transports = [desk.transport() for desk in stalled]
            for transport in transports:
                transport.pause_reading()
            during = await measured(readers)
            await until(lambda: sockets(platform, DESKS - STALLED), LONGEST + 5, "the stalled are dropped")
            gone = time.monotonic() - began
            assert gone <= LONGEST, f"dropped after {gone:.1f} s"
            assert await platform.figure("trunkline_desktop_stalled") == STALLED
            assert not [desk for desk in readers if desk.tab.gone], "nobody else"
            grown = resident(platform) - memory
            assert grown < MEMORY, f"{grown} kB more"
            said = [
                f"{statistics.median(times) * 1000:.1f} ms, {max(times) * 1000:.1f} ms" for times in (before, during)
            ]
            print(f"median and longest push: {said[0]} before, {said[1]} with {STALLED} stalled; gone in {gone:.1f} s")
            assert statistics.median(during) <= WIDE * statistics.median(before) + NOISE, said
            switch.call_in("+34600111222")
            for desk, transport in zip(stalled, transports, strict=True):
                transport.resume_reading()
                await until(lambda desk=desk: desk.tab.gone, 10, "it learns that it was dropped")  # type: ignore[misc]
                await comes_back(desk)


async def sockets(platform: Served, count: int) -> bool:
    return await platform.figure("trunkline_desktop_sockets") == count


async def comes_back(desk: Desk) -> None:
    """From where it stood it sees what a new tab sees."""
    old, desk.tab = desk.tab, Tab()
    await old.close()
    desk.tab.seq, desk.tab.desk = old.seq, old.desk
    await desk.open(old.epoch, old.seq)
    fresh = Desk(desk.url, desk.client, desk.csrf)
    await fresh.open()
    await until(lambda: desk.tab.desk["queues"][0]["waiting"] == 1, 10, "the caller who came meanwhile")
    await until(lambda: (desk.tab.desk, desk.tab.seq) == (fresh.tab.desk, fresh.tab.seq), 10, "the same desk")
    await fresh.tab.close()
