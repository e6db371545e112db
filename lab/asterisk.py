"""A real Asterisk of one's own: `async with AsteriskLab(LabSettings()) as lab:` starts it on free ports with the kit
installed; several run side by side."""

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from cti.dialplan import installer
from cti.dialplan.installer import DATA_DIRS
from cti.dialplan.kit import PHONES_FILE, PRIVATE_FILES, KitSettings
from lab import daemon, fakeclock, state
from lab.ami import LabAmi
from lab.caller import MUSIC_HZ
from lab.errors import LabError, SwitchNotReady
from lab.ports import Ports, choose_ports
from lab.root import AsteriskBinary, Say, default_root, ensure_asterisk
from lab.sounds import Sounds
from lab.sounds import put as put_sounds
from lab.switchconf import OBSERVER, STAND_IN, TRUNK_ADDRESS, Places, switch_files
from lab.tones import tone, write_wave

MUSIC_SECONDS = 10
START_LIMIT = 40.0
STOP_LIMIT = 8.0
SUBDIRS = ("etc", "run", "lib", "spool", "log", "recordings", "lib/music", "lib/keys")


@dataclass(frozen=True, slots=True)
class AmiAccess:
    """How to sign in to the instance's AMI."""

    host: str
    port: int
    user: str
    secret: str

    def client(self) -> LabAmi:
        return LabAmi(self.host, self.port, self.user, self.secret)


@dataclass(frozen=True, slots=True)
class LabSettings:
    """`phones`: the size of the pool; the last `plain_phones` of it are ordinary SIP phones (for `lab.caller`), the
    others browsers. `record`: all or never. `music=False` leaves the music class without files, `sounds` is what it can
    say. `announce` notes it in
    var/lab for other commands; a `detached` one is not cleared away when its starter is gone. `clock_ahead`: seconds
    that its wall clock is wrong."""

    name: str = ""
    phones: int = 8
    plain_phones: int = 0
    record: str = "all"
    music: bool = True
    sounds: Sounds = Sounds.shipped
    announce: bool = False
    detached: bool = False
    clock_ahead: float = 0.0
    ports: Ports = field(default_factory=choose_ports)


class AsteriskLab:
    """One Asterisk instance: started, stopped or killed, and looked into."""

    def __init__(self, settings: LabSettings | None = None, say: Say = print) -> None:
        self.settings = settings or LabSettings()
        self.name = self.settings.name or f"t{os.getpid()}-{secrets.token_hex(3)}"
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None
        self._prepared = False
        self._observer_secret = secrets.token_urlsafe(18)

    # --- what there is to know about it

    @property
    def ports(self) -> Ports:
        return self.settings.ports

    @property
    def ami(self) -> AmiAccess:
        """The platform's own user, with the platform's rights."""
        known = json.loads((self.home / "etc" / "ami.json").read_text())
        return AmiAccess(known["host"], known["port"], known["user"], known["secret"])

    @property
    def observer(self) -> AmiAccess:
        """A user with all rights, for tests that look behind the scenes."""
        return AmiAccess("127.0.0.1", self.ports.ami, OBSERVER, self._observer_secret)

    @property
    def stand_in(self) -> AmiAccess:
        """A user with the platform's rights that also hears the fallback queue: for tests that play the platform."""
        return AmiAccess("127.0.0.1", self.ports.ami, STAND_IN, self._observer_secret)

    @property
    def phones(self) -> Path:
        return self.home / "etc" / PHONES_FILE

    def phone_secret(self, endpoint: str) -> str:
        return installer.known_secrets(self.home / "etc")[0][endpoint]

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.ports.http}/ws"

    @property
    def sip(self) -> tuple[str, int]:
        """Where SIP requests go to, from the trunk's address and from plain phones."""
        return "127.0.0.1", self.ports.sip

    @property
    def trunk_address(self) -> str:
        return TRUNK_ADDRESS

    @property
    def recordings_dir(self) -> Path:
        """As seen from the host."""
        return self.home / "recordings"

    @property
    def log_file(self) -> Path:
        return self.home / "log" / "messages.log"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    # --- life

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
        self.remove()

    async def start(self) -> None:
        """Prepare the directories at the first start, run Asterisk, wait until it is fully booted."""
        self.binary = await asyncio.to_thread(ensure_asterisk, self._say)
        if not self._prepared:
            await asyncio.to_thread(self._prepare)
        started = time.monotonic()
        self._launch()
        try:
            await asyncio.wait_for(self._booted(), START_LIMIT)
        except (TimeoutError, SwitchNotReady) as error:
            await self.kill()
            tail = " | ".join((self.home / "log" / "console.log").read_text(errors="replace").splitlines()[-3:])
            raise SwitchNotReady(f"Asterisk did not boot: {tail}", f"look into {self.home}/log") from error
        if self.settings.announce:
            state.save(self.state())
        self._say(f"{self.binary.version} is up after {time.monotonic() - started:.1f} s (lab {self.name})")

    def _launch(self) -> None:
        with (self.home / "log" / "console.log").open("ab") as output:
            argv = self.binary.argv("-C", self._conf, "-f", *_run_as(self.binary), before=self._clock())
            self._process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )

    def _clock(self) -> list[str]:
        if not self.settings.clock_ahead:
            return []
        place = fakeclock.copy_to(self.home / "lib")
        return fakeclock.words(self.settings.clock_ahead, self.binary.inside(place))

    async def _booted(self) -> None:
        while self.running:
            try:
                async with self.observer.client() as ami:
                    await ami.event("FullyBooted", timeout=START_LIMIT)
                    return
            except (OSError, asyncio.IncompleteReadError, SwitchNotReady):
                await asyncio.sleep(0.05)
        raise SwitchNotReady("Asterisk ended while starting", f"look into {self.home}/log/console.log")

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    async def stop(self) -> None:
        """End it: in good order first, by force after a few seconds."""
        if self.settings.announce:
            state.forget(self.name)
        if self._process and self.running:
            self._process.send_signal(signal.SIGTERM)
            if not await self._ended(STOP_LIMIT):
                await self.kill()

    async def kill(self) -> None:
        """SIGKILL: the switch dies in the middle of whatever it does. `start` brings it back with the same files."""
        if self._process and self.running:
            self._process.kill()
            await self._ended(STOP_LIMIT)

    async def _ended(self, within: float) -> bool:
        if self._process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(self._process.wait, within)
        return not self.running

    def state(self) -> state.LabState:
        """What other commands need to find it."""
        host, port = self.sip
        return state.LabState(
            name=self.name,
            pid=self.pid or 0,
            sip_host=host,
            sip_port=port,
            trunk_host=TRUNK_ADDRESS,
            ami_port=self.ports.ami,
            ws_url=self.ws_url,
            home=str(self.home),
            trunk_port=self.ports.trunk,
        )

    def remove(self) -> None:
        """Delete the instance's directories, recordings too."""
        shutil.rmtree(self.home, ignore_errors=True)

    async def rasterisk(self, command: str) -> str:
        """The output of a CLI command."""
        argv = self.binary.argv("-C", self._conf, "-rx", command)
        process = await asyncio.create_subprocess_exec(*argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output, _ = await process.communicate()
        return output.decode(errors="replace")

    async def recording(self, interaction: str, side: str = "", within: float = 5.0) -> Path:
        """A finished recording of a call: both sides mixed, or `rx` (the caller) or `tx` (what the caller heard).
        Asterisk writes the end of it a moment after the hang-up."""
        path = self.recordings_dir / (f"{interaction}-{side}.wav" if side else f"{interaction}.wav")
        deadline = time.monotonic() + within
        while not _finished_wave(path):
            if time.monotonic() > deadline:
                raise LabError(f"the recording {path.name} was not finished within {within:.0f} s", "is the call over?")
            await asyncio.sleep(0.05)
        return path

    # --- preparation

    @property
    def _conf(self) -> str:
        return self.binary.inside(self.home / "etc" / "asterisk.conf")

    def _prepare(self) -> None:
        self.home = instances_dir(self.binary) / self.name
        daemon.sweep(self.home.parent)
        daemon.clear(self.home)
        for part in SUBDIRS:
            (self.home / part).mkdir(parents=True, exist_ok=True)
        inside = {part: PurePosixPath(self.binary.inside(self.home / part)) for part in SUBDIRS}
        places = replace(Places(*(inside[part] for part in SUBDIRS[:5])), data=self._data())
        for name, text in switch_files(self.ports, places, self._observer_secret).items():
            (self.home / "etc" / name).write_text(text)
        if self.settings.music:
            write_wave(self.home / "lib/music/tone.wav", tone(MUSIC_HZ, MUSIC_SECONDS))
        installer.write(self.home / "etc", self._kit(inside))
        _hand_over(self.binary, self.home)
        daemon.mark_owner(self.home, detached=self.settings.detached)
        self._prepared = True

    def _data(self) -> PurePosixPath | None:
        """Asterisk's data directory with sounds of our own in it, when it is to have such; else None."""
        if self.settings.sounds is Sounds.shipped:
            return None
        data = self.home / "data"
        (data / "sounds").mkdir(parents=True, exist_ok=True)
        if self.settings.sounds is Sounds.tones:
            put_sounds(data / "sounds")
        theirs = next(one for one in DATA_DIRS if (self.binary.root / one.relative_to("/") / "documentation").is_dir())
        for entry in (self.binary.root / theirs.relative_to("/")).iterdir():
            if entry.name != "sounds":
                (data / entry.name).symlink_to(theirs / entry.name)
        return PurePosixPath(self.binary.inside(data))

    def _kit(self, inside: dict[str, PurePosixPath]) -> KitSettings:
        base = installer.settings_for(self.home / "etc", self.settings.phones)
        first_plain = len(base.phones) - self.settings.plain_phones
        pool = tuple(replace(phone, webrtc=n < first_plain) for n, phone in enumerate(base.phones))
        return replace(
            base,
            phones=pool,
            ami_port=self.ports.ami,
            rec_dir=str(inside["recordings"]),
            moh_dir=str(inside["lib/music"]),
            record=self.settings.record,
            media_address="127.0.0.1",
        )


def instances_dir(binary: AsteriskBinary) -> Path:
    """Where instances keep their files: inside the root, or a place every user can reach."""
    if binary.chrooted:
        return binary.root / "srv" / "trunkline-lab"
    return Path("/var/lib/trunkline-lab") if os.geteuid() == 0 else default_root().parent / "instances"


def _finished_wave(path: Path) -> bool:
    """Whether the length in the header is that of the file: while it is written, the header says nothing yet."""
    if not path.is_file() or path.stat().st_size < 44:
        return False
    with path.open("rb") as file:
        head = file.read(8)
    return head[:4] == b"RIFF" and int.from_bytes(head[4:], "little") + 8 == path.stat().st_size


def _asterisk_ids(binary: AsteriskBinary) -> tuple[int, int] | None:
    lines = (line.split(":") for line in (binary.root / "etc/passwd").read_text().splitlines())
    return next(((int(line[2]), int(line[3])) for line in lines if line[0] == "asterisk"), None)


def _run_as(binary: AsteriskBinary) -> list[str]:
    return ["-U", "asterisk", "-G", "asterisk"] if os.geteuid() == 0 and _asterisk_ids(binary) else []


def _hand_over(binary: AsteriskBinary, home: Path) -> None:
    """Give the instance to Asterisk's user; the platform's own files stay ours, recordings stay readable."""
    ids = _asterisk_ids(binary) if os.geteuid() == 0 else None
    for path in (home, *(path for path in home.rglob("*") if not path.is_symlink())):
        if ids and path.name not in PRIVATE_FILES:
            os.chown(path, *ids)
        if path.is_dir():
            path.chmod(0o755)
