"""Finished recordings on disk: found by our own name only, never by a path that somebody gave."""

from __future__ import annotations

import re
import wave
from dataclasses import dataclass
from pathlib import Path

NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,180}")


@dataclass(frozen=True, slots=True)
class SoundFile:
    """Length in seconds and size in bytes of a finished file."""

    seconds: float
    bytes: int


def locate(folder: Path, name: str) -> Path | None:
    """The file `name` directly in `folder`; None for a name that is not ours or leads out of the folder."""
    if not NAME.fullmatch(name) or ".." in name:
        return None
    path = (folder / name).resolve()
    return path if path.parent == folder.resolve() else None


def measure(path: Path) -> SoundFile:
    """Length and size: of the sound that is there, whatever the header promises (a full disk cuts it off). Raises
    OSError when there is no such file, ValueError when it is no sound."""
    size = path.stat().st_size
    try:
        with wave.open(str(path), "rb") as sound:
            frames = min(sound.getnframes(), size // (sound.getsampwidth() * sound.getnchannels()))
            return SoundFile(frames / sound.getframerate(), size)
    except (wave.Error, EOFError) as error:
        raise ValueError(f"not a wave file: {error}") from error
