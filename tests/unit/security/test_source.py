"""What no line of ours may do: start a shell, run text as code, load objects from bytes, put values into SQL text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[3]
PACKAGES = (
    "kernel", "cti", "crm_core", "routing", "recordings", "dialer", "agent_desktop", "server", "config", "migrations",
    "lab", "bench", "tests",
)  # fmt: skip
SHELLS = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput",
          "asyncio.create_subprocess_shell", "create_subprocess_shell"}  # fmt: skip
TEXT_AS_CODE = {"eval", "exec", "compile", "__import__"}
OBJECTS_FROM_BYTES = {"pickle", "cPickle", "dill", "marshal", "shelve", "jsonpickle", "yaml"}
PLAIN_YAML = {"safe_load", "safe_dump", "YAMLError"}
"""What a module that says `import yaml` may use of it: it makes no objects but those of JSON."""
SQL_FROM_TEXT = {"text", "exec_driver_sql", "literal_column"}
CLIENT = ("innerHTML", "outerHTML", "insertAdjacentHTML", "dangerouslySetInnerHTML", "document.write", "eval(",
          "new Function", "javascript:")  # fmt: skip


def files() -> list[Path]:
    return [
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "node_modules" not in path.parts
    ]


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def faults(source: str, product: bool = True) -> list[str]:
    """What is wrong with a module, in words."""
    tree, found = ast.parse(source), []
    for name, call in calls(tree):
        shell = any(one.arg == "shell" and not (isinstance(one.value, ast.Constant) and one.value.value is False)
                    for one in call.keywords)  # fmt: skip
        if name in SHELLS or shell:
            found.append(f"{call.lineno}: starts a shell")
        if product and name in TEXT_AS_CODE:
            found.append(f"{call.lineno}: runs text as code")
        made_up = any(isinstance(part, ast.JoinedStr | ast.BinOp) for part in call.args[:1])
        if product and name.rpartition(".")[2] in SQL_FROM_TEXT and made_up:
            found.append(f"{call.lineno}: SQL put together from texts")
    for node in ast.walk(tree):
        modules = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if isinstance(node, ast.Import) and ast.unparse(node) == "import yaml" and _plain_yaml(tree):
            continue
        if any(one.partition(".")[0] in OBJECTS_FROM_BYTES for one in modules):
            found.append(f"{node.lineno}: loads objects from bytes")  # type: ignore[attr-defined]
    return found


def _plain_yaml(tree: ast.AST) -> bool:
    """Whether the name `yaml` stands nowhere but before what is plain."""
    uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "yaml"]
    plain = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in PLAIN_YAML
    ]
    return all(use in plain for use in uses)


@pytest.mark.parametrize(
    "source",
    [
        "import subprocess\nsubprocess.run('ls', shell=True)",
        "import subprocess\nsubprocess.Popen(x, shell=flag)",
        "import os\nos.system(x)",
        "import asyncio\nasyncio.create_subprocess_shell(x)",
        "eval(x)",
        "import pickle",
        "from yaml import load",
        "import yaml\nyaml.load(x)",
        "import yaml\nyaml.safe_load(x)\nyaml.unsafe_load(x)",
        "import yaml\nload = getattr(yaml, name)",
        "import yaml as plain\nplain.load(x)",
        "connection.execute(text(f'SELECT {x}'))",
        "connection.exec_driver_sql('SELECT ' + x)",
    ],
)
def test_given_a_fault_then_it_is_seen(source: str) -> None:
    assert len(faults(source)) == 1


def test_given_our_source_then_none_of_it_is_there() -> None:
    found = {}
    for path in files():
        product = "tests" not in path.parts and "lab" not in path.parts
        if wrong := faults(path.read_text(), product):
            found[str(path.relative_to(ROOT))] = wrong

    assert len(files()) > 300
    assert set(found) <= KNOWN.keys(), {name: found[name] for name in found if name not in KNOWN}


KNOWN = {
    "server/dberrors.py": "a PRAGMA takes no bound value; it is an int() of what the database said",
}


def test_given_the_clients_source_then_no_text_becomes_markup_or_code() -> None:
    sources = sorted((ROOT / "agent_desktop" / "web" / "src").rglob("*.ts*"))
    found = [(path.name, word) for path in sources for word in CLIENT if word in path.read_text()]

    assert len(sources) > 40
    assert found == []
    for template in (ROOT / "agent_desktop" / "templates").glob("*.html"):
        assert "|safe" not in template.read_text().replace(" ", "")
