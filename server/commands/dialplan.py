"""`install-dialplan`: what the platform needs inside an Asterisk, checked or written."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from cti.dialplan import installer
from cti.dialplan.kit import MAX_PHONES
from kernel.errors import Invalid, Unavailable

console = Console(highlight=False)
SIGNS = {installer.Severity.error: "[red]✗[/]", installer.Severity.warning: "[yellow]![/]"}


class Record(StrEnum):
    """Which calls the switch records."""

    all = "all"
    never = "never"


Phones = Annotated[
    int | None,
    typer.Option(min=1, max=MAX_PHONES, help=f"Browser phones in the pool (at first {installer.DEFAULT_PHONES})."),
]
PrivateDir = Annotated[
    Path | None, typer.Option(help="Folder for phones.json and ami.json, made if need be; else Asterisk's folder.")
]
PrivateUser = Annotated[
    str | None, typer.Option(help="The user the platform runs as: the owner of phones.json and ami.json.")
]
Permit = Annotated[
    list[str] | None,
    typer.Option(help="Address or network from which the platform signs in (at first 127.0.0.1); may be repeated."),
]
AmiAddress = Annotated[
    str | None,
    typer.Option(help="Address at which the platform reaches the AMI, for ami.json (at first 127.0.0.1)."),
]
AmiPort = Annotated[int | None, typer.Option(min=1, max=65535, help="Port of the AMI, for ami.json (at first 5038).")]
RecordingsDir = Annotated[
    Path | None,
    typer.Option(help="Where the switch puts recordings (at first /var/spool/asterisk/monitor/trunkline)."),
]
MediaAddress = Annotated[
    str | None, typer.Option(help="Address of the switch for the phones' sound, where it has several.")
]


def install_dialplan(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    asterisk_dir: Annotated[Path, typer.Option(help="Asterisk's configuration folder.")] = Path("/etc/asterisk"),
    check: Annotated[bool, typer.Option("--check", help="Only say what is missing; write nothing.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Write our own files.")] = False,
    phones: Phones = None,
    private_dir: PrivateDir = None,
    private_user: PrivateUser = None,
    manager_permit: Permit = None,
    ami_address: AmiAddress = None,
    ami_port: AmiPort = None,
    recordings_dir: RecordingsDir = None,
    record: Annotated[Record | None, typer.Option(help="Which calls are recorded (at first all).")] = None,
    media_address: MediaAddress = None,
) -> None:
    """Install the dialplan kit into an Asterisk, or check it (the default). Only our own files are written; secrets
    and whatever no option says are kept as they were written before."""
    if check and write:
        raise typer.BadParameter("choose one of --check and --write")
    if not asterisk_dir.is_dir():
        cure = "Install Asterisk, or name its configuration folder with --asterisk-dir."
        raise Unavailable("asterisk_dir_missing", f"There is no folder {asterisk_dir}. {cure}", cure=cure)
    if write:
        chosen = {
            "manager_permit": tuple(manager_permit) if manager_permit else None,
            "ami_host": ami_address,
            "ami_port": ami_port,
            "rec_dir": str(recordings_dir) if recordings_dir else None,
            "record": record.value if record else None,
            "media_address": media_address,
        }
        given = {name: value for name, value in chosen.items() if value is not None}
        _write(asterisk_dir, phones, private_dir, private_user, given)
    _report(asterisk_dir, private_dir)


def _report(asterisk_dir: Path, private_dir: Path | None) -> None:
    try:
        findings = installer.check(asterisk_dir, private_dir)
    except PermissionError as error:
        cause = f"{error.filename} cannot be read by this user."
        cure = "Run this as root."
        raise Unavailable("dialplan_not_read", f"{cause} {cure}", cause=cause, cure=cure) from error
    for one in findings:
        words = escape(f"{one.file}: {one.problem}\n    → {one.cure}")
        console.print(f"{SIGNS[one.severity]} {words}", soft_wrap=True)
    if any(one.severity is installer.Severity.error for one in findings):
        raise typer.Exit(1)
    console.print("[green]✓[/] The kit is in place. Lead your trunk to context cti-in, and reload Asterisk once.")


def _write(
    asterisk_dir: Path, phones: int | None, private_dir: Path | None, private_user: str | None, chosen: dict[str, Any]
) -> None:
    try:
        settings = installer.settings_for(asterisk_dir, phones, private_dir, **chosen)
        written = installer.write(asterisk_dir, settings, private_dir=private_dir, private_user=private_user)
    except OSError as error:
        cause = f"{error.filename or private_dir or asterisk_dir} cannot be written: {error.strerror or error}."
        cure = "Run this as root, and check --asterisk-dir and --private-dir."
        raise Unavailable("dialplan_not_written", f"{cause} {cure}", cause=cause, cure=cure) from error
    except ValueError as error:
        raise Invalid("dialplan_option_bad", f"Nothing was written: {error}.") from error
    for path in written:
        console.print(f"wrote {path}", soft_wrap=True)
