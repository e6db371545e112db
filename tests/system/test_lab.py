"""The lab itself on a real Asterisk: several side by side, killed and back, SIPp traffic, its commands, a class without
music, and a browser's phone over the WebSocket."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from lab import sipp
from lab.asterisk import AsteriskLab, LabSettings
from lab.browser_phone import BrowserPhone
from lab.caller import MUSIC_HZ, PHONE_HZ, SipCaller
from lab.daemon import alive
from lab.plans import make_plan
from lab.stage import Stage

pytestmark = pytest.mark.system

REPOSITORY = Path(__file__).parents[2]


async def test_two_labs_run_side_by_side_without_hearing_of_each_other(stage: Stage) -> None:
    async with AsteriskLab(LabSettings(phones=1)) as other, SipCaller(other.sip, number="1", to="2") as call:
        await call.answered()
        await call.audio.heard_tone(MUSIC_HZ)
        here = await stage.lab.rasterisk("core show channels concise")
        there = await other.rasterisk("core show channels concise")

    assert here.strip() == ""
    assert len(there.strip().splitlines()) == 1
    assert not other.home.exists()


async def test_a_killed_switch_comes_back_with_the_same_secrets_and_ports() -> None:
    async with AsteriskLab(LabSettings(phones=2, plain_phones=2)) as lab:
        secret, pid = lab.ami, lab.pid
        assert pid
        await lab.kill()
        assert not alive(pid)
        await lab.start()
        async with lab.ami.client() as ami, SipCaller(lab.sip, number="1", to="2") as call:
            await ami.user_event("CtiHold")
            await call.audio.heard_tone(MUSIC_HZ)

        assert lab.ami == secret


async def test_what_a_dead_starter_left_is_cleared_by_the_next_lab() -> None:
    code = "import asyncio, os\nfrom lab.asterisk import *\nlab = AsteriskLab()\nasyncio.run(lab.start())\n"
    code += "print(lab.home, lab.pid, flush=True)\nos._exit(9)\n"
    dead = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    output, _ = await dead.communicate()
    home, pid = output.decode().splitlines()[-1].split()
    assert alive(int(pid))

    async with AsteriskLab():
        assert not alive(int(pid))
        assert not await asyncio.to_thread(Path(home).exists)


@pytest_asyncio.fixture
async def silent_lab() -> AsyncIterator[AsteriskLab]:
    """A lab whose music class has no file."""
    async with AsteriskLab(LabSettings(phones=2, plain_phones=2, music=False)) as lab:
        yield lab


async def test_a_music_class_without_files_does_not_make_the_waiting_loop_spin(silent_lab: AsteriskLab) -> None:
    async with silent_lab.observer.client() as watcher, SipCaller(silent_lab.sip, number="1", to="2") as call:
        await watcher.user_event("CtiHold")
        await asyncio.sleep(2)
        steps = [m for m in watcher.seen if m["Event"] == "Newexten" and m["Context"] == "cti-hold"]
        await watcher.user_event("CtiFallback")
        assert not call.is_over

    assert 5 <= len(steps) <= 25


async def test_sipp_callers_have_name_number_tone_and_a_length_of_their_own(stage: Stage) -> None:
    plans = make_plan(6, 3, "5551234", seed=3)
    async with stage.beating(), stage.phone() as phone:
        traffic = asyncio.create_task(sipp.run(plans, stage.lab.sip, stage.lab.trunk_address, 5))
        caller = await stage.waiting()
        await stage.joined(caller, await stage.ring(caller))
        leg = await phone.call()
        await leg.audio.heard_tone(sipp.TONE_HZ)
        await leg.hang_up()
        outcomes = await traffic
        entered = [m for m in stage.ami.seen if m.get("UserEvent") == "CtiEnter"]

    assert [(m["CallerIDNum"], m["CallerIDName"]) for m in entered] == [(plan.number, plan.name) for plan in plans]
    assert all(one.answered for one in outcomes)
    stayed = [one for one in outcomes if one.ended_by == "caller"]
    assert len(stayed) >= 5
    assert all(abs(one.seconds - one.plan.seconds) < 0.5 for one in stayed)


async def test_sipp_calls_that_nobody_takes_are_refused_not_lost(stage: Stage) -> None:
    plans = make_plan(2, 3, "nobody", seed=3)

    outcomes = await sipp.run(plans, stage.lab.sip, stage.lab.trunk_address, 5)

    assert [one.ended_by for one in outcomes] == ["refused", "refused"]


def trunkline(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    code = "import sys\nfrom lab.cli import lab_app\nfrom lab.errors import LabError\n"
    code += "try:\n    lab_app()\nexcept LabError as error:\n    print(error)\n    sys.exit(1)\n"
    argv = [sys.executable, "-c", code, *words]
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(Path.home()), "PYTHONPATH": str(REPOSITORY)}
    return subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False)


def test_the_lab_goes_up_takes_a_call_and_traffic_and_goes_down(tmp_path: Path) -> None:
    name = f"cli-{tmp_path.name}"
    up = trunkline(tmp_path, "up", "--name", name, "--phones", "2")
    try:
        assert up.returncode == 0, up.stdout + up.stderr
        noted = json.loads((tmp_path / f"var/lab/{name}.json").read_text())
        again = trunkline(tmp_path, "up", "--name", name)
        call = trunkline(tmp_path, "call", "--from", "+34600111222", "--name", "José", "--seconds", "2", "--json")
        refused = trunkline(tmp_path, "call", "--to", "nobody", "--seconds", "1")
        load = trunkline(tmp_path, "traffic", "--calls", "4", "--rate", "4", "--seconds", "2")
    finally:
        down = trunkline(tmp_path, "down", "--name", name)

    assert again.returncode == 1
    assert "runs already" in again.stdout
    outcome = json.loads(call.stdout)
    assert (outcome["answered"], outcome["ended_by"]) == (True, "caller")
    assert outcome["heard"]["music"] > 1.5
    assert (refused.returncode, "SIP 404" in refused.stdout) == (1, True)
    assert (load.returncode, "answered: 4" in load.stdout) == (0, True)
    assert down.returncode == 0
    assert not alive(noted["pid"])
    assert list((tmp_path / "var/lab").iterdir()) == []


def test_a_call_without_a_switch_says_how_to_get_one(tmp_path: Path) -> None:
    alone = trunkline(tmp_path, "call", "--switch", "asterisk")

    assert alone.returncode == 1
    assert "trunkline lab up" in alone.stdout


async def test_a_browsers_phone_is_reachable_while_its_socket_is_open(stage: Stage) -> None:
    endpoint = "cti-phone-01"
    device = f"PJSIP/{endpoint}"
    async with aiohttp.ClientSession() as session:
        phone = BrowserPhone(session, stage.lab.ws_url, endpoint, stage.lab.phone_secret(endpoint))
        await phone.register()
        await stage.ami.event("DeviceStateChange", Device=device, State="NOT_INUSE")
        await phone.close()
        await stage.ami.event("DeviceStateChange", Device=device, State="UNAVAILABLE")


async def test_a_second_browser_takes_the_phone_over_from_the_first(stage: Stage) -> None:
    endpoint = "cti-phone-01"
    async with aiohttp.ClientSession() as session:
        first = BrowserPhone(session, stage.lab.ws_url, endpoint, stage.lab.phone_secret(endpoint))
        second = BrowserPhone(session, stage.lab.ws_url, endpoint, stage.lab.phone_secret(endpoint))
        await first.register()
        await second.register()
        await stage.ami.event("ContactStatus", ContactStatus="Removed")
        port = second.port
        await first.close()
        await asyncio.sleep(0.5)  # a closed socket that took the other's contact along would have done it by now
        shown = await stage.lab.rasterisk(f"pjsip show aor {endpoint}")
        await second.close()

    contacts = [line for line in shown.splitlines() if line.strip().startswith(f"Contact:  {endpoint}/")]
    assert len(contacts) == 1
    assert f":{port};" in contacts[0]


async def test_a_wrong_secret_is_refused(stage: Stage) -> None:
    async with aiohttp.ClientSession() as session:
        phone = BrowserPhone(session, stage.lab.ws_url, "cti-phone-01", "wrong-secret")
        assert await phone.try_register() == 401
        await phone.close()


async def test_the_caller_hears_the_agent_until_the_agents_phone_is_lost(stage: Stage) -> None:
    async with stage.beating(), stage.phone() as phone, stage.caller() as call:
        caller = await stage.waiting()
        await stage.joined(caller, await stage.ring(caller))
        leg = await phone.call()
        await call.audio.heard_tone(PHONE_HZ)
        leg.audio.stop_sending()
        await call.audio.heard_silence()
