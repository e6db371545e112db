"""How often a test is played: a few cases in each run, all of them in the soak."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def counted(few: Iterable[object], many: Iterable[object]) -> list[Any]:
    """Cases of an integration test: `few` in each run, `many` in the soak. A case of several values is a tuple."""
    kinds = ((few, pytest.mark.integration), (many, pytest.mark.soak))
    return [pytest.param(*_values(case), marks=mark) for cases, mark in kinds for case in cases]


def _values(case: object) -> tuple[object, ...]:
    return case if isinstance(case, tuple) else (case,)
