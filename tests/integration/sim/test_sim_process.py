"""The simulated switch as a process of its own, and who may see and do what on it."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from lab import begin
from lab.ami import LabAmi
from lab.errors import LabError
from lab.sim import Policy, SimSwitch
from lab.sim.ami import Account
from lab.sim.control import SimControl
from tests.support.sim import Desk, client
from tests.support.waiting import until

pytestmark = pytest.mark.integration


async def test_process_serves_ami_and_control_and_ends_on_a_signal(tmp_path: Path) -> None:
    note = tmp_path / "state" / "sim.json"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "lab.sim", "--port", "0", "--phones", "3", "--answer-after", "0.05"),
        *("--files", str(tmp_path / "kit")),
        env={**os.environ, "TRUNKLINE_LAB_STATE": str(note.parent)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert b"AMI on 127.0.0.1:" in await asyncio.wait_for(process.stdout.readline(), 20)
    known = json.loads((tmp_path / "kit" / "ami.json").read_text())
    async with LabAmi(known["host"], known["port"], known["user"], known["secret"]) as ami:
        await ami.event("FullyBooted")
    async with SimControl.found(note) as control:
        outcome = await control.call(number="112", seconds=5)
        assert outcome.joined
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert not note.exists()


@pytest.fixture
def left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of a simulated switch that ended, and that nothing listens on any more."""
    monkeypatch.setenv("TRUNKLINE_LAB_STATE", str(tmp_path))
    folder = tmp_path / "again-sim"
    folder.mkdir()
    (folder / "ami.json").write_text(json.dumps({"host": "127.0.0.1", "port": 1, "user": "old", "secret": "old"}))
    (folder / "phones.json").write_text("{}")
    return folder


async def test_a_switch_begun_again_is_reached_where_it_is_and_not_where_the_last_one_was(left_behind: Path) -> None:
    begun = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from lab import begin; begin.sim('again', 2, lambda words: None)"),
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert await asyncio.wait_for(begun.wait(), 30) == 0
    try:
        reach = begin.Reach.noted("again")
        async with LabAmi("127.0.0.1", reach.ami_port, reach.ami_user, reach.ami_secret) as ami:
            await ami.event("FullyBooted")
        assert len(json.loads(reach.phones_file.read_text())["phones"]) == 2
    finally:
        async with SimControl.found() as control:
            await control.down()
    assert not (left_behind.parent / "sim.json").exists()


def test_a_switch_that_does_not_begin_leaves_nothing_of_the_last_one_to_be_taken_for_it(left_behind: Path) -> None:
    with pytest.raises(LabError, match="did not start"):
        begin.sim("again", 2, lambda _words: None, "--no-such-option")
    assert not (left_behind / "ami.json").exists()
    assert not (left_behind / "phones.json").exists()


async def test_the_note_of_a_switch_comes_after_its_files(tmp_path: Path) -> None:
    """Where no note can be written, the files are there all the same: who sees a note may read them."""
    (tmp_path / "state").write_text("a file where the folder should be")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "lab.sim", "--port", "0", "--phones", "2", "--files", str(tmp_path / "kit")),
        env={**os.environ, "TRUNKLINE_LAB_STATE": str(tmp_path / "state")},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert await asyncio.wait_for(process.wait(), 20) != 0
    files = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "kit").iterdir()}
    assert files == {"ami.json": 0o600, "phones.json": 0o600}


async def test_events_are_said_only_to_who_may_see_their_class() -> None:
    async with SimSwitch(1) as switch:
        switch.accounts["deaf"] = Account("x", frozenset({"user"}), frozenset({"call"}))
        async with LabAmi(switch.host, switch.port, "deaf", "x") as deaf, client(switch) as ami:
            switch.call_in("112")
            await ami.user_event("CtiEnter")
            await deaf.user_event("CtiEnter")
            assert {message["Event"] for message in deaf.seen} == {"UserEvent"}
            assert (await deaf.action("Setvar", Variable="X", Value="1"))["Response"] == "Success"
            assert (await deaf.action("Originate", Channel="PJSIP/cti-phone-01"))["Message"] == "Permission denied"


async def test_events_can_be_switched_off(desk: Desk) -> None:
    assert (await desk.ami.action("Events", EventMask="off"))["Events"] == "Off"
    seen = desk.ami.mark()
    desk.switch.call_in("112")
    await until(lambda: bool(desk.switch.exchange.channels))
    await desk.ami.action("Ping")
    assert desk.ami.mark() == seen


async def test_a_phone_of_the_fallback_that_rings_out_is_followed_by_the_next() -> None:
    async with SimSwitch(2, policy=Policy.rings_out(), second=0.02) as switch, client(switch) as ami:
        switch.call_in("112")
        await ami.event("DeviceStateChange", Device="PJSIP/cti-phone-02", State="RINGING")
        assert [phone.rung for phone in switch.phones.values()] == [1, 1]
        await ami.event("AgentRingNoAnswer", MemberName="cti-phone-01")
        assert switch.phone(1).state == "NOT_INUSE"


async def test_a_restart_while_a_phone_rings_says_nothing_of_it_later(desk: Desk) -> None:
    _, hold = await desk.waiting()
    await desk.ring(hold, "leg-1", timeout=1)
    await desk.switch.phone(1).until("RINGING")
    await desk.switch.restart()
    async with client(desk.switch) as ami:
        await asyncio.sleep(1.2)  # past the time at which the ringing would have ended
        assert [message["Event"] for message in ami.seen] == ["FullyBooted"]


async def test_a_caller_to_a_number_that_leads_nowhere_is_hung_up(desk: Desk) -> None:
    call = desk.switch.call_in("112", did="abc")
    assert await call.ended() == 0
    assert desk.switch.exchange.channels == {}
