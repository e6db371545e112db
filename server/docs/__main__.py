"""`python -m server.docs --write` makes the generated documents, `--check` fails when one is out of date."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from server.docs.errors import errors
from server.docs.permissions import permissions
from server.docs.settings import settings
from server.docs.states import states

DOCS = Path(__file__).parent.parent.parent / "docs"
DOCUMENTS: Mapping[str, Callable[[], str]] = {
    "states.md": states,
    "settings.md": settings,
    "errors.md": errors,
    "permissions.md": permissions,
}


def main(argv: list[str], folder: Path = DOCS) -> int:
    """Exit code 1 when `--check` finds a document that is out of date, 2 for other arguments."""
    if argv not in (["--write"], ["--check"]):
        print("usage: python -m server.docs --write | --check", file=sys.stderr)
        return 2
    made = {folder / name: make() for name, make in DOCUMENTS.items()}
    stale = [path for path, text in made.items() if not path.exists() or path.read_text() != text]
    if argv == ["--write"]:
        folder.mkdir(exist_ok=True)
        for path in stale:
            path.write_text(made[path])
        return 0
    if stale:
        print(f"out of date: {', '.join(path.name for path in stale)}; run `make docs`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
