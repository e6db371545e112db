"""The platform's own source, module by module, as syntax trees beside the imported modules."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("kernel", "cti", "crm_core", "routing", "recordings", "dialer", "agent_desktop", "server")
SKIPPED = frozenset({"__main__.py", "conftest.py"})


@dataclass(frozen=True, slots=True)
class Source:
    """One module: its path below the root, its tree, and itself (to see what a name in it stands for)."""

    path: str
    tree: ast.Module
    module: ModuleType

    def meaning(self, node: ast.expr) -> object:
        """What a name at the module's level stands for; None for anything else."""
        return vars(self.module).get(node.id) if isinstance(node, ast.Name) else None


@cache
def sources() -> tuple[Source, ...]:
    """Every module of the rooms, by path. `server.docs` itself raises nothing and is left out."""
    return tuple(_read())


def _read() -> Iterator[Source]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            place = path.relative_to(ROOT)
            if path.name in SKIPPED or "node_modules" in place.parts or place.is_relative_to("server/docs"):
                continue
            parts = place.with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            yield Source(place.as_posix(), ast.parse(path.read_text()), importlib.import_module(name))
