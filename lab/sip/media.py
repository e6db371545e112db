"""One RTP stream: sends a tone, keeps what it receives, and can wait until a tone is heard."""

import asyncio
import contextlib
import random
import struct
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from lab.errors import CallFailed
from lab.sip import g711
from lab.tones import RATE, loudness, share_of_time, tone, write_wave

FRAME = 160  # samples: 20 ms
FRAME_SECONDS = FRAME / RATE
DTMF = 101
DIGITS = "0123456789*#"
SPAN = 0.6  # seconds that must hold the tone
QUIET = 200.0
KEEP_SECONDS = 600


class RtpStream(asyncio.DatagramProtocol):
    """Bound to a loopback port from `open` to `close`; `remote` may be set and changed at any time."""

    def __init__(self, host: str, hz: float | None) -> None:
        self.host = host
        self.port = 0
        self.remote: tuple[str, int] | None = None
        self.packets_in = self.packets_out = 0
        self._heard: deque[tuple[float, bytes]] = deque(maxlen=int(KEEP_SECONDS / FRAME_SECONDS))
        self._news = asyncio.Event()
        self._digits: deque[str] = deque()
        self.digits = ""
        """The keys that were pressed at the other side."""
        self._key_stamp = b""
        self._sending = True
        self._ssrc = random.getrandbits(32)
        self._sequence = random.getrandbits(15)
        self._stamp = random.getrandbits(31)
        self.send_tone(hz)

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self.host, 0))
        self.port = self._transport.get_extra_info("sockname")[1]
        self._task = asyncio.create_task(self._send())

    async def close(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._transport.close()

    # --- what it says

    def send_tone(self, hz: float | None) -> None:
        """Say this tone from now on; None is silence, still sent. Tones in whole hertz are seamless."""
        samples = tone(hz, 1.0) if hz else [0] * RATE
        coded = g711.encode(samples)
        self._frames = [coded[n : n + FRAME] for n in range(0, RATE, FRAME)]

    def stop_sending(self) -> None:
        """Fall dumb, as a phone does that lost its network."""
        self._sending = False

    def send_digits(self, digits: str) -> None:
        """Press keys, one after the other (RFC 4733)."""
        self._digits.extend(digits)

    async def _send(self) -> None:
        started, count = time.monotonic(), 0
        while True:
            if self.remote and self._sending:
                if self._digits:
                    count += await self._press(self._digits.popleft(), started, count)
                    continue
                self._packet(0, self._frames[count % len(self._frames)], marker=count == 0)
            self._stamp = (self._stamp + FRAME) & 0xFFFFFFFF
            count += 1
            await self._pace(started, count)

    async def _pace(self, started: float, count: int) -> None:
        await asyncio.sleep(max(0.0, started + count * FRAME_SECONDS - time.monotonic()))

    async def _press(self, digit: str, started: float, count: int) -> int:
        """Eight frames of a key, the last three with the end bit, and two of silence after it."""
        for frame in range(8):
            flags = 0x80 if frame >= 5 else 0
            body = struct.pack("!BBH", DIGITS.index(digit), flags | 10, (frame + 1) * FRAME)
            self._packet(DTMF, body, marker=frame == 0)
            await self._pace(started, count + frame + 1)
        self._stamp = (self._stamp + 10 * FRAME) & 0xFFFFFFFF
        await self._pace(started, count + 10)
        return 10

    def _packet(self, kind: int, body: bytes, *, marker: bool) -> None:
        self._sequence = (self._sequence + 1) & 0xFFFF
        head = struct.pack("!BBHII", 0x80, kind | (0x80 if marker else 0), self._sequence, self._stamp, self._ssrc)
        self._transport.sendto(head + body, self.remote)
        self.packets_out += 1

    # --- what it hears

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if len(data) < 12 or data[0] >> 6 != 2:
            return
        if data[1] & 0x7F == DTMF:
            self._key_heard(data)
        if data[1] & 0x7F != 0:
            return
        self.packets_in += 1
        self._heard.append((time.monotonic(), data[12 + 4 * (data[0] & 0x0F) :]))
        self._news.set()

    def _key_heard(self, data: bytes) -> None:
        """A key comes in many packets of one time stamp (RFC 4733)."""
        stamp, event = data[4:8], data[12 + 4 * (data[0] & 0x0F)]
        if stamp == self._key_stamp or event >= len(DIGITS):
            return
        self._key_stamp = stamp
        self.digits += DIGITS[event]
        self._news.set()

    def error_received(self, exc: Exception) -> None:
        """The far port is closed already; nothing to do."""

    def heard(self, seconds: float | None = None) -> list[int]:
        """The samples of the last seconds, or of the whole call; what did not come is not there."""
        since = time.monotonic() - seconds if seconds else 0.0
        return g711.decode(b"".join(data for at, data in self._heard if at >= since))

    def share(self, hz: float, seconds: float = SPAN) -> float:
        """How much of the last seconds held the tone; nothing received counts as nothing heard."""
        samples = self.heard(seconds)
        return share_of_time(samples, hz) * min(1.0, len(samples) / (0.8 * seconds * RATE))

    async def heard_tone(self, hz: float, within: float = 5.0) -> float:
        """Wait until the tone filled the last 0.6 s; returns the seconds it took."""
        return await self._until(lambda: self.share(hz) >= 0.8, within, f"the tone of {hz} Hz was not heard")

    async def heard_digits(self, digits: str, within: float = 8.0) -> float:
        """Wait until these keys were pressed at the other side, and no others; returns the seconds it took."""
        return await self._until(lambda: self.digits == digits, within, f"the keys {digits} were not heard")

    async def heard_silence(self, within: float = 5.0) -> float:
        """Wait until nothing was heard for 0.6 s; returns the seconds it took."""
        return await self._until(lambda: loudness(self.heard(SPAN)) < QUIET, within, "it did not become silent")

    async def _until(self, fulfilled: Callable[[], bool], within: float, complaint: str) -> float:
        started = time.monotonic()
        await asyncio.sleep(SPAN)
        while not fulfilled():
            if time.monotonic() - started > within:
                strongest = max((self.share(hz), hz) for hz in (350, 440, 600, 700, 900, 1000))
                raise CallFailed(
                    f"{complaint} within {within:.0f} s", f"heard instead: {strongest[1]} Hz for {strongest[0]:.0%}"
                )
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), 0.1)
            await asyncio.sleep(0.05)
        return time.monotonic() - started

    def save(self, path: Path) -> None:
        """Everything that was heard, as a wave file."""
        write_wave(path, self.heard())
