"""Traffic by SIPp: many real SIP callers with a tone, each with number, name, called number and length of its own."""

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from lab.errors import LabError
from lab.plans import CallPlan, Outcome
from lab.sip import g711
from lab.tones import tone

SCENARIO = Path(__file__).parent / "scenarios" / "caller.xml"
TONE_HZ = 1000
GRACE = 30.0
ENDS = {"us": "caller", "them": "switch", "refused": "refused"}
Progress = Callable[[int], None]


async def run(
    plans: Sequence[CallPlan], server: tuple[str, int], host: str, rate: float, progress: Progress | None = None
) -> list[Outcome]:
    """Place the calls at so many a second from one address of the trunk; returns when the last one ended.

    `progress` is told how many ended so far. Calls without an end in SIPp's log come back as lost."""
    if shutil.which("sipp") is None:
        raise LabError("sipp is not installed", "run `make setup` as root, or install the Debian package sip-tester")
    with tempfile.TemporaryDirectory(prefix="trunkline-sipp-") as name:
        folder = Path(name)
        _write_inputs(folder, plans)
        process = await asyncio.create_subprocess_exec(
            *_argv(folder, len(plans), server, host, rate),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        longest = max(plan.seconds for plan in plans)
        try:
            await _watch(process, folder / "log", progress, len(plans) / rate + longest + GRACE)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return outcomes(plans, _read(folder / "log"))


def _write_inputs(folder: Path, plans: Sequence[CallPlan]) -> None:
    (folder / "tone.ulaw").write_bytes(g711.encode(tone(TONE_HZ, 10)))
    scenario = SCENARIO.read_text().replace("TONE,", f"{folder / 'tone.ulaw'},")
    (folder / "caller.xml").write_text(scenario)
    rows = [f"{plan.number};{_plain(plan.name)};{plan.to};{int(plan.seconds * 1000)}" for plan in plans]
    (folder / "callers.csv").write_text("\n".join(["SEQUENTIAL", *rows, ""]))


def _plain(name: str) -> str:
    """A name that breaks neither the file's columns nor the SIP header."""
    return "".join(letter for letter in name if letter.isprintable() and letter not in ';"\\<>')


def _argv(folder: Path, calls: int, server: tuple[str, int], host: str, rate: float) -> list[str]:
    argv = ["sipp", "-sf", str(folder / "caller.xml"), "-inf", str(folder / "callers.csv")]
    argv += ["-i", host, "-mi", host, "-m", str(calls), "-l", str(calls)]
    argv += ["-r", str(max(1, round(rate * 10))), "-rp", "10000"]  # calls in ten seconds: rates below one a second too
    argv += ["-trace_logs", "-log_file", str(folder / "log"), "-nostdin", f"{server[0]}:{server[1]}"]
    return argv


async def _watch(process: asyncio.subprocess.Process, log: Path, progress: Progress | None, limit: float) -> None:
    ended = asyncio.ensure_future(process.wait())
    for _ in range(int(limit / 0.2)):
        done, _pending = await asyncio.wait({ended}, timeout=0.2)
        if progress:
            progress(len(_read(log)))
        if done:
            return
    ended.cancel()


def _read(log: Path) -> list[str]:
    return log.read_text(errors="replace").splitlines() if log.is_file() else []


def outcomes(plans: Sequence[CallPlan], lines: Sequence[str]) -> list[Outcome]:
    """Match the lines of SIPp's log (number, end, milliseconds) to the plans, in the order of the plans."""
    said: dict[str, list[tuple[str, float]]] = {}
    for line in lines:
        words = line.split()
        if len(words) == 3 and words[1] in ENDS:
            said.setdefault(words[0], []).append((ENDS[words[1]], float(words[2]) / 1000))
    found = []
    for plan in plans:
        ended_by, seconds = said[plan.number].pop(0) if said.get(plan.number) else ("lost", 0.0)
        found.append(Outcome(plan, ended_by in ("caller", "switch"), seconds, ended_by))
    return found
