"""What a traceback in the log must not show: the values of variables."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.unit

PROGRAM = """
import structlog
from server.logs import set_up_logs

def fail(password, number):
    raise ValueError("no")

set_up_logs("info", "{form}")
try:
    fail("quiet-lantern-81", "+34600111222")
except ValueError:
    structlog.get_logger("x").exception("it failed")
"""


@pytest.mark.parametrize("form", ["console", "json"])
def test_given_a_failure_then_its_variables_are_not_logged(form: str) -> None:
    argv = [sys.executable, "-c", PROGRAM.replace("{form}", form)]
    said = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True).stderr
    assert "ValueError: no" in said
    assert "╭" not in said, "no box of local variables"
    for line in said.splitlines():
        assert 'fail("quiet' in line or "quiet-lantern" not in line
