"""The database schema: brought up to date, and checked at the start. `python -m server.migrate revision "what"` writes
a new version from the difference to the tables."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from kernel.db import connect
from kernel.errors import Unavailable
from server.dberrors import unusable

if TYPE_CHECKING:  # a platform that starts on a current schema does without alembic, which takes long to load
    from alembic.config import Config

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


class Standing(StrEnum):
    """How a database compares with this program."""

    current = "current"
    empty = "empty"
    behind = "behind"
    ahead = "ahead"
    foreign = "foreign"


_ADVICE = {
    Standing.empty: ("The database is empty.", "Run `trunkline migrate` to make the tables."),
    Standing.behind: (
        "The database was made by an older version.",
        "Back it up, then run `trunkline migrate` to bring it up to date.",
    ),
    Standing.ahead: (
        "The database was made by a newer version of Trunkline.",
        "Start that version, or restore the backup made before the upgrade.",
    ),
    Standing.foreign: (
        "The database holds tables that are not Trunkline's.",
        "Correct the database URL, or give Trunkline an empty database.",
    ),
}


def config() -> Config:
    """Alembic's settings; no file is needed."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    return settings


async def upgrade(url: str) -> None:
    """Bring the database at `url` to the newest version, in one transaction; does nothing when it is there already."""
    if await standing(url) is not Standing.current:
        await _with_connection(url, lambda connection: _command(connection, "upgrade", "head"))


async def downgrade(url: str, revision: str) -> None:
    """Take the database back to a version (`base` is before the first)."""
    await _with_connection(url, lambda connection: _command(connection, "downgrade", revision))


async def standing(url: str) -> Standing:
    """How the database at `url` compares with this program."""
    found: Standing = await _with_connection(url, _standing)
    return found


async def check(url: str) -> None:
    """Raises Unavailable (`schema_not_current`) naming cause and cure when the schema is not this program's."""
    found = await standing(url)
    if found is not Standing.current:
        raise unfit(found)


def unfit(found: Standing) -> Unavailable:
    """What is wrong with such a database, and what to do."""
    cause, cure = _ADVICE[found]
    return Unavailable("schema_not_current", f"{cause} {cure}", cause=cause, cure=cure, standing=found.value)


def version() -> str:
    """This program's."""
    return metadata.version("trunkline")


async def revision_of(url: str) -> str:
    """The version of the schema, empty when there is none."""
    found: str = await _with_connection(url, _current)
    return found


async def differences(url: str) -> list[Any]:
    """What alembic would change to make the database equal to the tables in the code; empty when nothing."""
    found: list[Any] = await _with_connection(url, _differences)
    return found


async def revision(message: str) -> Path:
    """Write a new version file from the difference between the versions so far and the tables in the code."""
    from alembic import command

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/scratch.db"
        await upgrade(url)

        def write(connection: Connection) -> Path:
            settings = config()
            settings.attributes["connection"] = connection
            number = len(versions()) + 1
            made = command.revision(settings, message, autogenerate=True, rev_id=f"{number:04d}")
            return Path(made.path)  # type: ignore[union-attr]

        path: Path = await _with_connection(url, write)
        return path


async def _with_connection(url: str, work: Callable[[Connection], Any]) -> Any:
    try:
        engine = connect(url)
    except (ArgumentError, ImportError, ValueError) as error:
        raise unusable(error) from error
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    except (DBAPIError, OSError, TimeoutError) as error:
        raise unusable(error) from error
    finally:
        await engine.dispose()


def _command(connection: Connection, name: str, target: str) -> None:
    from alembic import command

    settings = config()
    settings.attributes["connection"] = connection
    getattr(command, name)(settings, target)


def versions() -> list[str]:
    """The names of all versions, oldest first: each is the number that its file begins with."""
    return sorted(path.name.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))


def _current(connection: Connection) -> str:
    """The version that alembic noted in the database, empty when there is none."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def _standing(connection: Connection) -> Standing:
    current, known = _current(connection), versions()
    if not current:
        return Standing.foreign if inspect(connection).get_table_names() else Standing.empty
    if current == known[-1]:
        return Standing.current
    return Standing.behind if current in known else Standing.ahead


def _differences(connection: Connection) -> list[Any]:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from migrations import tables

    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, tables.metadata))


def main(arguments: list[str]) -> int:
    """For developers; operators use `trunkline migrate`."""
    match arguments:
        case ["revision", message]:
            print(asyncio.run(revision(message)))
        case ["upgrade", url]:
            asyncio.run(upgrade(url))
        case ["check", url]:
            asyncio.run(check(url))
        case _:
            print('usage: python -m server.migrate revision "what" | upgrade URL | check URL')
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
