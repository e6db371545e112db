"""The link under faults: seen, told, reconciled, and nothing is ever sent twice."""

from __future__ import annotations

import asyncio
import time

import pytest

from cti.ami import AmiSwitch
from cti.ami.switch import NOT_TAKEN_IN
from cti.facts import DeviceChanged, LegEnded, LegPlaced, LinkDown, LinkUp, OrderDone, Snapshot
from cti.orders import DropClaim, QueueCaller, RingAgent, TakeOrders
from cti.switch import LinkState
from tests.integration.cti.conftest import Ear, quick
from tests.integration.cti.fake_ami import FakeAmi
from tests.support.waiting import until

pytestmark = pytest.mark.integration

CALLER = "PJSIP/trunk-00000001"


def ring(order_id: str = "o1", leg: str = "leg-1") -> RingAgent:
    return RingAgent(
        order_id=order_id,
        leg=leg,
        endpoint="cti-phone-01",
        caller_channel=CALLER,
        interaction_id="ix-1",
        claim="of-1",
        timeout=20,
    )


def drop_claim(order_id: str, interaction: str = "ix-1") -> DropClaim:
    return DropClaim(order_id=order_id, caller_channel=CALLER, interaction_id=interaction)


async def test_given_a_switch_then_the_link_comes_up_and_then_the_snapshot(switch: AmiSwitch, ear: Ear) -> None:
    assert [type(fact) for fact in ear.facts] == [LinkUp, Snapshot]
    assert ear.of(Snapshot)[0].devices[0][0] == "cti-phone-01"
    assert switch.status.switch_version == "22.0-fake"


async def test_given_a_cut_with_an_originate_out_then_it_is_unknown_and_never_sent_again(
    switch: AmiSwitch, ami: FakeAmi, ear: Ear
) -> None:
    ami.silent.add("Originate")
    switch.send(ring())
    await until(lambda: len(ami.named("Originate")) == 1)
    ami.cut()
    done = await ear.hears(OrderDone)
    assert (done.ok, done.unknown, done.interaction_id) == (False, True, "ix-1")
    await ear.hears(Snapshot, 2)
    await asyncio.wait_for(ear.hears(LinkUp, 2), 5)
    switch.send(drop_claim("o2"))
    await ear.hears(OrderDone, 2)
    assert len(ami.named("Originate")) == 1
    assert ear.of(LegEnded) == []


async def test_given_a_cut_after_the_originate_was_accepted_then_it_is_unknown(
    switch: AmiSwitch, ami: FakeAmi, ear: Ear
) -> None:
    switch.send(ring())
    await until(lambda: len(ami.named("Originate")) == 1)
    await ami.event("Newstate", "ChannelState: 6", "Uniqueid: another")
    ami.cut()
    done = await ear.hears(OrderDone)
    assert (done.ok, done.unknown) == (False, True)
    await ear.hears(Snapshot, 2)
    assert len(ami.named("Originate")) == 1


async def test_given_no_link_then_an_order_is_refused_at_once_and_never_sent(
    switch: AmiSwitch, ami: FakeAmi, ear: Ear
) -> None:
    await ami.stop()
    await ear.hears(LinkDown)
    switch.send(ring())
    done = ear.of(OrderDone)[-1]
    assert (done.ok, done.unknown) == (False, False)
    assert "nothing was sent" in done.message
    await ami.start(ami_port(switch))
    await ear.hears(Snapshot, 2)
    assert ami.named("Originate") == []


def ami_port(switch: AmiSwitch) -> int:
    return switch._settings.port


async def test_given_a_half_open_link_then_it_is_closed_after_two_missed_pongs(
    switch: AmiSwitch, ami: FakeAmi, ear: Ear
) -> None:
    began = time.monotonic()
    ami.deaf = True
    assert (await ear.hears(LinkDown)).reason == "heartbeat"
    assert time.monotonic() - began < 1.5
    ami.deaf = False
    await ear.hears(Snapshot, 2)


async def test_given_a_heartbeat_without_an_answer_then_the_link_is_dead(
    switch: AmiSwitch, ami: FakeAmi, ear: Ear
) -> None:
    switch.beat(1)
    await until(lambda: ami.named("Setvar")[-1:] != [])
    ami.silent.add("Setvar")
    switch.beat(2)
    assert (await ear.hears(LinkDown)).reason == "heartbeat"
    assert [beat["Value"] for beat in ami.named("Setvar")] == ["1", "2"]
    assert switch.counts["beats_unanswered"] == 1


async def test_given_no_link_then_a_heartbeat_is_silently_nothing(ami: FakeAmi, ear: Ear) -> None:
    switch = AmiSwitch(quick(ami.port), ear)
    switch.beat(1)
    assert ami.actions == []


async def test_given_a_wrong_secret_then_the_status_says_so_with_its_cure(ami: FakeAmi, ear: Ear) -> None:
    switch = AmiSwitch(quick(ami.port, secret="wrong"), ear)
    await switch.start()
    assert (await ear.hears(LinkDown)).reason == "refused"
    assert switch.status.state is LinkState.refused
    assert "secret" in switch.status.detail
    assert "manager.conf" in switch.status.detail
    assert "wrong" not in switch.status.detail
    await until(lambda: ami.connections >= 2)
    assert switch.status.state is LinkState.refused
    ami.secret = "wrong"
    await ear.hears(Snapshot)
    await until(lambda: switch.status.state is LinkState.up)
    assert len(ear.of(LinkDown)) == 1
    await switch.stop()


async def test_given_nobody_at_the_port_then_the_status_names_host_and_port(ami: FakeAmi, ear: Ear) -> None:
    port = ami.port
    await ami.stop()
    switch = AmiSwitch(quick(port), ear)
    await switch.start()
    assert (await ear.hears(LinkDown)).reason == "unreachable"
    await until(lambda: switch.status.attempts >= 2)
    assert f"127.0.0.1:{port}" in switch.status.detail
    assert "bindaddr" in switch.status.detail
    await ami.start(port)
    await ear.hears(Snapshot)
    await switch.stop()


async def test_given_a_switch_that_never_boots_then_the_status_says_what_to_look_at(ami: FakeAmi, ear: Ear) -> None:
    ami.booted = False
    switch = AmiSwitch(quick(ami.port), ear)
    await switch.start()
    assert (await ear.hears(LinkDown)).reason == "not_ready"
    assert "read=system" in switch.status.detail
    await switch.stop()


async def test_given_another_service_at_the_port_then_the_link_is_closed_as_garbage(ami: FakeAmi, ear: Ear) -> None:
    ami.banner = "SSH-2.0-OpenSSH_9.2\r\n"
    switch = AmiSwitch(quick(ami.port), ear)
    await switch.start()
    assert (await ear.hears(LinkDown)).reason == "garbage"
    await switch.stop()


@pytest.mark.parametrize("noise", [b"x" * 70_000, b"\xff\xfe\x00 nonsense\r\n\r\n"])
async def test_given_garbage_then_the_link_is_closed_and_comes_back(
    switch: AmiSwitch, ami: FakeAmi, ear: Ear, noise: bytes
) -> None:
    await ami.say(noise)
    assert (await ear.hears(LinkDown)).reason == "garbage"
    await ear.hears(Snapshot, 2)


async def test_given_a_full_inbox_then_the_link_closes_and_the_outage_is_told_when_there_is_room(
    switch: AmiSwitch, ami: FakeAmi, ear: Ear
) -> None:
    ear.full = True
    await ami.event("Hangup", "Uniqueid: 1", "Cause: 16")
    await until(lambda: switch.counts["facts_refused"] == 1)
    ear.full = False
    assert (await ear.hears(LinkDown)).reason == "overflow"
    await ear.hears(Snapshot, 2)


async def test_given_one_byte_at_a_time_then_everything_is_heard(ami: FakeAmi, ear: Ear) -> None:
    ami.chunk = 1
    switch = AmiSwitch(quick(ami.port, ping_interval=2.0, action_timeout=5.0), ear)
    await switch.start()
    await ear.hears(Snapshot)
    lines = (
        "Channel: PJSIP/trunk-1",
        "Uniqueid: 1",
        "Linkedid: 1",
        "CallerIDName: Łucja",
        "UserEvent: CtiHold",
        "Ix: ix-1",
    )
    await ami.event("UserEvent", *lines)
    assert (await ear.hears(LegPlaced)).name == "Łucja"
    await switch.stop()


async def test_given_ten_thousand_events_then_they_are_heard_in_order(
    switch: AmiSwitch, ami: FakeAmi, ear: Ear
) -> None:
    text = "".join(f"Event: Hangup\r\nUniqueid: leg-{n}\r\nCause: 16\r\n\r\n" for n in range(10_000))
    await ami.say(text)
    await ear.hears(LegEnded, 10_000)
    assert [fact.leg for fact in ear.of(LegEnded)] == [f"leg-{n}" for n in range(10_000)]


async def test_given_an_event_that_lacks_a_header_then_it_is_counted_and_the_next_is_heard(
    switch: AmiSwitch, ami: FakeAmi, ear: Ear
) -> None:
    await ami.event("Hangup", "Cause: 16")
    await ami.event("Hangup", "Uniqueid: 1", "Cause: 17")
    assert (await ear.hears(LegEnded)).cause == 17
    assert switch.counts["events_refused"] == 1
    assert switch.status.state is LinkState.up


async def test_given_a_sink_that_raises_then_that_event_is_lost_and_the_link_lives(ami: FakeAmi, ear: Ear) -> None:
    class Moody(Ear):
        def __call__(self, fact: object) -> bool:
            if isinstance(fact, DeviceChanged):
                raise ValueError("moody")
            return super().__call__(fact)  # type: ignore[arg-type]

    moody = Moody()
    switch = AmiSwitch(quick(ami.port), moody)
    await switch.start()
    await until(lambda: switch.status.state is LinkState.up)
    await ami.event("DeviceStateChange", "Device: PJSIP/cti-phone-01", "State: INUSE")
    await ami.event("Hangup", "Uniqueid: 1", "Cause: 16")
    await moody.hears(LegEnded)
    assert switch.counts["events_poison"] == 1
    await switch.stop()


async def test_given_an_action_without_an_answer_then_its_order_ends_in_time_and_the_late_answer_is_ignored(
    switch: AmiSwitch, ami: FakeAmi, ear: Ear
) -> None:
    ami.silent.add("Redirect")
    switch.send(QueueCaller(order_id="o1", caller_channel=CALLER, interaction_id="ix-1"))
    done = await ear.hears(OrderDone)
    assert (done.ok, done.unknown) == (False, True)
    await ami.say(f"Response: Success\r\nActionID: {ami.named('Redirect')[0]['ActionID']}\r\nMessage: late\r\n\r\n")
    await until(lambda: switch.counts["responses_late"] == 1)
    assert len(ear.of(OrderDone)) == 1


async def test_given_stop_while_it_waits_to_dial_again_then_it_never_dials_again(ami: FakeAmi, ear: Ear) -> None:
    port = ami.port
    await ami.stop()
    switch = AmiSwitch(quick(port, backoff_first=0.3), ear)
    await switch.start()
    await ear.hears(LinkDown)
    await switch.stop()
    assert switch.status.state is LinkState.closed
    await ami.start(port)
    assert [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("ami-")] == []
    assert ami.connections == 0


async def test_given_events_while_the_snapshot_is_collected_then_it_is_true_when_it_is_posted(
    ami: FakeAmi, ear: Ear
) -> None:
    ids = "Channel: PJSIP/trunk-{0}\nUniqueid: {0}\nLinkedid: {0}\nVariable: CTI_IX=ix-{0}"
    row = ids + "\nChannelState: 6\nContext: cti-hold"
    ami.status = [row.format("1.1"), row.format("1.2")]
    ami.between = "Event: Hangup\nUniqueid: 1.1\nCause: 16\n\n"
    switch = AmiSwitch(quick(ami.port), ear)
    await switch.start()
    shot = await ear.hears(Snapshot)
    assert [leg.leg for leg in shot.legs] == ["1.2"]
    assert ear.facts.index(ear.of(LegEnded)[0]) < ear.facts.index(shot)
    await switch.stop()


async def test_given_a_switch_that_lists_a_shell_then_it_is_counted_and_is_nobodys_call(
    ami: FakeAmi, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    row = "Channel: {0}PJSIP/trunk-1\nUniqueid: {1}\nLinkedid: 1.1\nVariable: CTI_IX=ix-1\nChannelState: {2}"
    ami.status = [row.format("Surrogate/", "1.9", 0), row.format("", "1.1", 6)]
    switch = AmiSwitch(quick(ami.port), ear)
    await switch.start()
    shot = await ear.hears(Snapshot)
    await switch.stop()
    assert [leg.leg for leg in shot.legs] == ["1.1"]
    assert switch.counts["shells"] == 1
    assert [record.message for record in caplog.records if "no calls" in record.message] != []


async def test_given_a_new_link_then_what_was_decided_before_its_snapshot_is_not_sent(ami: FakeAmi, ear: Ear) -> None:
    """The engine may be slow to commit: what it sends then was decided without what the snapshot shows."""
    switch = AmiSwitch(quick(ami.port), ear, orders_wait=True)
    await switch.start()
    try:
        await until(lambda: switch.status.state == "up", what="the link")
        first = (await ear.hears(Snapshot)).number
        assert switch.status.problems == (NOT_TAKEN_IN,)
        switch.send(ring("late"))
        late = await ear.hears(OrderDone)
        assert (late.order_id, late.ok, late.unknown) == ("late", False, False)

        switch.send(TakeOrders(order_id="t1", snapshot=first))
        assert switch.status.problems == ()
        switch.send(drop_claim("o2"))
        assert (await ear.hears(OrderDone, 2)).ok

        ami.cut()
        assert (await ear.hears(Snapshot, 2)).number > first
        switch.send(TakeOrders(order_id="t2", snapshot=first))
        switch.send(ring("later"))
        assert not (await ear.hears(OrderDone, 3)).ok
    finally:
        await switch.stop()
    assert ami.named("Originate") == []


async def test_given_a_snapshot_that_is_not_taken_in_then_the_switch_is_asked_again_and_health_says_so(
    ami: FakeAmi, ear: Ear
) -> None:
    """As when the turn that took it in failed: nobody says TakeOrders, and every order would be refused for ever."""
    switch = AmiSwitch(quick(ami.port, take_in_timeout=0.1), ear, orders_wait=True)
    await switch.start()
    try:
        second = (await ear.hears(Snapshot, 2)).number
        assert "begun again 1 times" in switch.status.problems[0]
        assert ear.of(LinkDown) == [], "on the same link"
        switch.send(TakeOrders(order_id="t1", snapshot=second - 1))
        assert switch.status.problems, "the one before is not what stands on the switch now"
        switch.send(TakeOrders(order_id="t2", snapshot=second))
        assert switch.status.problems == ()
        await until(lambda: "ami-taking" not in {task.get_name() for task in asyncio.all_tasks()}, what="it is done")
        assert len(ear.of(Snapshot)) == 2
    finally:
        await switch.stop()


async def test_given_snapshots_that_are_never_taken_in_then_the_link_is_renewed_after_a_few(
    ami: FakeAmi, ear: Ear
) -> None:
    switch = AmiSwitch(quick(ami.port, take_in_timeout=0.02, take_in_tries=2), ear, orders_wait=True)
    await switch.start()
    try:
        assert (await ear.hears(LinkDown)).reason == "not_taken_in"
        assert len(ear.of(Snapshot)) == 3
        fourth = await ear.hears(Snapshot, 4)
        switch.beat(1)
        switch.send(TakeOrders(order_id="t1", snapshot=fourth.number))
        switch.beat(2)
        await until(lambda: ami.named("Setvar") != [], what="a heartbeat")
        beats = [one["Value"] for one in ami.named("Setvar")]
        assert beats == ["2"], "until it is taken in nobody is served, and the switch's own queue must come in"
    finally:
        await switch.stop()
