"""The `trunkline` command. Errors that we expect are printed as cause and cure, without a traceback."""

from __future__ import annotations

import os
import sys
from tomllib import TOMLDecodeError
from typing import NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from sqlalchemy.exc import DBAPIError

from config.settings import misspelt
from kernel.errors import TrunklineError
from lab.cli import lab_app
from lab.errors import LabError
from server.commands.check import check_config, doctor, migrate
from server.commands.demo import demo_data
from server.commands.dialplan import install_dialplan
from server.commands.people import create_user
from server.commands.replay import replay
from server.commands.run import run
from server.dberrors import unusable

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
    try:
        _warn_of_misspelt_settings()
        app()
    except (TrunklineError, LabError) as error:
        _fail(str(error))
    except ValidationError as error:
        for problem in error.errors():
            name = "_".join(str(part) for part in problem["loc"]).upper()
            _complain(f"TRUNKLINE_{name}: {problem['msg'].removeprefix('Value error, ')}")
        sys.exit(1)
    except TOMLDecodeError as error:
        _fail(f"trunkline.toml cannot be read: {error}. Correct that line; `trunkline check-config` looks at it again.")
    except DBAPIError as error:
        _fail(str(unusable(error)))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os._exit(0)


def _complain(words: str, sign: str = "[bold red]✗[/]") -> None:
    Console(stderr=True).print(sign, escape(words), highlight=False, soft_wrap=True)


def _fail(words: str) -> NoReturn:
    _complain(words)
    sys.exit(1)


def _warn_of_misspelt_settings() -> None:
    for name, meant in misspelt(os.environ).items():
        cure = f"did you mean {meant}?" if meant else "`trunkline check-config` lists them."
        _complain(f"{name} is no setting and is ignored; {cure}", "[bold yellow]![/]")
