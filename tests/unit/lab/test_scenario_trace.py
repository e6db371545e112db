"""Traces of scenarios: what is told apart, what is not, and what a scenario file must hold."""

from pathlib import Path

import pytest

from lab.ami import Message
from lab.scenarios import trace
from lab.scenarios.player import Player
from lab.scenarios.script import load, names, scenario

pytestmark = pytest.mark.unit


def _new(unique: str, channel: str) -> Message:
    return {"Event": "Newchannel", "Channel": channel, "Uniqueid": unique, "Linkedid": unique, "Context": "cti-in"}


def _enter(unique: str, channel: str, bridge: str) -> Message:
    where = {"BridgeUniqueid": bridge, "BridgeNumChannels": "1"}
    return {"Event": "BridgeEnter", **where, "Channel": channel, "Uniqueid": unique, "Linkedid": unique}


def _told(events: list[Message], callers: list[str]) -> str:
    return trace.render(trace.sections(trace.Cast(callers=callers), events))


def test_ids_do_not_matter_but_roles_do() -> None:
    first = [_new("170.1", "PJSIP/trunk-00000001"), _enter("170.1", "PJSIP/trunk-00000001", "b-1")]
    second = [_new("999.7", "PJSIP/trunk-0000000f"), _enter("999.7", "PJSIP/trunk-0000000f", "b-77")]
    assert _told(first, ["caller"]) == _told(second, ["caller"])
    assert _told(first, ["caller"]) != _told(first, ["other"])


def test_order_matters_on_a_channel_and_not_between_channels() -> None:
    one, two = _new("1.1", "PJSIP/trunk-00000001"), _new("1.2", "PJSIP/trunk-00000002")
    up = {"Event": "Newstate", "Uniqueid": "1.1", "Channel": "PJSIP/trunk-00000001", "ChannelStateDesc": "Up"}
    ring = {"Event": "Newstate", "Uniqueid": "1.1", "Channel": "PJSIP/trunk-00000001", "ChannelStateDesc": "Ring"}
    assert _told([one, two, ring, up], ["a", "b"]) == _told([one, ring, two, up], ["a", "b"])
    assert _told([one, two, ring, up], ["a", "b"]) != _told([one, two, up, ring], ["a", "b"])


def test_a_header_more_or_less_is_a_difference() -> None:
    event = _new("1.1", "PJSIP/trunk-00000001")
    assert trace.headers([event]) != trace.headers([{**event, "Extra": "1"}])


def test_events_that_nobody_reads_are_left_out() -> None:
    assert not trace.matters({"Event": "QueueMemberStatus"})
    assert not trace.matters({"Event": "DeviceStateChange", "Device": "Queue:cti-fallback", "State": "INUSE"})
    assert trace.matters({"Event": "DeviceStateChange", "Device": "PJSIP/cti-phone-01", "State": "INUSE"})
    assert not trace.matters({"Event": "DeviceStateChange", "Device": "PJSIP/x", "State": "INUSE", "ActionID": "1"})


@pytest.mark.parametrize("name", names())
def test_every_step_of_every_scenario_can_be_played(name: str) -> None:
    found = scenario(name)
    assert found.title
    assert [step["do"] for step in found.steps if not hasattr(Player, f"do_{step['do']}")] == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [('{"title": "x", "step": []}', "unknown keys"), ('{"title": "x", "steps": [{"of": "y"}]}', "step 1 has no `do`")],
)
def test_a_mistyped_scenario_is_named(text: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=f"wrong.json: {problem}"):
        load(path)
