"""Running a dialplan on a channel, without a clock or a wire."""

import pytest

from lab.sim.apps import APPS
from lab.sim.channel import Channel
from lab.sim.dialplan import Dialplan
from lab.sim.exchange import Exchange
from lab.sim.expr import DialplanError
from lab.sim.runner import Runner

pytestmark = pytest.mark.unit


class Nobody:
    """A party that is told and does nothing."""

    def bridged(self, channel: Channel) -> None: ...

    def left(self, channel: Channel) -> None: ...


def play(steps: str) -> tuple[Channel, list[str]]:
    """Run `steps` (lines of extension s) on a new channel; returns it and the names of the events."""
    exchange = Exchange()
    said: list[str] = []
    exchange.listeners.append(lambda kind, event, headers: said.append(event))
    first, *rest = steps.strip().splitlines()
    text = "\n".join(["[a]", f"exten => s,1,{first}", *(f" same => n,{step}" for step in rest)])
    runner = Runner(exchange, Dialplan(text), APPS)
    channel = exchange.new_channel("trunk", Nobody())
    runner.start(channel, "a", "s")
    return channel, said


def test_a_dialplan_that_never_waits_is_hung_up() -> None:
    channel, said = play("Goto(s,1)")
    assert channel.gone
    assert said == ["SoftHangupRequest", "Hangup"]


def test_the_end_of_a_dialplan_is_the_end_of_the_call() -> None:
    channel, _ = play('Set(A=1)\nSet(__B=${A}2)\nExecIf($[1]?Set(C=${IF($["${B}" = "12"]?yes:no)}):Set(C=never))')
    assert channel.gone
    assert channel.variables == {"A": "1", "B": "12", "C": "yes"}
    assert channel.inherited == {"B"}


def test_filter_keeps_ranges_and_escaped_characters() -> None:
    channel, _ = play("Set(A=${FILTER(0-9a-c\\-_.,x1-2_a.c;d)})")
    assert channel.variables["A"] == "1-2_a.c"


def test_a_hangup_has_the_cause_it_is_given() -> None:
    channel, _ = play("Hangup(34)")
    assert channel.cause == 34


def test_a_bridge_to_nobody_goes_on_and_says_so() -> None:
    channel, _ = play("Bridge(PJSIP/none-1)\nSet(A=${BRIDGERESULT})")
    assert channel.variables["A"] == "NONEXISTENT"


@pytest.mark.parametrize("steps", ["Dial(PJSIP/1)", "Set(A=${SHELL(id)})", "Set(DB(a/b)=1)"])
def test_what_is_not_played_is_refused_by_name(steps: str) -> None:
    with pytest.raises(DialplanError, match=r"Dial|SHELL|DB"):
        play(steps)
