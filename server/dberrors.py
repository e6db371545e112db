"""What a database error means and what to do about it, in words for the one who runs the platform."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.errors import Unavailable
from kernel.line import Crowded

Advice = tuple[str, str]

_LOCKED = (
    "Another process holds the database locked.",
    "Close the other program (a second Trunkline, a backup, a database browser) or wait until it is done; Trunkline "
    "goes on by itself.",
)
_READONLY = (
    "The database can only be read.",
    "Give the user that runs Trunkline the right to write the database file and its folder, and check that the disk "
    "is not mounted read-only.",
)
_FULL = (
    "The disk that holds the database is full.",
    "Free space or enlarge the disk; Trunkline goes on by itself and has lost nothing.",
)
_UNOPENED = (
    "The database file cannot be opened.",
    "Check that its folder exists (`trunkline migrate` makes it) and that the user that runs Trunkline may enter and "
    "write it.",
)
_BROKEN = (
    "The file is damaged, or no SQLite database.",
    "Check the path; if it is right, stop Trunkline and restore the last backup.",
)
_MOVED = (
    "The database file was moved, removed or replaced while Trunkline runs.",
    "Put it back where it was and Trunkline goes on by itself; to use the file that is there now, restart Trunkline. "
    "Until then nothing can be saved, and calls go on.",
)
_DISK = ("The disk reports errors.", "Check the disk and its cables, then restore the last backup if need be.")
_SCHEMA = ("The database lacks tables that this version needs.", "Run `trunkline migrate`, then start again.")
_DOWN = (
    "The database server does not answer.",
    "Start PostgreSQL, and check the host and port in the database URL.",
)
_LOGIN = (
    "The database server refuses the user or the password.",
    "Check the user and password in the database URL, and pg_hba.conf on the server.",
)
_NO_DATABASE = (
    "The database server has no database of that name.",
    "Create it (`createdb NAME`) or correct the database URL.",
)
_CROWDED = (
    "The database server accepts no more connections.",
    "Raise max_connections in postgresql.conf, or stop programs that hold connections.",
)
_ADDRESS = (
    "The address of the database cannot be understood.",
    "Write TRUNKLINE_DATABASE as postgresql+asyncpg://user:password@host/name, or leave it out for SQLite.",
)
_CROWD = (
    "Too much is saved at once: this platform's own line to the database did not move.",
    "Look for what saves so long (an import, a slow disk: trunkline_commit_seconds); Trunkline goes on by itself.",
)
_UNKNOWN = ("The database reports an error.", "See the log for its text; Trunkline keeps trying.")

_SQLITE: dict[str, Advice] = {
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_READONLY_DBMOVED": _MOVED,
    "SQLITE_READONLY": _READONLY,
    "SQLITE_FULL": _FULL,
    "SQLITE_CANTOPEN": _UNOPENED,
    "SQLITE_CORRUPT": _BROKEN,
    "SQLITE_NOTADB": _BROKEN,
    "SQLITE_IOERR": _DISK,
    "SQLITE_PERM": _UNOPENED,
}
_POSTGRES: dict[str, Advice] = {
    "08": _DOWN,
    "28": _LOGIN,
    "3D": _NO_DATABASE,
    "53100": _FULL,
    "53300": _CROWDED,
    "55P03": _LOCKED,
    "25006": _READONLY,
    "42P01": _SCHEMA,
    "42703": _SCHEMA,
    "57": _DOWN,
    "58030": _DISK,
    "XX": _BROKEN,
}


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what the driver raised, and what lies below that."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = getattr(seen, "orig", None) or seen.__cause__ or seen.__context__


def describe_db_error(error: BaseException) -> Advice:
    """(cause, cure) of an error raised by the database, its driver or its socket."""
    for one in _chain(error):
        name = getattr(one, "sqlite_errorname", None) or ""
        for start, advice in _SQLITE.items():
            if name.startswith(start):
                return advice
        if "no such table" in str(one) or "no such column" in str(one):
            return _SCHEMA
        state = getattr(one, "sqlstate", None) or ""
        for start, advice in _POSTGRES.items():
            if state.startswith(start):
                return advice
        if isinstance(one, OSError | TimeoutError | PoolTimeout):
            return _DOWN
    if isinstance(error, Crowded):
        return _CROWD
    return _UNKNOWN


def is_permanent(error: BaseException) -> bool:
    """Whether the same rows would be refused again: they do not fit the tables. All else passes with time."""
    if isinstance(error, IntegrityError | DataError | TypeError | ValueError | OverflowError):
        return True
    if isinstance(error, StatementError) and not isinstance(error, DBAPIError):
        return True
    return any(
        str(getattr(one, "sqlstate", None) or "")[:2] in ("22", "23") or isinstance(one, ValueError)
        for one in _chain(error)
    )


async def ensure_usable(engine: AsyncEngine) -> None:
    """Open the database and make sure that it can be written; raises Unavailable (`database_unusable`) naming cause
    and cure. For the start, before anything else reads or writes."""
    try:
        async with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                # BEGIN IMMEDIATE succeeds on a file that can only be read, so something must be written (to no effect).
                version = (await connection.execute(text("PRAGMA user_version"))).scalar_one()
                await connection.execute(text(f"PRAGMA user_version = {int(version)}"))
                return
            readonly = (await connection.execute(text("SHOW transaction_read_only"))).scalar_one() == "on"
    except (DBAPIError, OSError, TimeoutError) as error:
        raise unusable(error) from error
    if readonly:
        raise _unusable(*_READONLY)


def unusable(error: BaseException) -> Unavailable:
    """The same error, in words."""
    if isinstance(error, ArgumentError | ImportError) or type(error) is ValueError:
        return _unusable(*_ADDRESS)
    advice = describe_db_error(error)
    cause = advice[0] if advice is not _UNKNOWN else f"{advice[0][:-1]}: {_first_line(error)}."
    return _unusable(cause, advice[1])


def make_folder(folder: Path) -> None:
    """The data folder, for nobody else's eyes when it is new; raises Unavailable (`database_unusable`) when it cannot
    be."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        cause = f"The data folder {folder} cannot be made ({error.strerror})."
        raise _unusable(cause, "Name a folder that this user may write with TRUNKLINE_DATA_DIR.") from error


def _first_line(error: BaseException) -> str:
    return str(getattr(error, "orig", None) or error).partition("\n")[0].rstrip(".")


def _unusable(cause: str, cure: str) -> Unavailable:
    return Unavailable("database_unusable", f"{cause} {cure}", cause=cause, cure=cure)
