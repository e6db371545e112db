"""What tests and the demo rely on of the simulated world: phones, callers, the fallback, the control port, the load."""

import asyncio
import json
import resource
import subprocess
from pathlib import Path

import pytest

from lab.ami import LabAmi
from lab.errors import LabError
from lab.plans import make_plan
from lab.sim import Policy, SimSwitch
from lab.sim.control import CallOutcome, ControlServer, SimControl, is_running, place_call
from tests.support.sim import Desk, client
from tests.support.waiting import until

pytestmark = pytest.mark.integration


async def test_a_phone_that_answers_and_hangs_up_by_itself(desk: Desk) -> None:
    desk.switch.set_policy(Policy.answers(after=0.05, talk=0.2))
    call, hold = await desk.waiting()
    await desk.ring(hold, "leg-1")
    await desk.ami.event("BridgeEnter", Uniqueid="leg-1")
    assert desk.switch.phone(1).state == "INUSE"
    await desk.ami.user_event("CtiAfter", Uniqueid=hold["Uniqueid"])
    assert (desk.switch.phone(1).state, call.up, call.joined) == ("NOT_INUSE", True, True)


async def test_a_vanished_phone_leaves_its_leg_until_the_sound_is_missed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.sim.phones.RTP_TIMEOUT", 0.3)
    desk.switch.set_policy(Policy.answers())
    _, hold = await desk.waiting()
    await desk.ring(hold, "leg-1")
    await desk.ami.event("BridgeEnter", Uniqueid="leg-1")
    desk.switch.phone(1).vanish()
    assert (await desk.ami.event("Hangup", Uniqueid="leg-1"))["Cause"] == "44"
    await desk.ami.event("DeviceStateChange", Device="PJSIP/cti-phone-01", State="UNAVAILABLE")
    await desk.ring(hold, "leg-2")
    assert (await desk.ami.event("OriginateResponse", Uniqueid="leg-2"))["Response"] == "Failure"


async def test_callers_of_the_fallback_go_to_each_free_phone_in_turn() -> None:
    async with SimSwitch(3, policy=Policy.answers(after=0.02), second=0.1) as switch, client(switch) as ami:
        calls = [switch.call_in(str(number)) for number in range(4)]
        for call in calls[:3]:
            await ami.event("BridgeEnter", Uniqueid=call.channel.id)
        assert [phone.rung for phone in switch.phones.values()] == [1, 1, 1]
        assert not calls[3].joined
        switch.phone(2).hang_up()
        await ami.event("BridgeEnter", Uniqueid=calls[3].channel.id)
        assert switch.phone(2).rung == 2


async def test_a_conference_goes_on_when_one_leaves(desk: Desk) -> None:
    calls = [await desk.waiting(str(number)) for number in (1, 2, 3)]
    for _, hold in calls:
        await desk.ami.action("Redirect", Channel=hold["Channel"], Context="cti-conf", Exten="77", Priority=1)
        await desk.ami.event("BridgeEnter", Uniqueid=hold["Uniqueid"], BridgeTechnology="softmix")
    calls[0][0].hang_up()
    await desk.ami.event("BridgeLeave", Uniqueid=calls[0][1]["Uniqueid"])
    assert [call.up for call, _ in calls] == [False, True, True]


async def test_files_for_the_platform(tmp_path: Path) -> None:
    async with SimSwitch(3) as switch:
        phones = switch.write_files(tmp_path / "kit")
        found = json.loads(phones.read_text())
        ami = json.loads((tmp_path / "kit" / "ami.json").read_text())
        assert [phone["endpoint"] for phone in found["phones"]] == ["cti-phone-01", "cti-phone-02", "cti-phone-03"]
        assert (ami["port"], ami["user"], ami["secret"]) == (switch.port, "trunkline", switch.secret)
        assert phones.stat().st_mode & 0o077 == 0


async def test_control_port_places_calls_and_works_the_phones(tmp_path: Path) -> None:
    state = tmp_path / "sim.json"
    async with SimSwitch(2, second=0.05) as switch:
        async with ControlServer(switch, state) as server, SimControl.found(state) as control:
            await control.ask("phone", endpoint="cti-phone-01", manner="answer", after=0.05)
            joined = await control.call(number="112", name="Ana", did="900", seconds=2)
            assert (joined.joined, joined.ended_by, joined.number, joined.did) == (True, "caller", "112", "900")
            await control.ask("phone", endpoint="cti-phone-01", manner="unregister")
            assert is_running(state)
            lost = await control.call(seconds=0.3)
            assert (lost.joined, lost.ended_by) == (False, "caller")
            assert await control.ask("status") == {
                "channels": 0,
                "ami": switch.port,
                "phones": {"cti-phone-01": "UNAVAILABLE", "cti-phone-02": "NOT_INUSE"},
            }
            with pytest.raises(LabError, match="refused nonsense"):
                await control.ask("nonsense")
            with pytest.raises(LabError, match="refused phone"):
                await control.ask("phone", endpoint="nobody", manner="ring")
            await control.ask("down")
            assert server.stopped.is_set()
        assert not state.exists()
    with pytest.raises(LabError, match="no simulated switch runs"):
        SimControl.found(state)


def test_the_note_of_a_simulator_that_died_counts_for_nothing(tmp_path: Path) -> None:
    died = subprocess.Popen(["true"])
    died.wait()
    note = tmp_path / "sim.json"
    note.write_text(json.dumps({"control": 1, "pid": died.pid}))
    assert not is_running(note)
    assert not note.exists()


async def test_two_thousand_callers_wait_while_calls_flow() -> None:
    async with SimSwitch(60, policy=Policy.rings_out()) as switch, client(switch) as ami:
        await ami.action("Setvar", Variable="CTI_HB", Value=1)
        before = _resident()
        held = [switch.call_in(f"+34{n:09d}") for n in range(2000)]
        await until(lambda: all(call.channel.context == "cti-hold" for call in held), 30)
        per_caller = (_resident() - before) / len(held)
        beats = asyncio.create_task(_keep_beating(ami))
        outcomes = await _traffic(switch, calls=50, rate=25)
        beats.cancel()
        assert {outcome.ended_by for outcome in outcomes} == {"caller"}
        assert len(switch.exchange.channels) == len(held)
        assert per_caller < 64 * 1024


async def _traffic(switch: SimSwitch, calls: int, rate: float) -> list[CallOutcome]:
    running = []
    for plan in make_plan(calls, seconds=0.5, to="5551234", seed=1):
        running.append(asyncio.create_task(place_call(switch, plan.number, plan.name, plan.to, plan.seconds)))
        await asyncio.sleep(1 / rate)
    return await asyncio.gather(*running)


async def _keep_beating(ami: LabAmi) -> None:
    count = 1
    while True:
        count += 1
        ami.seen.clear()
        await ami.action("Setvar", Variable="CTI_HB", Value=count)
        await asyncio.sleep(0.5)


def _resident() -> int:
    """Bytes of memory that this process holds at its peak."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
