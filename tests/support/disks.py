"""File systems that are too small; for root only, like the tests' Asterisk."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def small_disk(folder: Path, kib: int) -> Iterator[Path]:
    """`folder` is a file system of a few KiB of its own while the block runs; anybody may write."""
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kib}k,mode=777", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, timeout=10, check=False)
    assert done.returncode == 0, f"this test mounts a small file system, as root: {done.stderr}"
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True, timeout=10)


def fill(path: Path) -> None:
    """Until there is no room left."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * 4096)


def enlarge(folder: Path, kib: int) -> None:
    """More room on the same file system."""
    subprocess.run(["mount", "-o", f"remount,size={kib}k", str(folder)], check=True, timeout=10)
