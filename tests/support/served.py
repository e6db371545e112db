"""`trunkline run` as a process of its own, on a simulated switch."""

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

from lab.ports import free_tcp
from lab.sim import SimSwitch
from tests.support.waiting import until


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
async def served(switch: SimSwitch, folder: Path, **more: Any) -> AsyncIterator[Served]:
    """`trunkline run` on a simulated switch; `more`: other settings, such as DATABASE."""
    os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - pathlib is not for coroutines
    port = free_tcp()
    phones = folder / "phones.json"
    phones.write_text(json.dumps({"phones": [{"endpoint": "cti-phone-01", "secret": "long-enough"}]}))
    settings: dict[str, Any] = {"PBX": "asterisk", "PORT": port, "DATA_DIR": folder, "AMI_PORT": switch.port}
    settings |= {
        "AMI_USER": switch.user,
        "AMI_SECRET": switch.secret,
        "PHONES_FILE": phones,
        "RECORDINGS_DIR": folder,
    } | more
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
