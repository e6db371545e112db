"""An old browser client is known as such, by what it was built from and not by the times of files."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.client import NOTE, WEB, fingerprint, why_old

pytestmark = pytest.mark.integration

NODE = shutil.which("node") or str(WEB.parents[1] / ".ci" / "node" / "bin" / "node")
SCRIPT = "import(process.argv[1]).then(({ fingerprint }) => process.stdout.write(fingerprint(process.argv[2])))"


def by_the_build(folder: Path) -> str:
    argv = [NODE, "-e", SCRIPT, (WEB / "sources.mjs").as_uri(), str(folder)]
    return subprocess.run(argv, check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """A client's folder, just built."""
    for name in ("src/desk.tsx", "src/i18n/en.json", "src/i18n-more/es.json", "static/icon.svg", "dist/desk.js"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "build.mjs").write_text("build")
    (tmp_path / NOTE).write_text(by_the_build(tmp_path) + "\n")
    return tmp_path


def test_build_and_tests_agree_on_what_the_client_is_built_from(web: Path) -> None:
    assert fingerprint(web) == by_the_build(web)
    assert fingerprint(WEB) == by_the_build(WEB)


def test_given_a_client_just_built_then_it_is_new_whatever_the_times_of_its_files(web: Path) -> None:
    os.utime(web / "src" / "desk.tsx", (4e9, 4e9))
    os.utime(web / NOTE, (1, 1))
    assert why_old(web) == ""


@pytest.mark.parametrize(
    "name", ["src/desk.tsx", "src/i18n/en.json", "src/new/page.tsx", "static/icon.svg", "build.mjs"]
)
def test_given_a_source_changed_or_added_since_then_it_is_old(web: Path, name: str) -> None:
    (web / name).parent.mkdir(exist_ok=True)
    (web / name).write_text("otherwise")
    os.utime(web / name, (1, 1))
    assert "npm run build" in why_old(web)


def test_given_a_source_removed_or_nothing_built_then_it_is_old(web: Path) -> None:
    (web / "src" / "i18n" / "en.json").unlink()
    assert "other sources" in why_old(web)
    (web / NOTE).unlink()
    assert "not built" in why_old(web)
