"""What an operator sees: figures, health with reasons in words, and who may see them."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import aiohttp
import pytest

from lab.sim import SimSwitch
from tests.support.served import Served, served
from tests.support.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

TOKEN = "a-token-of-some-length"
EVERY = (
    'trunkline_calls_waiting{queue="main"} 1.0',
    'trunkline_calls_talking{queue="main"} 0.0',
    "trunkline_longest_wait_seconds",
    "trunkline_offers_total",
    "trunkline_recordings_total",
    "trunkline_rows",
    "trunkline_backlog ",
    "trunkline_commit_seconds_bucket",
    "trunkline_commit_failures_total 0.0",
    "trunkline_commit_age_seconds",
    "trunkline_dead_letters_total 0.0",
    "trunkline_event_loop_lag_seconds_bucket",
    "trunkline_heartbeat 1.0",
    "trunkline_switch_up 1.0",
    "trunkline_switch_link_total",
    "trunkline_desktop_sockets 0.0",
    "trunkline_disk_free_bytes",
    'trunkline_dials_total{outcome="reached"} 0.0',
    "trunkline_permits_unsealed 0.0",
    "trunkline_permits_unsealed_age_seconds 0.0",
    "trunkline_sealer_age_seconds",
    "trunkline_clock_ahead_seconds",
    'trunkline_http_seconds_count{method="GET",route="/health/ready",status="200"}',
)


async def test_each_figure_that_an_alert_needs_is_there(tmp_path: Path) -> None:
    async with SimSwitch(1) as switch, served(switch, tmp_path, METRICS_TOKEN=TOKEN) as platform:
        await platform.ready()
        switch.call_in("+34600111222")
        await until(lambda: waits(platform), what="the caller waits")
        status, text = await platform.get("/metrics")
        assert status == 200
        assert [one for one in EVERY if one not in text] == []
        assert "34600111222" not in text
        rules = Path(__file__).parents[3] / "config" / "prometheus-alerts.yml"
        named = {
            word.split("{")[0] for word in rules.read_text().replace("(", " ").split() if word.startswith("trunkline_")
        }
        known = {line.split("{")[0].split(" ")[0] for line in text.splitlines() if not line.startswith("#")}
        declared = {line.split(" ")[2] for line in text.splitlines() if line.startswith("# TYPE")}
        assert {one.split("[")[0].rstrip(")") for one in named} - known - declared == set()
        await outsiders_need_the_token(platform)
        await platform.stop()


async def waits(platform: Served) -> bool:
    return await platform.figure('trunkline_calls_waiting{queue="main"}') == 1


async def outsiders_need_the_token(platform: Served) -> None:
    proxied = {"X-Forwarded-For": "192.0.2.7"}
    async with aiohttp.ClientSession() as client:
        for given, wanted in ((None, 401), ("Bearer wrong", 401), (f"Bearer {TOKEN}", 200)):
            headers = proxied if given is None else {**proxied, "Authorization": given}
            async with client.get(f"{platform.url}/metrics", headers=headers) as answer:
                assert answer.status == wanted, given


async def test_health_names_each_part_and_warns_without_taking_itself_out(tmp_path: Path) -> None:
    async with SimSwitch(1) as switch:
        switch.exchange.clock_ahead = -600
        async with served(switch, tmp_path) as platform:
            await platform.ready()
            await until(lambda: warns(platform, "switch", "clock is -60"), 20, "the wrong clock is named")
            status, text = await platform.get("/health/ready")
            parts = json.loads(text)["parts"]
            assert status == 200, "calls go on"
            assert "NTP" in parts["switch"]["words"]
            assert set(parts) >= {"database", "engine", "switch", "phones", "disk", "recordings", "permits", "clock"}
            assert "1 in the pool" in parts["phones"]["words"]
            await platform.stop()


async def warns(platform: Served, part: str, words: str) -> bool:
    found = json.loads((await platform.get("/health/ready"))[1])["parts"][part]
    return bool(found["warning"]) and words in found["words"]


async def test_the_doctor_looks_at_what_runs_here(tmp_path: Path) -> None:
    """Beside `make run` the settings name no switch; the platform's own note does."""
    async with SimSwitch(1) as switch, served(switch, tmp_path) as platform:
        await platform.ready()
        note = json.loads((tmp_path / "running.json").read_text())
        assert "ami_secret" in note
        assert note["ami_secret"] == "", "never of a real switch"
        found = await doctor(tmp_path, AMI_PORT=switch.port, AMI_SECRET=switch.secret)
        assert any("runs as process" in one["words"] for one in found), found
        assert not [
            one for one in found if one["part"] in ("platform", "switch", "database") and one["level"] == "error"
        ]
        (tmp_path / "running.json").write_text(json.dumps({**note, "pbx": "sim", "ami_secret": switch.secret}))
        beside = await doctor(tmp_path)
        assert any(one["part"] == "switch" and "simulated" in one["words"] for one in beside), beside
        assert not [one for one in beside if one["part"] == "dialplan"], "the lab's own kit is not in /etc/asterisk"
        await platform.stop()
    assert "Left there: 0 in talk, 0 waiting." in platform.said()
    assert not (tmp_path / "running.json").exists()


async def doctor(folder: Path, **settings: object) -> list[dict[str, str]]:
    given = {"DATA_DIR": folder, "RECORDINGS_DIR": folder, "PHONES_FILE": folder / "phones.json", **settings}
    env = {**os.environ, **{f"TRUNKLINE_{name}": str(value) for name, value in given.items()}}
    program = str(Path(sys.executable).parent / "trunkline")
    process = await asyncio.create_subprocess_exec(
        program, "doctor", "--json", env=env, cwd=folder, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    found: list[dict[str, str]] = json.loads(said)
    return found
