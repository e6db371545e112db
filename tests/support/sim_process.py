"""The simulated switch as a process of its own, so that it lives on when the platform dies."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from lab.asterisk import AmiAccess
from lab.sim.control import SimControl
from tests.support.waiting import until


class SimProcess:
    """`async with SimProcess(folder, phones=4) as sim`: for a PlatformProcess what an AsteriskLab is."""

    ws_url = ""

    def __init__(self, folder: Path, phones: int = 4) -> None:
        self._folder = folder / "switch"
        self._count = phones

    async def __aenter__(self) -> Self:
        self._folder.mkdir(parents=True)
        note = self._folder / "sim.json"
        argv = ("-m", "lab.sim", "--port", "0", "--phones", str(self._count), "--files", str(self._folder))
        log = self._folder / "console.log"
        with log.open("wb") as output:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, *argv),
                env={**os.environ, "TRUNKLINE_LAB_STATE": str(self._folder)},
                stdout=output,
                stderr=output,
            )
        await until(lambda: b"control on" in log.read_bytes(), 60, "the simulated switch")
        known = json.loads((self._folder / "ami.json").read_text())
        self.ami = AmiAccess(known["host"], known["port"], known["user"], known["secret"])
        self.control = await SimControl.found(note).__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.control.__aexit__(kind, error, trace)
        if self._process.returncode is None:
            self._process.terminate()
        await asyncio.wait_for(self._process.wait(), 15)

    @property
    def phones(self) -> Path:
        return self._folder / "phones.json"

    @property
    def recordings_dir(self) -> Path:
        return self._folder

    # --- the world, and what there is to see

    async def call_in(self, number: str) -> str:
        """A caller who stays until `end`; the id of the leg."""
        return str(await self.control.ask("begin", number=number))

    async def end(self, leg: str) -> None:
        await self.control.ask("end", leg=leg)

    async def phone(self, endpoint: str, manner: str, **how: Any) -> None:
        """See lab.sim.control: a policy, or something that the phone does."""
        await self.control.ask("phone", endpoint=endpoint, manner=manner, **how)

    async def channels(self) -> list[dict[str, str]]:
        return cast(list[dict[str, str]], await self.control.ask("channels"))

    async def dialled(self) -> list[str]:
        """The numbers that were called over the trunk, in order."""
        return cast(list[str], await self.control.ask("dialled"))

    async def originated(self) -> list[str]:
        """The leg of each Originate that came in."""
        sent = cast(list[list[list[str]]], await self.control.ask("sent", name="Originate"))
        return [{key.lower(): value for key, value in one}["channelid"] for one in sent]
