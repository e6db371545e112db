"""A wrong clock for a process of the lab: Debian's libfaketime, put where the process can load it."""

from __future__ import annotations

import shutil
from pathlib import Path

from lab.errors import LabError

LIBRARY = "libfaketimeMT.so.1"
PLACES = "/usr/lib/*/faketime"


def library() -> Path:
    """The one for programs with threads."""
    for folder in sorted(Path("/").glob(PLACES.removeprefix("/"))):
        if (folder / LIBRARY).is_file():
            return folder / LIBRARY
    raise LabError("there is no libfaketime on this machine", "install the package `faketime`")


def words(ahead: float, inside: str) -> list[str]:
    """What to put before a command: it then sees the wall clock `ahead` seconds off and the steady one as it is.
    `inside`: the library's path as that process sees it."""
    variables = {
        "LD_PRELOAD": inside,
        "FAKETIME": f"{ahead:+.0f}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DISABLE_SHM": "1",
    }
    return ["/usr/bin/env", *(f"{name}={value}" for name, value in variables.items())]


def copy_to(folder: Path) -> Path:
    """Put the library into `folder`, which the process can see."""
    return Path(shutil.copy2(library(), folder / LIBRARY))
