"""Starts a switch in the background, and says how a platform reaches it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cti.dialplan.kit import AMI_FILE, PHONES_FILE
from lab import state
from lab.asterisk import AsteriskLab, LabSettings
from lab.errors import LabError
from lab.sim.control import is_running, state_file

SIM_START = 10.0
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Reach:
    """How a platform reaches a switch of the lab; `env` is the file that holds the same as settings."""

    env: Path
    ami_port: int
    ami_user: str
    ami_secret: str
    phones_file: Path
    recordings_dir: Path
    ws_base: str

    @classmethod
    def noted(cls, name: str) -> "Reach":
        """What was noted when the switch of that name was started; raises LabError when nothing was."""
        path = env_file(name)
        try:
            lines = path.read_text().splitlines()
        except OSError as error:
            raise LabError(f"there are no notes on the lab {name}", "end it by hand and start it again") from error
        values = dict(line.removeprefix("TRUNKLINE_").split("=", 1) for line in lines)
        return cls(
            env=path,
            ami_port=int(values["AMI_PORT"]),
            ami_user=values["AMI_USER"],
            ami_secret=values["AMI_SECRET"],
            phones_file=Path(values["PHONES_FILE"]),
            recordings_dir=Path(values["RECORDINGS_DIR"]),
            ws_base=values.get("WS_BASE", ""),
        )

    def note(self) -> None:
        """Write the settings file. It holds the AMI secret, so it is for this user only."""
        self.env.parent.mkdir(parents=True, exist_ok=True)
        values = {
            "PBX": "asterisk",
            "AMI_HOST": "127.0.0.1",
            "AMI_PORT": self.ami_port,
            "AMI_USER": self.ami_user,
            "AMI_SECRET": self.ami_secret,
            "PHONES_FILE": self.phones_file,
            "RECORDINGS_DIR": self.recordings_dir,
            "WS_BASE": self.ws_base,
        }
        self.env.unlink(missing_ok=True)
        with os.fdopen(os.open(self.env, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.writelines(f"TRUNKLINE_{key}={value}\n" for key, value in values.items())


def env_file(name: str) -> Path:
    return (state.state_dir() / f"{name}.env").absolute()


async def asterisk(name: str, phones: int, plain_phones: int, say: Say) -> Reach:
    """A real Asterisk that outlives us. Raises LabError when one of that name runs already."""
    if any(lab.name == name for lab in state.running()):
        raise LabError(f"the lab {name} runs already", f"use it, or end it with `trunkline lab down --name {name}`")
    settings = LabSettings(name=name, phones=phones, plain_phones=plain_phones, announce=True, detached=True)
    lab = AsteriskLab(settings, say)
    await lab.start()
    reach = Reach(
        env=env_file(name),
        ami_port=lab.ami.port,
        ami_user=lab.ami.user,
        ami_secret=lab.ami.secret,
        phones_file=lab.phones,
        recordings_dir=lab.recordings_dir,
        ws_base=lab.ws_url.removesuffix("/ws"),
    )
    reach.note()
    say(f"SIP callers: {lab.sip[0]}:{lab.sip[1]} from {lab.trunk_address}; AMI port {lab.ami.port}")
    say(f"browser phones: {lab.ws_url}, secrets in {lab.phones}")
    return reach


def sim(name: str, phones: int, say: Say, *options: str) -> Reach:
    """A simulated switch in a process of its own. Raises LabError when one runs already or it does not start."""
    if is_running():
        raise LabError("a simulated switch runs already", "use it, or end it with `trunkline lab down --switch sim`")
    folder = (state.state_dir() / f"{name}-sim").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for left in (AMI_FILE, PHONES_FILE):  # of a switch that ended: its port would be taken for the new one's
        (folder / left).unlink(missing_ok=True)
    argv = [sys.executable, "-m", "lab.sim", "--port", "0", "--phones", str(phones), "--files", str(folder), *options]
    with (folder / "console.log").open("wb") as output:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
    deadline = time.monotonic() + SIM_START
    while not (state_file().is_file() and (folder / AMI_FILE).is_file()):
        if process.poll() is not None or time.monotonic() > deadline:
            raise LabError("the simulated switch did not start", f"look into {folder / 'console.log'}")
        time.sleep(0.05)
    ami = json.loads((folder / AMI_FILE).read_text())
    reach = Reach(env_file(name), ami["port"], ami["user"], ami["secret"], folder / PHONES_FILE, folder, "")
    reach.note()
    say(f"the simulated switch runs: AMI port {ami['port']}")
    return reach
