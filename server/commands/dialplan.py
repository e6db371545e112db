"""`install-dialplan`: what the platform needs inside an Asterisk, checked or written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from cti.dialplan import installer
from cti.dialplan.kit import MAX_PHONES
from kernel.errors import Unavailable

console = Console(highlight=False)
SIGNS = {installer.Severity.error: "[red]✗[/]", installer.Severity.warning: "[yellow]![/]"}


def install_dialplan(
    asterisk_dir: Annotated[Path, typer.Option(help="Asterisk's configuration folder.")] = Path("/etc/asterisk"),
    check: Annotated[bool, typer.Option("--check", help="Only say what is missing; write nothing.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Write our own files; known secrets are kept.")] = False,
    phones: Annotated[int, typer.Option(min=1, max=MAX_PHONES, help="How many browser phones the pool has.")] = 20,
    private_dir: Annotated[
        Path | None, typer.Option(help="Folder for phones.json and ami.json; Asterisk's folder unless given.")
    ] = None,
    private_user: Annotated[
        str | None, typer.Option(help="The user the platform runs as: the owner of phones.json and ami.json.")
    ] = None,
) -> None:
    """Install the dialplan kit into an Asterisk, or check it (the default). Only our own files are written."""
    if check and write:
        raise typer.BadParameter("choose one of --check and --write")
    if not asterisk_dir.is_dir():
        cure = "Install Asterisk, or name its configuration folder with --asterisk-dir."
        raise Unavailable("asterisk_dir_missing", f"There is no folder {asterisk_dir}. {cure}", cure=cure)
    if write:
        _write(asterisk_dir, phones, private_dir, private_user)
    findings = installer.check(asterisk_dir, private_dir)
    for one in findings:
        words = escape(f"{one.file}: {one.problem}\n    → {one.cure}")
        console.print(f"{SIGNS[one.severity]} {words}", soft_wrap=True)
    if any(one.severity is installer.Severity.error for one in findings):
        raise typer.Exit(1)
    console.print("[green]✓[/] The kit is in place. Lead your trunk to context cti-in, and reload Asterisk once.")


def _write(asterisk_dir: Path, phones: int, private_dir: Path | None, private_user: str | None) -> None:
    settings = installer.settings_for(asterisk_dir, phones, private_dir=private_dir)
    try:
        written = installer.write(asterisk_dir, settings, private_dir=private_dir, private_user=private_user)
    except (PermissionError, KeyError) as error:
        cause = f"{asterisk_dir} cannot be written: {error}."
        cure = "Run this as root, and check --private-user."
        raise Unavailable("dialplan_not_written", f"{cause} {cure}", cause=cause, cure=cure) from error
    for path in written:
        console.print(f"wrote {path}", soft_wrap=True)
