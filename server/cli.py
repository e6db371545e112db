"""The `trunkline` command. Errors that we expect are printed as cause and cure, without a traceback."""

from __future__ import annotations

import os
import sys

import typer
from pydantic import ValidationError
from rich.console import Console

from kernel.errors import TrunklineError
from lab.cli import lab_app
from lab.errors import LabError
from server.commands.check import check_config, doctor, migrate
from server.commands.demo import demo_data
from server.commands.dialplan import install_dialplan
from server.commands.people import create_user
from server.commands.replay import replay
from server.commands.run import run

app = typer.Typer(
    name="trunkline",
    help="Trunkline: an open contact centre. Asterisk carries the calls, Trunkline decides and shows.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (run, migrate, check_config, doctor, create_user, demo_data, install_dialplan, replay):
    app.command()(command)
app.add_typer(lab_app, name="lab", help="A real or simulated switch to try things on.")


def main() -> None:
    """Entry point of the console script; exit code 1 for an expected error, 130 for Ctrl-C."""
    console = Console(stderr=True)
    try:
        app()
    except (TrunklineError, LabError) as error:
        console.print(f"[bold red]✗[/] {error}", highlight=False)
        sys.exit(1)
    except ValidationError as error:
        for problem in error.errors():
            name = "_".join(str(part) for part in problem["loc"]).upper()
            console.print(f"[bold red]✗[/] TRUNKLINE_{name}: {problem['msg']}", highlight=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os._exit(0)
