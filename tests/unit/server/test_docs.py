"""The generated documents: what is read off the source, and that they do not hang on the order of a set."""

from __future__ import annotations

import ast
import types
from enum import StrEnum
from pathlib import Path

import pytest

from kernel.access import Right
from kernel.errors import Refused
from kernel.machine import Machine, table
from server.docs import __main__ as documents
from server.docs import errors, permissions, states
from server.docs.source import Source

pytestmark = pytest.mark.unit


class Lamp(StrEnum):
    off = "off"
    dim = "dim"
    on = "on"


def source(text: str) -> Source:
    module = types.ModuleType("example")
    module.__dict__["Nope"] = Refused
    return Source("example.py", ast.parse(text), module)


def test_given_a_machine_made_of_sets_then_its_rows_come_in_the_order_of_declaration() -> None:
    rows = table((frozenset({Lamp.on, Lamp.dim, Lamp.off}), "press", Lamp.off))
    backwards = dict(reversed(rows.items()))
    drawn = {states._machine(Machine("lamp", Lamp, Lamp.off, moves, {})) for moves in (rows, backwards)}
    assert len(drawn) == 1
    text = drawn.pop()
    assert text.index("| off | press") < text.index("| dim | press") < text.index("| on | press")


def test_given_an_error_under_another_name_then_id_class_and_message_are_found() -> None:
    text = 'def f(n):\n    words = f"{n} is too much."\n    raise Nope("too_much", words, n=n)\n'
    assert list(errors._of(source(text))) == [errors.Built("too_much", Refused, "‹n› is too much.", "example.py")]


def test_given_an_id_that_is_no_literal_then_the_generator_stops_and_says_where() -> None:
    with pytest.raises(LookupError, match=r"example\.py:2"):
        list(errors._of(source('def f(n):\n    raise Nope("no_" + n, "No.")\n')))


def test_given_the_source_then_known_ids_are_in_the_document() -> None:
    text = errors.errors()
    for known in ("sign_in_failed", "link_down", "switch_no_answer", "stint_hold_not_now", "too_many_tabs", "incident"):
        assert f"| `{known}` |" in text


def test_given_the_routes_then_each_is_in_the_document_and_every_right_has_its_row() -> None:
    text = permissions.permissions()
    assert all(f"| {one.method} | `{one.path}` |" in text for one in permissions.routes())
    assert all(f"\n| `{right.value}` |" in text for right in Right)


def test_given_a_stale_document_then_check_names_it_until_it_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert documents.main(["--write"], tmp_path) == 0
    assert documents.main(["--check"], tmp_path) == 0
    (tmp_path / "states.md").write_text("old")
    assert documents.main(["--check"], tmp_path) == 1
    assert "states.md" in capsys.readouterr().err
    assert documents.main(["--wrong"], tmp_path) == 2


def test_there_is_one_nginx_file_and_it_is_the_one_that_a_call_goes_through() -> None:
    root = Path(__file__).parents[3]
    pages = [root / "README.md", *(root / "docs").rglob("*.md")]
    assert [page.name for page in pages if "proxy_pass" in page.read_text()] == ["operating.md"]
