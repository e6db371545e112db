"""Provides an Asterisk to run: the system's own, or a Debian root with one, made once outside the checkout
and reused."""

import fcntl
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError
from lab.mirrors import choose_mirror, read_sources

MARKER = ".trunkline-complete"
PACKAGES = "asterisk,asterisk-core-sounds-es,asterisk-core-sounds-ru"
"""English sounds come with it; a root made before there were others does without them."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class AsteriskBinary:
    """How to start an Asterisk: `root` is the chroot it lives in, or `/`."""

    root: Path
    version: str

    @property
    def chrooted(self) -> bool:
        return self.root != Path("/")

    def argv(self, *arguments: str, before: Sequence[str] = ()) -> list[str]:
        """`before`: a command in the same root that runs it."""
        if not self.chrooted:
            return [*before, "asterisk", *arguments]
        return ["chroot", str(self.root), *before, "/usr/sbin/asterisk", *arguments]

    def inside(self, host_path: Path) -> str:
        """The path that Asterisk sees for a path of the host."""
        return "/" + str(host_path.relative_to(self.root)) if self.chrooted else str(host_path)


def default_root() -> Path:
    """Where the root is kept: `$TRUNKLINE_LAB_ROOT`, else under the user's cache."""
    if chosen := os.environ.get("TRUNKLINE_LAB_ROOT"):
        return Path(chosen)
    return Path.home() / ".cache" / "trunkline" / "asterisk-root"


def os_release(path: Path = Path("/etc/os-release")) -> dict[str, str]:
    pairs = (line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    return {key: value.strip('"') for key, value in pairs}


def why_not() -> LabError | None:
    """Why no Asterisk can be had on this machine; None when one can. Quick: makes nothing."""
    if shutil.which("asterisk") or _complete(default_root()):
        return None if shutil.which("asterisk") or os.geteuid() == 0 else _needs_root()
    if os.geteuid() != 0:
        return _needs_root()
    release = os_release() if Path("/etc/os-release").is_file() else {}
    if release.get("ID") not in ("debian", "ubuntu"):
        return LabError(
            "there is no asterisk on this machine and it is neither Debian nor Ubuntu",
            "install Asterisk 20, 22 or 23 so that `asterisk` is on PATH, or use --switch sim",
        )
    return None


def _needs_root() -> LabError:
    return LabError(
        "there is no asterisk on PATH, and making one for the lab needs root (chroot, debootstrap)",
        "run as root, install Asterisk with the system's package manager, or use --switch sim",
    )


def ensure_asterisk(say: Say = print) -> AsteriskBinary:
    """Find an Asterisk or make one (about a minute, once). Safe to run from several processes at once."""
    if found := shutil.which("asterisk"):
        return AsteriskBinary(Path("/"), _version([found, "-V"]))
    if problem := why_not():
        raise problem
    root = default_root()
    root.parent.mkdir(parents=True, exist_ok=True)
    with _locked(root.with_name(root.name + ".lock"), say):
        if not _complete(root):
            _make(root, say)
        _name_the_host(root)
    return AsteriskBinary(root, (root / MARKER).read_text().strip())


def _complete(root: Path) -> bool:
    return (root / MARKER).is_file() and (root / "usr/sbin/asterisk").is_file()


def _version(argv: list[str]) -> str:
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def _locked(path: Path, say: Say) -> Iterator[None]:
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"another process is preparing the lab's Asterisk, waiting for it (lock {path})")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _make(root: Path, say: Say) -> None:
    started = time.monotonic()
    release = os_release()
    mirror = choose_mirror(read_sources(Path("/etc/apt")), release.get("VERSION_CODENAME", ""))
    if mirror is None:
        raise LabError(
            "no Debian mirror was found in this machine's apt sources",
            "add a `deb` line to /etc/apt/sources.list, or install Asterisk so that it is on PATH",
        )
    _need_debootstrap(say)
    if root.exists():
        say(f"removing the half-made root {root}")
        _remove(root)
    suite, extra = ("sid", []) if release["ID"] == "debian" else _ubuntu(release)
    say(f"making a {suite} root with Asterisk in {root} (once; about 500 MB and one to two minutes)")
    log = root.with_name(root.name + ".log")
    argv = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", *extra, suite, str(root), mirror]
    with log.open("w") as output:
        done = subprocess.run(argv, stdout=output, stderr=subprocess.STDOUT, env=_proxied_env(), check=False)
    if done.returncode:
        tail = " | ".join(log.read_text().splitlines()[-3:])
        raise LabError(
            f"debootstrap ended with {done.returncode}: {tail}",
            f"look into {log}; see that the apt mirror can be reached, then run the same again",
        )
    version = _version(["chroot", str(root), "/usr/sbin/asterisk", "-V"])
    (root / MARKER).write_text(version + "\n")
    say(f"{version} is ready in {root} after {time.monotonic() - started:.0f} s")


def _ubuntu(release: dict[str, str]) -> tuple[str, list[str]]:
    return release["VERSION_CODENAME"], ["--components=main,universe"]


def _need_debootstrap(say: Say) -> None:
    if shutil.which("debootstrap"):
        return
    say("installing debootstrap")
    done = subprocess.run(
        ["apt-get", "install", "-y", "--no-install-recommends", "debootstrap"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise LabError(
            f"debootstrap cannot be installed: {done.stderr.strip()[-300:]}", "run `apt-get update`, then again"
        )


def _proxied_env() -> dict[str, str]:
    """debootstrap does not read apt's proxy setting: hand it over."""
    shown = subprocess.run(
        ["apt-config", "shell", "PROXY", "Acquire::http::Proxy"], capture_output=True, text=True, check=False
    ).stdout
    proxy = shown.partition("=")[2].strip().strip("'\"")
    env = dict(os.environ)
    if proxy and proxy != "DIRECT":
        env.setdefault("http_proxy", proxy)
    return env


def _mounts_under(root: Path) -> list[str]:
    points = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return sorted((point for point in points if Path(point).is_relative_to(root)), reverse=True)


def _remove(root: Path) -> None:
    """Delete a root; whatever an interrupted debootstrap left mounted goes first, never its contents."""
    for point in _mounts_under(root):
        subprocess.run(["umount", point], check=False)
    if left := _mounts_under(root):
        raise LabError(f"{', '.join(left)} cannot be unmounted", f"unmount by hand, then remove {root}")
    shutil.rmtree(root)


def _name_the_host(root: Path) -> None:
    """Without its own host name in the hosts file, Asterisk asks DNS for every call and stalls."""
    hosts = root / "etc/hosts"
    text = hosts.read_text() if hosts.is_file() else ""
    wanted = f"127.0.0.1 localhost {socket.gethostname()}"
    if wanted not in text.splitlines():
        hosts.write_text(f"{text.rstrip()}\n{wanted}\n".lstrip())
