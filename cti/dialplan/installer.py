"""Puts the kit's own files into an Asterisk's configuration, and says what an administrator still has to do.

Nothing that is not ours is ever changed: `check` names the lines to add and the file to add them to."""

import ipaddress
import os
import pwd
import re
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from cti.dialplan import written
from cti.dialplan.kit import (
    CONF_FILES,
    PRIVATE_FILES,
    SECRET_FILES,
    KitSettings,
    Phone,
    endpoint_name,
    render,
)

DEFAULT_PHONES = 20
# Our file: the main file that must reach it, and the file a FreePBX administrator adds the line to.
PARENTS = {
    "cti_extensions.conf": ("extensions.conf", "extensions_custom.conf"),
    "cti_pjsip.conf": ("pjsip.conf", "pjsip.endpoint_custom.conf"),
    "cti_queues.conf": ("queues.conf", "queues_custom.conf"),
    "cti_musiconhold.conf": ("musiconhold.conf", "musiconhold_custom.conf"),
    "cti_manager.conf": ("manager.conf", "manager_custom.conf"),
}
MAY_DIFFER = frozenset({"cti_pjsip.conf"})
"""Whether it has a transport of its own depends on what other files had when it was written."""
FREEPBX_SIGN = "extensions_additional.conf"
INCLUDE = re.compile(r'^\s*#(?:try)?include\s+["<]?([^">\s;]+)', re.MULTILINE)
MUSIC_SUFFIXES = frozenset({".wav", ".ulaw", ".alaw", ".sln", ".sln16", ".gsm", ".g722", ".wav49", ".ogg", ".mp3"})
A_SOUND = "queue-youarenext"
"""One that every language of Asterisk's core sounds has."""
DATA_DIRS = (Path("/var/lib/asterisk"), Path("/usr/share/asterisk"))


class Severity(StrEnum):
    """An error keeps calls from working; a warning makes them work badly."""

    error = "error"
    warning = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to put right: in which file, what is wrong, what to do."""

    severity: Severity
    file: Path
    problem: str
    cure: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.file}: {self.problem}. {self.cure}"


def settings_for(
    asterisk_dir: Path, phones: int | None = None, private_dir: Path | None = None, **chosen: Any
) -> KitSettings:
    """Settings for a pool of so many phones, with fields of KitSettings as `chosen`. Whatever is not said is kept as
    it was written before: secrets, the size of the pool, choices. Raises ValueError for what cannot be."""
    private_dir = private_dir or asterisk_dir
    known, manager = known_secrets(private_dir)
    names = [endpoint_name(number) for number in range(1, (phones or len(known) or DEFAULT_PHONES) + 1)]
    pool = tuple(Phone(name, known.get(name) or new_secret()) for name in names)
    return KitSettings(
        phones=pool,
        manager_secret=manager or new_secret(),
        ws_transport=not _has_ws_transport(asterisk_dir),
        **{**written.choices(asterisk_dir, private_dir), **chosen},
    )


def new_secret() -> str:
    """144 bits, in characters that need no quoting in Asterisk's files or in a SIP digest."""
    return secrets.token_urlsafe(18)


def known_secrets(private_dir: Path) -> tuple[dict[str, str], str]:
    """Secrets by endpoint, and the AMI user's, as written before; empty where there are none."""
    return written.secrets(private_dir)


def write(
    asterisk_dir: Path, settings: KitSettings, *, private_dir: Path | None = None, private_user: str | None = None
) -> list[Path]:
    """Write our files, each whole or not at all. Files with secrets are for Asterisk's group (640), those
    for the platform for one user only (600): `private_user`, or whoever runs this."""
    if not asterisk_dir.is_dir():
        raise NotADirectoryError(f"{asterisk_dir} is no directory: name Asterisk's configuration directory")
    _make_private(private_dir or asterisk_dir, private_user)
    done = []
    for name, text in render(settings).items():
        private = name in PRIVATE_FILES
        path = (private_dir or asterisk_dir) / name if private else asterisk_dir / name
        owner = _owner_of_private(private_user) if private else _owner_of_dir(asterisk_dir)
        _write_whole(path, text, 0o600 if private else 0o640, owner)
        done.append(path)
    return done


def _make_private(folder: Path, user: str | None) -> None:
    """The folder for the platform's files, for its user alone, where there is none yet."""
    owner = _owner_of_private(user)
    if folder.is_dir():
        return
    folder.mkdir(mode=0o700, parents=True)
    if os.geteuid() == 0:
        os.chown(folder, *owner)


def _owner_of_private(user: str | None) -> tuple[int, int]:
    if user is None:
        return os.geteuid(), os.getegid()
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        raise ValueError(f"this machine knows no user {user}") from None
    return entry.pw_uid, entry.pw_gid


def _owner_of_dir(directory: Path) -> tuple[int, int]:
    about = directory.stat()
    return about.st_uid, about.st_gid


def _write_whole(path: Path, text: str, mode: int, owner: tuple[int, int]) -> None:
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w") as file:
        os.fchmod(handle, mode)
        if os.geteuid() == 0:
            os.fchown(handle, *owner)
        file.write(text)
        file.flush()
        os.fsync(handle)
    beside.replace(path)


def check(asterisk_dir: Path, private_dir: Path | None = None) -> list[Finding]:
    """Everything that still keeps the kit from working, worst first."""
    found = [*_missing_files(asterisk_dir, private_dir or asterisk_dir), *_missing_includes(asterisk_dir)]
    found += [*_open_rights(asterisk_dir, private_dir or asterisk_dir), *_music(asterisk_dir), *_sounds(asterisk_dir)]
    found += [*_old_files(asterisk_dir, private_dir or asterisk_dir), *_no_trunk(asterisk_dir)]
    found += [*_from_elsewhere(asterisk_dir), *_enabled(asterisk_dir, "manager.conf", "the platform signs in there")]
    found += [*_enabled(asterisk_dir, "http.conf", "browsers' phones connect there")]
    return sorted(found, key=lambda finding: finding.severity is Severity.warning)


def _missing_files(asterisk_dir: Path, private_dir: Path) -> Iterator[Finding]:
    for path in (*(asterisk_dir / name for name in CONF_FILES), *(private_dir / name for name in PRIVATE_FILES)):
        if not path.is_file():
            yield Finding(Severity.error, path, "the file is missing", "Run `trunkline install-dialplan --write`.")


def _old_files(asterisk_dir: Path, private_dir: Path) -> Iterator[Finding]:
    """Files of another version of the kit, or changed by hand: not what a write would write now."""
    try:
        wanted = render(settings_for(asterisk_dir, None, private_dir))
    except ValueError:
        return
    for name in CONF_FILES:
        path = asterisk_dir / name
        if path.is_file() and name not in MAY_DIFFER and path.read_text(errors="replace") != wanted[name]:
            cure = "Run `trunkline install-dialplan --write`, then reload Asterisk; calls in progress go on."
            yield Finding(Severity.warning, path, "it is of another version, or was changed by hand", cure)


def _no_trunk(asterisk_dir: Path) -> Iterator[Finding]:
    """Nothing of the administrator's leads to us: then no caller ever comes."""
    if not (asterisk_dir / "cti_extensions.conf").is_file():
        return
    texts = (
        path.read_text(errors="replace") for path in asterisk_dir.glob("*.conf") if not path.name.startswith("cti_")
    )
    if not any(re.search(r"^[^;\n]*\bcti-in\b", text, re.MULTILINE) for text in texts):
        cure = "Lead your trunk there, for instance `exten => _X.,1,Goto(cti-in,${EXTEN},1)` in the trunk's context."
        problem = "no trunk or context leads to cti-in, so no caller reaches us"
        yield Finding(Severity.warning, asterisk_dir / "extensions.conf", problem, cure)


def _missing_includes(asterisk_dir: Path) -> Iterator[Finding]:
    freepbx = (asterisk_dir / FREEPBX_SIGN).is_file()
    for name, (main, custom) in PARENTS.items():
        if asterisk_dir / name in reached(asterisk_dir, asterisk_dir / main):
            continue
        place = asterisk_dir / (custom if freepbx else main)
        cure = f"Add the line `#include {name}` at the end of {place}, then reload Asterisk."
        yield Finding(Severity.error, place, f"{name} is not included", cure)


def reached(asterisk_dir: Path, start: Path) -> set[Path]:
    """Every file that Asterisk reads when it reads `start`."""
    seen: set[Path] = set()
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        for name in INCLUDE.findall(path.read_text(errors="replace")):
            base, pattern = (Path("/"), name[1:]) if name.startswith("/") else (asterisk_dir, name)
            waiting += list(base.glob(pattern))
    return seen


def _open_rights(asterisk_dir: Path, private_dir: Path) -> Iterator[Finding]:
    for name in sorted(SECRET_FILES):
        path = (private_dir if name in PRIVATE_FILES else asterisk_dir) / name
        if not path.is_file():
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        wanted = 0o600 if name in PRIVATE_FILES else 0o640
        if mode & ~wanted:
            problem = f"it holds secrets and its rights are {mode:o}"
            yield Finding(Severity.error, path, problem, f"Run `chmod {wanted:o} {path}`.")


def _setting(text: str, key: str) -> str | None:
    match = re.search(rf"^\s*{key}\s*=>?\s*([^;\n]+)", text, re.MULTILINE)
    return match.group(1).strip() if match else None


def _data_dirs(asterisk_dir: Path) -> list[Path]:
    """Where Asterisk keeps sounds and music, or may."""
    main = asterisk_dir / "asterisk.conf"
    own = _setting(main.read_text(errors="replace"), "astdatadir") if main.is_file() else None
    return [Path(own)] if own else list(DATA_DIRS)


def _music(asterisk_dir: Path) -> Iterator[Finding]:
    path = asterisk_dir / "cti_musiconhold.conf"
    folder = _setting(path.read_text(), "directory") if path.is_file() else None
    if folder is None:
        return
    folders = [base / folder for base in _data_dirs(asterisk_dir)]
    files = [file for each in folders if each.is_dir() for file in each.iterdir()]
    if not any(file.suffix in MUSIC_SUFFIXES for file in files):
        where = " or ".join(str(each) for each in folders)
        cure = f"Put a sound file (8 kHz mono .wav) into {where}: callers wait in silence until then."
        yield Finding(Severity.warning, path, "the music class has no file", cure)


def _sounds(asterisk_dir: Path) -> Iterator[Finding]:
    """Without Asterisk's own sounds callers hear none of the announcements that are always there."""
    if not (asterisk_dir / "cti_extensions.conf").is_file():
        return
    folders = [base / "sounds" for base in _data_dirs(asterisk_dir)]
    if any(path.suffix in MUSIC_SUFFIXES for each in folders for path in each.glob(f"*/{A_SOUND}.*")):
        return
    where = " or ".join(str(each) for each in folders)
    cure = f"Install the package with Asterisk's core sounds (asterisk-core-sounds-en), or put sounds into {where}/en."
    yield Finding(
        Severity.warning, asterisk_dir / "asterisk.conf", "the switch has no sounds: announcements are silent", cure
    )


def _switched_on(value: str | None) -> bool:
    return (value or "no").lower() in ("yes", "true", "1", "on")


def _enabled(asterisk_dir: Path, name: str, why: str) -> Iterator[Finding]:
    path = asterisk_dir / name
    if not _switched_on(_setting(_theirs(asterisk_dir, path), "enabled")):
        yield Finding(
            Severity.error, path, f"it is not switched on; {why}", f"Set `enabled=yes` under [general] of {path}."
        )


def _from_elsewhere(asterisk_dir: Path) -> Iterator[Finding]:
    """What a platform on another machine needs of the AMI itself."""
    if all(_is_here(one) for one in written.choices(asterisk_dir, asterisk_dir).get("manager_permit", ())):
        return
    path = asterisk_dir / "manager.conf"
    text = _theirs(asterisk_dir, path)
    bound = _setting(text, "bindaddr") or ""
    if bound.startswith("127.") or bound in ("::1", "localhost"):
        cure = f"Set `bindaddr` under [general] of {path} to an address that the platform reaches, and let a firewall"
        yield Finding(Severity.error, path, f"the AMI listens on {bound} only", f"{cure} admit nobody else.")
    if not _switched_on(_setting(text, "tlsenable")):
        problem = "the platform signs in from another machine without TLS: the secret can be read on the way"
        cure = f"Set `tlsenable`, `tlsbindaddr` and `tlscertfile` under [general] of {path}, and TRUNKLINE_AMI_TLS"
        yield Finding(Severity.warning, path, problem, f"{cure} on the platform.")


def _is_here(network: str) -> bool:
    try:
        return ipaddress.ip_network(network, strict=False).is_loopback
    except ValueError:
        return False


def _theirs(asterisk_dir: Path, path: Path) -> str:
    """All that Asterisk reads with `path`, but for our own files."""
    return "\n".join(file.read_text(errors="replace") for file in reached(asterisk_dir, path) if not _ours(file))


def _ours(path: Path) -> bool:
    return path.name.startswith("cti_")


def _has_ws_transport(asterisk_dir: Path) -> bool:
    files = (path for path in asterisk_dir.glob("pjsip*.conf") if not _ours(path))
    return any(
        re.search(r"^\s*protocol\s*=\s*wss?\b", path.read_text(errors="replace"), re.MULTILINE) for path in files
    )
