"""Where a running platform is and which switch it uses: a file beside its database, for the doctor."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cti.ami.settings import AmiSettings
from server.pbx import Pbx

NAME = "running.json"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """`pbx` is asterisk, lab or sim; the AMI's secret is noted for switches of our own making only."""

    pid: int
    port: int
    pbx: str
    ami_host: str
    ami_port: int
    ami_user: str
    phones_file: str
    recordings_dir: str
    ws_base: str
    ami_secret: str = field(default="", repr=False)

    def switch(self) -> Pbx:
        """The switch that the running platform uses."""
        ami = AmiSettings(self.ami_host, self.ami_port, self.ami_user, self.ami_secret)
        return Pbx(self.pbx, "", ami, Path(self.phones_file), self.ws_base, Path(self.recordings_dir))


@contextmanager
def noted(data_dir: Path, port: int, pbx: Pbx) -> Iterator[None]:
    """Note it while the platform runs. A folder that cannot be written keeps nobody from running."""
    secret = pbx.ami.secret if pbx.kind != "asterisk" else ""
    ami = pbx.ami
    found = Whereabouts(
        os.getpid(), port, pbx.kind, ami.host, ami.port, ami.username, str(pbx.phones_file.absolute()),
        str(pbx.recordings_dir.absolute()), pbx.ws_base, secret,
    )  # fmt: skip
    path = data_dir / NAME
    with suppress(OSError):
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump(asdict(found), file)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def find(data_dir: Path) -> Whereabouts | None:
    """The platform that runs on this folder; None when there is none, or a killed one left its note."""
    try:
        found = Whereabouts(**json.loads((data_dir / NAME).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return found if _runs(found.pid) else None


def _runs(pid: int) -> bool:
    try:
        return b"trunkline" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
