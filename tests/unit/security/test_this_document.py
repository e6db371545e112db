"""docs/security.md names tests that exist, for every row that applies."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[3]
DOCUMENT = (ROOT / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", DOCUMENT)))


def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_given_a_test_in_the_document_then_it_exists(path: str, name: str) -> None:
    assert (ROOT / path).is_file()
    assert not name or name in functions(ROOT / path)


def test_given_a_row_then_it_names_a_test_or_says_why_not() -> None:
    rows = [
        line for line in DOCUMENT.splitlines() if line.startswith("| ") and not line.startswith(("| attack", "| case"))
    ]
    bare = [row for row in rows if "tests/" not in row and "not apply yet" not in row and "no route serves" not in row]

    assert len(rows) >= 35
    assert bare == []
