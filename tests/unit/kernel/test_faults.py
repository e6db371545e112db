"""Fault points: said in words, passed at exactly one place each, and deadly only when armed for what is under way."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from kernel import faults
from kernel.errors import Invalid
from kernel.faults import FAULT_POINTS, Armed, FaultPoint, parse

pytestmark = pytest.mark.unit
ROOT = Path(__file__).parents[3]
PACKAGES = ("kernel", "cti", "crm_core", "routing", "recordings", "dialer", "agent_desktop", "server")


def test_each_point_is_described_and_passed_at_one_place() -> None:
    passed = Counter(
        name
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
        for name in re.findall(r"reached\(\s*FaultPoint\.(\w+)", file.read_text())
    )
    assert passed == Counter(point.value for point in FaultPoint)
    assert set(FAULT_POINTS) == set(FaultPoint)


def test_words_name_a_point_what_it_is_about_and_the_passing() -> None:
    assert parse("loaded") == Armed(FaultPoint.loaded, "", 1)
    assert parse("after_commit:RingAgent") == Armed(FaultPoint.after_commit, "RingAgent", 1)
    assert parse("before_answer:wrap_up:2") == Armed(FaultPoint.before_answer, "wrap_up", 2)
    assert parse("after_send:3") == Armed(FaultPoint.after_send, "", 3)


@pytest.mark.parametrize("words", ["nowhere", "after_commit:a:b:1", "after_commit:0", ":", "after_commit:RingAgent:0"])
def test_other_words_are_refused(words: str) -> None:
    with pytest.raises(Invalid):
        parse(words)


def test_nothing_happens_when_nothing_is_armed() -> None:
    for point in FaultPoint:
        faults.reached(point, ["RingAgent"])


def test_the_process_dies_at_the_passing_that_was_named_and_not_before() -> None:
    work = """
import sys
from kernel import faults
faults.arm("after_commit:RingAgent:2")
for about in ("RingAgent", "HangUp", "RingAgent", "RingAgent"):
    faults.reached(faults.FaultPoint.after_send, [about])
    print(about, flush=True)
    faults.reached(faults.FaultPoint.after_commit, (), [about])
"""
    done = subprocess.run([sys.executable, "-c", work], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (-signal.SIGKILL, ["RingAgent", "HangUp", "RingAgent"])
    assert os.getpid()
