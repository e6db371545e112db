"""`check-config`, `migrate` and `doctor`: is everything as it has to be, and if not, what to do."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from config.settings import Settings
from server import doctor as examiner
from server import migrate as schema
from server.dberrors import make_folder

console = Console()
PASSWORD = re.compile(r"(://[^:/@]*:)[^@/]*@")
"""The password in the address of a database."""
SIGNS = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "error": "[red]✗[/]"}


def check_config() -> None:
    """Print the settings in force, or name each that is wrong."""
    settings = Settings()
    table = Table("setting", "value", "what it is")
    for name, field in Settings.model_fields.items():
        value = PASSWORD.sub(r"\1***@", _shown(getattr(settings, name)))
        table.add_row(f"TRUNKLINE_{name.upper()}", escape(value), escape(field.description or ""))
    Console().print(table)


def _shown(value: object) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, tuple) else str(value)


def migrate() -> None:
    """Bring the database to this version's schema."""
    settings = Settings()
    make_folder(settings.data_dir)
    asyncio.run(schema.upgrade(settings.database_url))
    console.print("The database is up to date.")


def doctor(
    asterisk_dir: Annotated[Path, typer.Option(help="Asterisk's configuration folder, when it is on this machine.")] = (
        Path("/etc/asterisk")
    ),
    private_dir: Annotated[
        Path | None,
        typer.Option(help="Folder of phones.json and ami.json; that of TRUNKLINE_PHONES_FILE unless given."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines: a list of findings.")] = False,
) -> None:
    """Check the running platform, the database, the switch, its rights and dialplan, phones, people, clocks, disk,
    TLS and files with secrets; say what to do. Exit code 1 when something keeps calls from working."""
    findings = asyncio.run(examiner.examine(Settings(), asterisk_dir, private_dir))
    if as_json:
        print(json.dumps([asdict(one) for one in findings], indent=1))
    for one in () if as_json else findings:
        console.print(f"{SIGNS[one.level]} [bold]{one.part}[/]: {escape(one.words)}", highlight=False)
        if one.cure:
            console.print(f"    → {escape(one.cure)}", highlight=False)
    if any(one.level == "error" for one in findings):
        raise typer.Exit(1)
