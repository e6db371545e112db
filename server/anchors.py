"""The file of what earlier checks of the audit trail saw: a line `seq:hash` each."""

from __future__ import annotations

import re
from pathlib import Path

from crm_core.people.audit import Anchor
from kernel.errors import Invalid, Unavailable

_LINE = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


def read_anchors(path: Path) -> list[Anchor]:
    """What the file holds; nothing when it is not there yet. Raises Invalid (`anchors_unreadable`)."""
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise Invalid("anchors_unreadable", f"{path}, line {number}: `number:hash` is expected. Mend or remove it.")
        found.append(Anchor(int(match[1]), match[2]))
    return found


def add_anchor(path: Path, known: list[Anchor], head: Anchor) -> None:
    """Note the last line of a trail that is whole, once."""
    if head.seq == 0 or head in known:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="ascii") as file:
            file.write(f"{head.seq}:{head.hash}\n")
    except OSError as error:
        words = f"The anchors' file {path} cannot be written: {error.strerror}. Name another with --anchors."
        raise Unavailable("anchors_unwritable", words) from error
