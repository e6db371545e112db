"""The lab's root is made once, redone when it was left half-made, and never made where it cannot be."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from lab import root
from lab.errors import LabError

pytestmark = pytest.mark.unit


class Machine:
    """A Debian machine whose debootstrap makes an empty root with an asterisk."""

    def __init__(self, home: Path) -> None:
        self.home, self.made, self.fails = home, 0, False
        self.messages: list[str] = []

    def run(self, argv: list[str], **_more: Any) -> subprocess.CompletedProcess[str]:
        if argv[0] == "debootstrap":
            self.made += 1
            assert not self.home.exists(), "debootstrap must start from nothing"
            (self.home / "etc").mkdir(parents=True)
            (self.home / "usr/sbin").mkdir(parents=True)
            if self.fails:
                _more["stdout"].write("E: Failed getting release file\n")
                return subprocess.CompletedProcess(argv, 1, "", "")
            (self.home / "usr/sbin/asterisk").touch()
            (self.home / "etc/hosts").write_text("127.0.0.1 localhost\n")
        return subprocess.CompletedProcess(argv, 0, "Asterisk 22.1.0\n", "")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    found = Machine(tmp_path / "root")
    monkeypatch.setenv("TRUNKLINE_LAB_ROOT", str(found.home))
    monkeypatch.setattr(root.subprocess, "run", found.run)
    monkeypatch.setattr(root.shutil, "which", lambda name: None if name == "asterisk" else f"/bin/{name}")
    monkeypatch.setattr(root.os, "geteuid", lambda: 0)
    monkeypatch.setattr(root, "os_release", lambda: {"ID": "debian", "VERSION_CODENAME": "bookworm"})
    monkeypatch.setattr(root, "read_sources", lambda _apt: [root_source()])
    return found


def root_source() -> Any:
    from lab.mirrors import AptSource

    return AptSource("http://mirror.example/debian", ("bookworm",), ("main",))


def test_a_root_is_made_once_and_then_reused(machine: Machine) -> None:
    first = root.ensure_asterisk(machine.messages.append)
    second = root.ensure_asterisk(machine.messages.append)

    assert machine.made == 1
    assert first == second == root.AsteriskBinary(machine.home, "Asterisk 22.1.0")
    assert any("500 MB" in message for message in machine.messages)


def test_a_half_made_root_is_removed_and_made_again(machine: Machine) -> None:
    (machine.home / "usr/sbin").mkdir(parents=True)
    (machine.home / "usr/sbin/asterisk").touch()

    root.ensure_asterisk(machine.messages.append)

    assert machine.made == 1
    assert (machine.home / root.MARKER).read_text() == "Asterisk 22.1.0\n"


def test_a_failure_names_its_cause_and_leaves_no_mark(machine: Machine) -> None:
    machine.fails = True

    with pytest.raises(LabError, match="Failed getting release file"):
        root.ensure_asterisk(machine.messages.append)
    assert not (machine.home / root.MARKER).exists()

    machine.fails = False
    assert root.ensure_asterisk(machine.messages.append).version == "Asterisk 22.1.0"


def test_the_machines_own_name_is_put_into_the_roots_hosts_once(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(root.socket, "gethostname", lambda: "pbx7")
    for _ in range(2):
        root.ensure_asterisk(machine.messages.append)

    lines = (machine.home / "etc/hosts").read_text().splitlines()
    assert lines == ["127.0.0.1 localhost", "127.0.0.1 localhost pbx7"]


def test_the_systems_own_asterisk_is_used_where_there_is_one(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(root.shutil, "which", lambda name: f"/usr/sbin/{name}")

    assert root.ensure_asterisk(machine.messages.append) == root.AsteriskBinary(Path("/"), "Asterisk 22.1.0")
    assert machine.made == 0


def test_without_root_or_on_another_system_the_reason_and_the_cure_are_said(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(root.os, "geteuid", lambda: 1000)
    obstacle = root.why_not()
    assert obstacle
    assert "needs root" in obstacle.cause
    assert "--switch sim" in obstacle.cure

    monkeypatch.setattr(root.os, "geteuid", lambda: 0)
    monkeypatch.setattr(root, "os_release", lambda: {"ID": "fedora"})
    with pytest.raises(LabError, match="neither Debian nor Ubuntu"):
        root.ensure_asterisk(machine.messages.append)


def test_paths_are_translated_into_the_root() -> None:
    inside = root.AsteriskBinary(Path("/cache/root"), "x")

    assert inside.inside(Path("/cache/root/srv/lab/etc")) == "/srv/lab/etc"
    assert inside.argv("-V") == ["chroot", "/cache/root", "/usr/sbin/asterisk", "-V"]
    assert root.AsteriskBinary(Path("/"), "x").inside(Path("/srv/lab/etc")) == "/srv/lab/etc"
