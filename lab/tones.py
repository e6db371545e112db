"""Makes and finds tones, so that a test can tell who is heard where. Pure but for reading and writing wave files."""

import math
import struct
import wave
from collections.abc import Sequence
from pathlib import Path

RATE = 8000
WINDOW = 0.1  # seconds looked at in one step
AMPLITUDE = 8000


def tone(hz: float, seconds: float, *, rate: int = RATE, amplitude: int = AMPLITUDE) -> list[int]:
    """A sine as 16-bit samples."""
    step = 2 * math.pi * hz / rate
    return [int(amplitude * math.sin(step * n)) for n in range(int(seconds * rate))]


def power_share(samples: Sequence[int], hz: float, rate: int = RATE) -> float:
    """How much of the power of the samples is at `hz` (Goertzel): 0 is none, 1 is a pure tone; silence is 0."""
    total = sum(s * s for s in samples)
    if not samples or total / len(samples) < 100:
        return 0.0
    coefficient = 2 * math.cos(2 * math.pi * hz / rate)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + coefficient * last - before
    power = last * last + before * before - coefficient * last * before
    return min(1.0, 2 * power / (len(samples) * total))


def loudness(samples: Sequence[int]) -> float:
    """Root mean square, 0 to 32767."""
    return math.sqrt(sum(s * s for s in samples) / len(samples)) if samples else 0.0


def share_of_time(samples: Sequence[int], hz: float, rate: int = RATE, threshold: float = 0.3) -> float:
    """The share of 100 ms windows in which the tone is clearly there."""
    size = int(WINDOW * rate)
    windows = [samples[n : n + size] for n in range(0, len(samples) - size + 1, size)]
    if not windows:
        return 0.0
    return sum(power_share(window, hz, rate) >= threshold for window in windows) / len(windows)


def read_wave(path: Path) -> tuple[list[int], int]:
    """The samples of a mono 16-bit file and its rate. A file still being written is read as far as it goes."""
    with wave.open(str(path)) as sound:
        if sound.getnchannels() != 1 or sound.getsampwidth() != 2:
            raise ValueError(f"{path} is not a mono 16-bit wave file")
        data = sound.readframes(sound.getnframes())
        return list(struct.unpack(f"<{len(data) // 2}h", data)), sound.getframerate()


def write_wave(path: Path, samples: Sequence[int], rate: int = RATE) -> None:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(struct.pack(f"<{len(samples)}h", *samples))


def tone_share(path: Path, hz: float, start: float = 0, end: float | None = None) -> float:
    """The share of the time between `start` and `end` (seconds) of a wave file in which a tone is there."""
    samples, rate = read_wave(path)
    stop = None if end is None else int(end * rate)
    return share_of_time(samples[int(start * rate) : stop], hz, rate)
