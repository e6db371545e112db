"""The versions of the schema: numbered as their files are, each once, in one chain."""

from __future__ import annotations

import pytest
from alembic.script import ScriptDirectory

from server import migrate

pytestmark = pytest.mark.unit


def test_the_versions_have_the_numbers_of_their_files_and_form_one_chain() -> None:
    files = sorted(path.name[:4] for path in (migrate.FOLDER / "versions").glob("[0-9]*.py"))
    script = ScriptDirectory.from_config(migrate.config())
    chain = list(script.walk_revisions())[::-1]

    assert script.get_heads() == [files[-1]]
    assert [one.revision for one in chain] == files
    assert [one.down_revision for one in chain] == [None, *files[:-1]]
