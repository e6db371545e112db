"""The machine and the code that figures belong to."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Machine:
    """`load_before` is the load average of the last minute when the benchmark began: above the number of cores, the
    figures say more of the neighbours than of us."""

    cpu: str
    cores: int
    memory_mb: int
    system: str
    python: str
    load_before: float


def this_machine() -> Machine:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MIB
    return Machine(
        _cpu(),
        os.cpu_count() or 1,
        memory,
        platform.platform(),
        platform.python_version(),
        round(os.getloadavg()[0], 2),
    )


def commit() -> str:
    """The commit that is checked out, with + when something in the tree differs from it; empty outside a clone."""
    try:
        head = _git("rev-parse", "--short=12", "HEAD")
        return f"{head}+" if _git("status", "--porcelain", "--untracked-files=no") else head
    except (OSError, subprocess.CalledProcessError):
        return ""


def rss_mb(pid: int) -> float:
    """Resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _git(*words: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *words], check=True, capture_output=True, text=True, timeout=20)
    return done.stdout.strip()
