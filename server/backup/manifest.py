"""What a backup holds: each file with its size and hash, and what was counted in the database."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kernel.errors import Invalid

NAME = "manifest.json"
FORMAT = 1
BLOCK = 1024 * 1024


class File(BaseModel):
    """One file of the backup; `path` is relative to its folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    path: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$")
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """`counts` are rows that a person asks for first; `made_at` is ISO 8601 in UTC."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: Literal[1] = 1
    version: str
    made_at: str
    database: Literal["sqlite", "postgresql"]
    revision: str
    counts: dict[str, int]
    files: tuple[File, ...]

    @property
    def recordings(self) -> int:
        return sum(one.path.startswith("recordings/") for one in self.files)


def describe(folder: Path, path: Path) -> File:
    """`path` in `folder` as the manifest lists it."""
    return File(path=path.relative_to(folder).as_posix(), bytes=path.stat().st_size, sha256=sha256(path))


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def read(folder: Path) -> Manifest:
    """The manifest of the backup in `folder`, each file compared with it; raises Invalid (`backup_unusable`)."""
    try:
        manifest = Manifest.model_validate_json((folder / NAME).read_bytes())
    except OSError as error:
        cause = "There is no backup of Trunkline here (no manifest.json)."
        raise unusable(cause, "Name what `trunkline backup` wrote.") from error
    except ValidationError as error:
        raise unusable("The backup's manifest cannot be read: another version's, or damaged.", CURE) from error
    for one in manifest.files:
        path = (folder / one.path).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            raise unusable(f"The backup lacks its file {one.path}.", CURE)
        if path.stat().st_size != one.bytes or sha256(path) != one.sha256:
            raise unusable(f"The backup's file {one.path} is damaged.", CURE)
    return manifest


CURE = "Take another backup, or restore with the version of Trunkline that made this one."


def unusable(cause: str, cure: str) -> Invalid:
    return Invalid("backup_unusable", f"{cause} {cure}", cause=cause, cure=cure)
