"""`config`: the whole set-up as a file: written, compared, applied."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.console import Console
from rich.markup import escape

from config.settings import Settings
from kernel.errors import Invalid, TrunklineError
from server.setupclient import Answered, SetUpClient, SignIn, signed_in

HEAD = """\
# The set-up of Trunkline. `trunkline config plan FILE` shows what it would change, `trunkline config apply FILE` does
# it.
# A section that is left out stays as it is; of one that is here, what it does not name is removed.
"""
SIGNS = {"created": "[green]+[/]", "changed": "[yellow]~[/]", "removed": "[red]-[/]"}
WORDS = {"created": "would be made", "changed": "would be changed", "removed": "would be removed"}
DONE = {"created": "made", "changed": "changed", "removed": "removed"}

config = typer.Typer(no_args_is_help=True, help="The set-up as a file: queues, skills, groups, people, outcomes.")
Url = Annotated[str, typer.Option(help="Where the platform runs; by the settings of this machine unless given.")]
Login = Annotated[
    str, typer.Option(prompt=True, envvar="TRUNKLINE_LOGIN", help="Who does it: the audit trail says so.")
]
Password = Annotated[
    str, typer.Option(prompt=True, hide_input=True, envvar="TRUNKLINE_PASSWORD", help="Asked for when not given.")
]
File = Annotated[Path, typer.Argument(help="A file in YAML.", exists=True, dir_okay=False)]


@config.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; on the screen unless given.")] = None,
    login: Login = "",
    password: Password = "",
    url: Url = "",
) -> None:
    """Write the set-up as it is to a file in YAML. Applied as it is, that file changes nothing."""
    found = _run(SignIn(_url(url), login, password, _code), lambda client: client.ask("GET", "/api/setup"))
    text = HEAD + "\n" + yaml.safe_dump(found, allow_unicode=True, sort_keys=False, width=110)
    if file is None:
        sys.stdout.write(text)
    else:
        file.write_text(text, encoding="utf-8")
        Console().print(f"The set-up is in [bold]{escape(str(file))}[/].")


@config.command()
def plan(file: File, login: Login = "", password: Password = "", url: Url = "") -> None:
    """Show what a file would change: what is made, changed, with each field, or removed. Nothing is changed."""
    wanted = _read(file)
    found = _run(SignIn(_url(url), login, password, _code), lambda client: _plan(client, wanted))
    _show(found["edits"], WORDS)


@config.command()
def apply(
    file: File,
    login: Login = "",
    password: Password = "",
    url: Url = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before it is done.")] = False,
) -> None:
    """Have the set-up be as a file says: all of it or, where something is refused, nothing. Callers and calls go on."""
    wanted = _read(file)

    async def work(client: SetUpClient) -> dict[str, Any] | None:
        planned = await _plan(client, wanted)
        _show(planned["edits"], WORDS)
        if not planned["edits"] or not (yes or typer.confirm("Do it?")):
            return None
        done: dict[str, Any] = await client.ask(
            "POST", "/api/setup/apply", {"setup": wanted, "stamp": planned["stamp"]}
        )
        return done

    done = _run(SignIn(_url(url), login, password, _code), work)
    if done is not None:
        Console().print("Done:", highlight=False)
        _show(done["edits"], DONE)


async def _plan(client: SetUpClient, wanted: Any) -> dict[str, Any]:
    found: dict[str, Any] = await client.ask("POST", "/api/setup/plan", {"setup": wanted})
    return found


def _code() -> str:
    return str(typer.prompt("Code of the authenticator app"))


def _url(given: str) -> str:
    settings = Settings()
    return given or f"{'https' if settings.tls else 'http'}://localhost:{settings.port}"


def _run(given: SignIn, work: Callable[[SetUpClient], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with signed_in(given) as client:
            return await work(client)

    try:
        return asyncio.run(run())
    except Answered as refusal:
        raise Invalid("set_up_refused", _complaint(refusal)) from None


def _complaint(refusal: TrunklineError) -> str:
    """Each place with what is wrong there; a file's own names begin with `setup.`, which it does not write."""
    fields = refusal.details.get("fields")
    if refusal.details.get("refusal") != "invalid_input" or not isinstance(fields, dict):
        return f"{refusal.message} Nothing was changed."
    lines = [f"  {name.removeprefix('setup.')}: {words}" for name, words in fields.items()]
    return "\n".join([f"{refusal.message} Nothing was changed.", *lines])


def _read(file: Path) -> Any:
    try:
        found = _as_written(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Invalid("set_up_unreadable", f"{file} is no YAML: {error}") from None
    except ValueError as error:
        raise Invalid("set_up_unreadable", f"{file} has a date that is none: {error}. Write 2026-12-24.") from None
    if not isinstance(found, dict):
        raise Invalid(
            "set_up_unreadable", f"{file} has no sections. `trunkline config export` writes one to begin with."
        )
    return found


def _as_written(value: Any) -> Any:
    """YAML makes days of texts like 2026-12-24; what is sent has texts."""
    match value:
        case dict():
            return {_as_written(key): _as_written(one) for key, one in value.items()}
        case list():
            return [_as_written(one) for one in value]
        case datetime():
            raise ValueError(f"{value} is a day with a time; a text that looks so goes in quotes")
        case date():
            return value.isoformat()
    return value


def _show(edits: list[dict[str, Any]], words: dict[str, str]) -> None:
    console = Console()
    if not edits:
        console.print("The set-up is as the file says; there is nothing to change.")
    for one in edits:
        name = "" if one["kind"] == "dispositions" else f" {one['name']}"
        line = f"{SIGNS[one['what']]} {one['kind']}{escape(name)} {words[one['what']]}"
        console.print(line, highlight=False, soft_wrap=True)
        for each in one["differences"] if one["what"] == "changed" else ():
            shown = f"    {each['field']}: {_short(each['before'])} -> {_short(each['after'])}"
            console.print(escape(shown), highlight=False, soft_wrap=True)


def _short(value: Any) -> str:
    text = str(yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000))
    text = text.removesuffix("\n...\n").strip()
    return text if len(text) <= 200 else f"{text[:200]}…"
