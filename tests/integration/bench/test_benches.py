"""Each benchmark at a tenth of its load, as a person runs it: sane figures, and nothing it started is left."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from tests.support.benches import COMMAND, ROOT, must_keep_the_contract, ours, quick

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

GOALS = {
    "ami": {"ratio_vs_panoramisk": ">= 8"},
    "pop": {
        **{"p50_ms": "<= 15", "p99_ms": "<= 75", "lost": "== 0", "rss_growth_pct": "<= 5"},
        **{"postgres_p50_ms": "<= 15", "postgres_p99_ms": "<= 75", "postgres_lost": "== 0"},
        "postgres_rss_growth_pct": "<= 5",
    },
    "history": {"sqlite_p99_ms": "<= 5", "postgres_p99_ms": "<= 5", "growth_10k_to_1m": "<= 1.5"},
    "routing": {"p99_ms": "<= 2", "ratio_vs_scan": ">= 50"},
}


@pytest.mark.parametrize("name", GOALS)
async def test_given_a_tenth_of_the_load_then_sane_figures_and_nothing_is_left(name: str, tmp_path: Path) -> None:
    found = await quick(name, tmp_path)

    must_keep_the_contract(name, GOALS[name], found)
    figures = {key: one["median"] for key, one in found["figures"].items()}
    if name == "ami":
        assert figures["events_per_s"] > figures["panoramisk_events_per_s"] > 0
        assert 0.3 < figures["facts_share"] < 0.9
    elif name == "routing":
        assert 0 < figures["p50_ms"] <= figures["p99_ms"]
        assert figures["ratio_vs_scan"] > figures["ratio_vs_bare_scan"] > 1
        assert figures["growth"] < 10, "a hundred times the agents, a thousand times the callers"
    elif name == "history":
        assert all(0 < value < 10_000 for key, value in figures.items() if key.endswith("_ms"))
    else:
        assert (figures["lost"], figures["pops_not_whole"], figures["postgres_lost"]) == (0, 0, 0)
        assert 0 < figures["p50_ms"] <= figures["p99_ms"] <= figures["max_ms"]
    assert ours(tmp_path.name) == []
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - nothing is awaited meanwhile


async def test_given_an_unknown_benchmark_then_the_known_ones_are_named(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "speed", cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()

    assert process.returncode == 2
    assert all(name in said.decode() for name in GOALS)
