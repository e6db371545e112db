"""`trunkline run` from start to stop: ready with all its parts, stopped in good order, right at the next start."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from lab.ports import free_tcp
from lab.sim import SimSwitch
from tests.support.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(90)]


class Served:
    """One run of the platform."""

    def __init__(self, url: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.url, self.process, self._log = url, process, log

    async def get(self, path: str) -> tuple[int, str]:
        try:
            async with aiohttp.ClientSession() as client, client.get(self.url + path) as answer:
                return answer.status, await answer.text()
        except aiohttp.ClientError as error:
            return 0, repr(error)

    async def ready(self) -> None:
        async def answers() -> bool:
            assert self.process.returncode is None, self.said()
            return (await self.get("/health/ready"))[0] == 200

        await until(answers, 30, "the platform is ready")

    async def figure(self, name: str) -> float:
        """A value of /metrics."""
        lines = (await self.get("/metrics"))[1].splitlines()
        return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))

    async def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), 15)

    def said(self) -> str:
        return self._log.read_text()


@asynccontextmanager
async def served(switch: SimSwitch, folder: Path) -> AsyncIterator[Served]:
    port = free_tcp()
    phones = folder / "phones.json"
    phones.write_text(json.dumps({"phones": [{"endpoint": "cti-phone-01", "secret": "long-enough"}]}))
    settings: dict[str, Any] = {"PBX": "asterisk", "PORT": port, "DATA_DIR": folder, "AMI_PORT": switch.port}
    settings |= {"AMI_USER": switch.user, "AMI_SECRET": switch.secret, "PHONES_FILE": phones, "RECORDINGS_DIR": folder}
    env = {**os.environ, **{f"TRUNKLINE_{name}": str(value) for name, value in settings.items()}}
    log = folder / "platform.log"
    with log.open("wb") as output:
        program = str(Path(sys.executable).parent / "trunkline")
        process = await asyncio.create_subprocess_exec(
            program, "run", env=env, cwd=folder, stdout=output, stderr=output
        )
    try:
        yield Served(f"http://127.0.0.1:{port}", process, log)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_it_serves_stops_in_good_order_and_takes_up_its_calls_again(tmp_path: Path) -> None:
    async with SimSwitch(1) as switch:
        async with served(switch, tmp_path) as first:
            await first.ready()
            assert (await first.get("/sign-in"))[0] == 200
            switch.call_in("+34600111222")
            await until(lambda: has_rows(first, 1), what="the caller waits")
            assert await first.stop() == 0
            assert "Stopping. Calls in progress go on at the switch" in first.said()
            assert "Traceback" not in first.said()
        async with served(switch, tmp_path) as again:
            await again.ready()
            assert await has_rows(again, 1), "the caller waits still, and is one"
            await again.stop()
    assert "Traceback" not in again.said()
    assert switch.secret not in first.said() + again.said()


async def has_rows(platform: Served, count: int) -> bool:
    return await platform.figure('trunkline_rows{shelf="interactions"}') == count


async def test_without_its_switch_it_runs_and_says_what_is_wrong(tmp_path: Path) -> None:
    async with SimSwitch(1) as switch:
        await switch.stop()
        async with served(switch, tmp_path) as platform:
            await until(lambda: answers(platform), 30, "the web server answers")
            status, text = await platform.get("/health/ready")
            part = json.loads(text)["parts"]["switch"]
            assert (status, part["ok"]) == (503, False)
            await until(lambda: names_the_cure(platform), 10, "cause and cure")
            assert (await platform.get("/health/live"))[0] == 200
            assert await platform.stop() == 0


async def answers(platform: Served) -> bool:
    return (await platform.get("/health/ready"))[0] != 0


async def names_the_cure(platform: Served) -> bool:
    words = json.loads((await platform.get("/health/ready"))[1])["parts"]["switch"]["words"]
    return "cannot connect" in words and "check that Asterisk runs" in words
