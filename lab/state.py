"""Where running switches of the lab are noted, so that another command finds them: var/lab/<name>.json."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from lab.daemon import is_asterisk_of
from lab.errors import LabError

NO_SWITCH = LabError(
    "no lab Asterisk runs here",
    "start one with `trunkline lab up` (or `make run`) in this directory, or use --switch sim",
)


@dataclass(frozen=True, slots=True)
class LabState:
    """What another command needs to know of a running lab Asterisk. Holds no secret."""

    name: str
    pid: int
    sip_host: str
    sip_port: int
    trunk_host: str
    ami_port: int
    ws_url: str
    home: str
    trunk_port: int = 0

    @property
    def running(self) -> bool:
        return is_asterisk_of(self.pid, self.name)


def state_dir() -> Path:
    """`$TRUNKLINE_LAB_STATE`, else var/lab in the current directory."""
    return Path(os.environ.get("TRUNKLINE_LAB_STATE") or Path("var") / "lab")


def save(state: LabState) -> Path:
    state_dir().mkdir(parents=True, exist_ok=True)
    path = state_dir() / f"{state.name}.json"
    path.write_text(json.dumps(asdict(state), indent=1) + "\n")
    return path


def forget(name: str) -> None:
    (state_dir() / f"{name}.json").unlink(missing_ok=True)


def running() -> list[LabState]:
    """The lab Asterisks that run; notes of others are dropped."""
    found = []
    for path in sorted(state_dir().glob("*.json")):
        try:
            state = LabState(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            continue
        if state.running:
            found.append(state)
        else:
            path.unlink(missing_ok=True)
    return found


def find(name: str = "") -> LabState:
    """The running lab of that name, or the only one. Raises LabError when there is none, or a choice."""
    labs = running()
    if name:
        labs = [lab for lab in labs if lab.name == name]
    if not labs:
        raise NO_SWITCH
    if len(labs) > 1:
        names = ", ".join(lab.name for lab in labs)
        raise LabError(f"several lab Asterisks run here: {names}", "choose one with --name")
    return labs[0]
