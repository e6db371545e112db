"""`run`: the platform, until Ctrl-C."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from config.settings import Settings
from server import loop
from server.logs import set_up_logs
from server.serve import serve


def run(
    port: Annotated[int | None, typer.Option(help="Port of the web server; overrides TRUNKLINE_PORT.")] = None,
) -> None:
    """Run the platform: web server, engine and the link to the switch, in one process."""
    settings = Settings() if port is None else Settings(port=port)
    set_up_logs(settings.log_level, settings.log_format)
    console = Console(stderr=True)
    loop.run(serve(settings, lambda words: console.print(f"[bold cyan]•[/] {words}", highlight=False)))
