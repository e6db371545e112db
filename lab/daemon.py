"""Ends Asterisk processes that nobody looks after any more: those of a command that has long returned,
or of one that died."""

import contextlib
import json
import os
import shutil
import signal
import time
from pathlib import Path

OWNER_FILE = "owner.json"
PATIENCE = 8.0


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def is_asterisk_of(pid: int, name: str) -> bool:
    """Whether that process is the Asterisk of the lab instance: process ids are used again."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return any(part.endswith(f"/{name}/etc/asterisk.conf".encode()) for part in command)


def end(pid: int, name: str, patience: float = PATIENCE) -> None:
    """Ask the instance's Asterisk to stop, make it after a while. Nothing happens to any other process."""
    for number, limit in ((signal.SIGTERM, patience), (signal.SIGKILL, patience)):
        if not is_asterisk_of(pid, name) or not alive(pid):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + limit
        while alive(pid) and time.monotonic() < deadline:
            time.sleep(0.02)


def mark_owner(home: Path, *, detached: bool) -> None:
    """Note who started the instance; a detached one outlives its starter."""
    (home / OWNER_FILE).write_text(json.dumps({"pid": os.getpid(), "detached": detached}))


def clear(home: Path) -> None:
    """End whatever still runs there and delete it."""
    with contextlib.suppress(OSError, ValueError):
        end(int((home / "run" / "asterisk.pid").read_text()), home.name)
    shutil.rmtree(home, ignore_errors=True)


def sweep(instances: Path) -> None:
    """Clear the instances whose starter died without stopping them."""
    for owner in instances.glob(f"*/{OWNER_FILE}"):
        with contextlib.suppress(OSError, ValueError, KeyError):
            said = json.loads(owner.read_text())
            if not said["detached"] and not alive(int(said["pid"])):
                clear(owner.parent)
