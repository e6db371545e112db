"""A benchmark as a person runs it, at a tenth of its load, and what every one of them must keep to."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-c", "from server.cli import main; main()", "bench")
MARK = "TRUNKLINE_BENCH_TEST"


def ours(mark: str) -> list[str]:
    """Command lines of live processes that carry `mark` in their environment: what a benchmark started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


async def quick(name: str, folder: Path) -> dict[str, Any]:
    """The object of `trunkline bench NAME --quick --json`."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), MARK: folder.name, "TMPDIR": str(folder)}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *COMMAND, name, "--quick", "--json", cwd=folder, env=env, stdout=pipe, stderr=pipe
    )
    out, said = await process.communicate()
    assert process.returncode == 0, said.decode()
    found: dict[str, Any] = json.loads(out.decode().splitlines()[-1])
    return found


def must_keep_the_contract(name: str, goals: dict[str, str], found: dict[str, Any]) -> None:
    assert (found["bench"], set(found["goals"])) == (name, set(goals))
    for key, goal in found["goals"].items():
        assert goal["goal"] == goals[key]
        assert goal["value"] == found["figures"][key]["median"]
        assert isinstance(goal["met"], bool)
    for figure in found["figures"].values():
        assert figure["min"] <= figure["median"] <= figure["max"]
        assert figure["runs"] >= 1
    assert found["machine"]["cores"] >= 1
    assert found["load"]
