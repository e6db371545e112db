"""The benchmark beside Asterisk's own queue at a tenth of its load: everybody is served by both, nothing is left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.benches import must_keep_the_contract, ours, quick

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

GOALS = {"median_ratio_vs_app_queue": "<= 1", "spread_ratio_vs_app_queue": "<= 1"}


async def test_given_a_tenth_of_the_load_then_both_queues_serve_everybody_and_ours_in_order(tmp_path: Path) -> None:
    found = await quick("queue", tmp_path)

    must_keep_the_contract("queue", GOALS, found)
    figures = {key: one["median"] for key, one in found["figures"].items()}
    assert (figures["lost"], figures["app_queue_lost"]) == (0, 0)
    assert figures["overtaken_pct"] == 0
    assert 0 < figures["median_ms"] <= figures["p95_ms"]
    assert 0 < figures["app_queue_median_ms"] <= figures["app_queue_p95_ms"]
    assert ours(tmp_path.name) == []
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - nothing is awaited meanwhile
