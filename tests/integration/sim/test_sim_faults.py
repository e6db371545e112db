"""Each fault that the simulated switch offers does to its clients what it says."""

import asyncio

import pytest

from lab.ami import LabAmi
from lab.errors import SwitchNotReady
from lab.sim import SimSwitch
from tests.support.sim import Desk, client
from tests.support.waiting import until

pytestmark = pytest.mark.integration


def _events(ami: LabAmi, name: str) -> int:
    return sum(message["Event"] == name for message in ami.seen)


async def test_cut_closes_the_connection_and_keeps_the_calls(desk: Desk) -> None:
    call, _ = await desk.waiting()
    desk.switch.faults.cut()
    with pytest.raises((SwitchNotReady, ConnectionError, TimeoutError)):
        await asyncio.wait_for(desk.ami.action("Ping"), 1)
    async with client(desk.switch) as again:
        channels = await again.collect("CoreShowChannels", "CoreShowChannelsComplete")
        assert [channel["Uniqueid"] for channel in channels] == [call.channel.id]


async def test_stall_says_nothing_until_it_is_resumed() -> None:
    async with SimSwitch(1) as switch, client(switch) as ami:
        switch.faults.stall()
        call = switch.call_in("112")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ami.action("Ping"), 0.3)
        assert _events(ami, "Newchannel") == 0
        switch.faults.resume()
        event = await ami.event("Newchannel")
        assert event["Uniqueid"] == call.channel.id
        assert (await ami.action("Ping"))["Ping"] == "Pong"


async def test_a_stalled_switch_lets_connect_but_not_sign_in() -> None:
    async with SimSwitch(1) as switch:
        switch.faults.stall()
        reader, writer = await asyncio.open_connection(switch.host, switch.port)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readline(), 0.2)
        switch.faults.clear()
        assert (await asyncio.wait_for(reader.readline(), 2)).startswith(b"Asterisk Call Manager")
        writer.close()


async def test_duplicated_events_come_twice_and_others_once(desk: Desk) -> None:
    desk.switch.faults.duplicate({"Newstate"})
    await desk.waiting()
    assert (_events(desk.ami, "Newstate"), _events(desk.ami, "Newchannel")) == (2, 1)


async def test_delayed_events_are_overtaken(desk: Desk) -> None:
    desk.switch.faults.delay(0.3, "Newchannel")
    await desk.waiting()
    assert _events(desk.ami, "Newchannel") == 0
    await desk.ami.event("Newchannel")
    names = [message["Event"] for message in desk.ami.seen]
    assert names.index("Newchannel") > names.index("Newstate")


async def test_dropped_events_never_come(desk: Desk) -> None:
    desk.switch.faults.drop("Hangup")
    call, hold = await desk.waiting()
    call.hang_up()
    await desk.ami.event("SoftHangupRequest", Uniqueid=hold["Uniqueid"])
    await desk.ami.action("Ping")
    assert _events(desk.ami, "Hangup") == 0
    assert not call.up


async def test_refused_logins_say_authentication_failed_and_hang_up() -> None:
    async with SimSwitch(1) as switch:
        switch.faults.refuse_logins()
        with pytest.raises(SwitchNotReady, match="Authentication failed"):
            await client(switch).__aenter__()
        switch.faults.clear()
        async with client(switch) as ami:
            assert (await ami.action("Ping"))["Response"] == "Success"


async def test_wrong_secret_is_refused_and_the_connection_closed() -> None:
    async with SimSwitch(1) as switch:
        reader, writer = await asyncio.open_connection(switch.host, switch.port)
        writer.write(b"Action: Ping\r\n\r\nAction: Login\r\nUsername: trunkline\r\nSecret: guess\r\n\r\n")
        said = await asyncio.wait_for(reader.read(), 2)
        assert b"Message: Permission denied" in said
        assert said.endswith(b"Response: Error\r\nMessage: Authentication failed\r\n\r\n")
        writer.close()


@pytest.mark.parametrize("executed", [True, False])
async def test_cut_at_an_action_answers_nothing_and_does_it_or_not(desk: Desk, executed: bool) -> None:
    _, hold = await desk.waiting()
    desk.switch.faults.cut_on("Originate", executed=executed)
    with pytest.raises((SwitchNotReady, ConnectionError, TimeoutError)):
        await asyncio.wait_for(desk.ring(hold, "leg-1"), 2)
    await asyncio.sleep(0)
    assert (desk.switch.exchange.find("leg-1") is not None) is executed
    assert len(desk.switch.sent("Originate")) == 1


async def test_unanswered_actions_are_carried_out(desk: Desk) -> None:
    _, hold = await desk.waiting()
    desk.switch.faults.leave_unanswered("Setvar")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(desk.ami.action("Setvar", Channel=hold["Channel"], Variable="X", Value="1"), 0.2)
    assert (await desk.ami.action("Getvar", Channel=hold["Channel"], Variable="X"))["Value"] == "1"


async def test_restart_loses_every_call_without_an_event(desk: Desk) -> None:
    desk.switch.phone(1).unregister()
    call, _ = await desk.waiting()
    port = desk.switch.port
    await desk.switch.restart()
    assert await call.ended() == 0
    assert (desk.switch.port, desk.switch.phone(1).state) == (port, "UNAVAILABLE")
    async with client(desk.switch) as ami:
        assert (await ami.event("FullyBooted"))["Status"] == "Fully Booted"
        assert await ami.collect("CoreShowChannels", "CoreShowChannelsComplete") == []
        assert (await ami.action("Getvar", Variable="CTI_HB"))["Value"] == ""
    assert _events(desk.ami, "Hangup") == 0


async def test_a_switch_that_is_down_refuses_connections(desk: Desk) -> None:
    restarting = asyncio.create_task(desk.switch.restart(down=0.3))
    await until(lambda: not desk.switch.listening)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(desk.switch.host, desk.switch.port)
    await restarting
    async with client(desk.switch) as ami:
        assert (await ami.action("Ping"))["Response"] == "Success"


async def test_a_line_over_the_limit_spoils_its_message_only(desk: Desk) -> None:
    reader, writer = await asyncio.open_connection(desk.switch.host, desk.switch.port)
    login = f"Action: Login\r\nUsername: trunkline\r\nSecret: {desk.switch.secret}\r\nEvents: off\r\n\r\n"
    writer.write(login.encode() + b"Action: Ping\r\nActionID: 1\r\nX: " + b"y" * 5000 + b"\r\n\r\n")
    writer.write(b"Action: Logoff\r\nActionID: 2\r\n\r\n")
    said = (await asyncio.wait_for(reader.read(), 2)).decode()
    assert "ActionID: 1\r\nMessage: Failed to parse message: line too long\r\n" in said
    assert "ActionID: 2\r\nMessage: Thanks for all the fish." in said
    writer.close()
