"""Attacks through every field that reaches the AMI, counted by Asterisk itself: its log names each action it runs."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cti.ami import AmiSettings, AmiSwitch
from cti.ami.actions import steps
from cti.ami.link import AmiLink
from cti.facts import LegEnded, OrderDone
from cti.orders import DialOut, LegOrder, LookAtLeg, SwitchOrder
from cti.switch import LinkState
from kernel.errors import Invalid
from kernel.messages import Fact
from lab.asterisk import AsteriskLab
from lab.farend import FarEnd
from lab.stage import Stage
from tests.support import orders
from tests.support.orders import kinds_sent
from tests.support.waiting import until

pytestmark = pytest.mark.system

RUNNING = re.compile(r"\[(\d+)\](?:\[C-[0-9a-f]+\])? manager\.c: Running action '(\w+)'")
AGENT = "PJSIP/cti-phone-01-0000ffff"
STRIPPED = "".join(map(chr, range(33)))
"""What Asterisk cuts off both ends of a value."""
SMUGGLED = "CoreStatus"
"""Nothing of ours runs this; seeing it means that a value became an action."""
BUSY = "+34600111217"
"""A number behind the lab's trunk that refuses every call."""
BY_ITSELF = {"Ping", "ListCommands", "ShowDialPlan"}
"""What the link runs between orders, to see that the switch is there and has what we need."""

HARMLESS = {"endpoint": "cti-phone-04", "timeout": 5, "wait": 5, "number": BUSY, "trunk": "PJSIP/{number}@trunk"}
"""What the same orders may name on a switch that carries them out."""


def harmless(order: SwitchOrder) -> SwitchOrder:
    leg = "leg-attack" if isinstance(order, LegOrder) else "leg-nobody"
    fields = {**HARMLESS, "leg": leg, "agent_channel": AGENT}
    return dataclasses.replace(order, **{name: value for name, value in fields.items() if hasattr(order, name)})


ORDERS = tuple(map(harmless, orders.ORDERS))
TARGETS = [
    (order, field.name)
    for order in ORDERS
    for field in dataclasses.fields(order)
    if isinstance(getattr(order, field.name), str)
]
BREAKS = ("\r\n\r\n", "\n\n", "\r\n", "\n", "\r\r", "\0", "\u2028", "\x85", "\\r\\n\\r\\n", "%0d%0a%0d%0a")
POISON = st.one_of(
    st.text(max_size=60),
    st.builds(
        lambda before, line, after: f"{before}{line}Action: {SMUGGLED}{line}{after}",
        st.text(max_size=10),
        st.sampled_from(BREAKS),
        st.text(max_size=10),
    ),
    st.builds(lambda letter, count: letter * count, st.characters(), st.integers(200, 5000)),
)
THOROUGH = settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class Tally:
    """The actions that Asterisk says it ran for one AMI session; each session has a thread of its own in its log."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self.thread = ""

    def lines(self) -> list[tuple[str, str]]:
        return RUNNING.findall(self._log.read_text(errors="replace"))

    def mine(self) -> list[str]:
        return [action for thread, action in self.lines() if thread == self.thread]

    def orders(self) -> list[str]:
        """Without what the link does by itself."""
        return [action for action in self.mine() if action not in BY_ITSELF]

    async def claim(self) -> None:
        """The next session that signs in is the one to follow."""
        seen = sum(action == "Login" for _, action in self.lines())
        logins = lambda: [thread for thread, action in self.lines() if action == "Login"][seen:]  # noqa: E731
        await self._connect()
        await until(lambda: bool(logins()), what="the sign-in in the switch's log")
        self.thread = logins()[0]

    async def of(self, connect: Callable[[], Awaitable[None]]) -> Tally:
        self._connect = connect
        await self.claim()
        return self


@pytest_asyncio.fixture
async def tally(asterisk_lab: AsteriskLab) -> AsyncIterator[Tally]:
    log = asterisk_lab.log_file.parent / "ami-actions.log"
    await asterisk_lab.rasterisk("logger add channel ami-actions.log debug")
    await asterisk_lab.rasterisk("core set debug 1 manager.c")
    await until(log.exists, what="the switch's debug log")
    yield Tally(log)
    await asterisk_lab.rasterisk("core set debug 0 manager.c")
    await asterisk_lab.rasterisk("logger remove channel ami-actions.log")
    log.unlink()


def ami_settings(lab: AsteriskLab) -> AmiSettings:
    access = lab.ami
    return AmiSettings(host=access.host, port=access.port, username=access.user, secret=access.secret)


class Attack:
    """A switch that is connected, and what came back from it."""

    def __init__(self, lab: AsteriskLab, tally: Tally) -> None:
        self.facts: list[Fact] = []
        self.switch = AmiSwitch(ami_settings(lab), self._hear)
        self.tally = tally
        self.caller = ""
        self.outside = FarEnd(lab.sip, lab.ports.trunk)
        self.asked: Counter[str] = Counter()
        """The numbers of the dials that were sent."""

    def _hear(self, fact: Fact) -> bool:
        self.facts.append(fact)
        return True

    async def connect(self) -> None:
        await self.switch.start()
        await until(lambda: self.switch.status.state is LinkState.up, what="the link")

    def done(self) -> list[OrderDone]:
        return [fact for fact in self.facts if isinstance(fact, OrderDone)]

    async def sentinel(self) -> None:
        """Wait until the switch has run an action of ours that comes after all that we sent before."""
        count = self.tally.orders().count("CoreSettings")
        await self.switch._link.act({"Action": "CoreSettings"})
        await until(lambda: self.tally.orders().count("CoreSettings") > count, what="the sentinel in the log")

    async def carry_out(self, order: SwitchOrder) -> OrderDone:
        count = len(self.done())
        self.switch.send(order)
        await until(lambda: len(self.done()) > count, within=12, what="the end of the order")
        return self.done()[count]


@pytest_asyncio.fixture
async def attack(stage: Stage, tally: Tally) -> AsyncIterator[Attack]:
    """A caller waits, so that what is checked by the switch itself gets as far as it can."""
    made = Attack(stage.lab, tally)
    async with stage.beating(), made.outside, stage.caller() as call:
        made.caller = (await stage.waiting())["Channel"]
        await tally.of(made.connect)
        yield made
        await made.switch.stop()
        sent = made.switch.counts["actions"]
        await until(lambda: len(tally.mine()) == sent, what=f"exactly {sent} actions run by the switch")
        assert Counter(made.outside.dialled) <= made.asked, "nothing was dialled but what was asked for, each once"
        await call.hang_up()


def test_given_every_kind_of_order_then_it_is_among_those_that_are_tried() -> None:
    assert {type(order) for order in ORDERS} == kinds_sent()


async def test_given_a_raw_client_then_a_smuggled_action_is_seen_by_the_tally(stage: Stage, tally: Tally) -> None:
    """The tally can see what the other tests look for."""
    async with stage.lab.ami.client() as naive:
        tally.thread = tally.lines()[-1][0] if tally.lines() else ""
        await naive.action("Setvar", Variable="CTI_TEST", Value=f"x\r\n\r\nAction: {SMUGGLED}")
        await naive.action("Ping")
        await until(lambda: SMUGGLED in [action for _, action in tally.lines()], what="the smuggled action")


@settings(THOROUGH, max_examples=400)
@given(st.sampled_from(TARGETS), POISON)
async def test_given_any_text_in_any_field_of_any_order_then_the_switch_runs_our_actions_and_no_other(
    attack: Attack, target: tuple[SwitchOrder, str], text: str
) -> None:
    template, field = target
    if hasattr(template, "caller_channel"):
        template = dataclasses.replace(template, caller_channel=attack.caller)
    order = dataclasses.replace(template, **{field: text})
    before = len(attack.tally.orders())
    if isinstance(order, DialOut):
        attack.asked[order.number] += 1
    done = await attack.carry_out(order)
    try:
        planned = [str(action["Action"]) for action in steps(order)]
    except Invalid:
        planned = []
    await attack.sentinel()
    # The link looks at the switch's clock by itself now and then, which is a Getvar too.
    seen = attack.tally.orders()[before:]
    before_sentinel = seen[: len(seen) - 1 - seen[::-1].index("CoreSettings")]
    ran = [action for action in before_sentinel if action in planned or action != "Getvar"]
    if isinstance(order, LookAtLeg):
        ran = ran[:1]  # ... and here no other than what was ordered
    assert ran == planned[: len(ran)]
    assert bool(ran) == bool(planned), done.message
    if not planned:
        assert "Nothing was sent" in done.message
    assert SMUGGLED not in attack.tally.mine()


class Nobody:
    def event(self, event: bytes) -> None:
        """Nothing is listened to."""

    async def opened(self, switch_version: str) -> None:
        """Nothing is collected."""

    async def lost(self, reason: str) -> None:
        """Nothing is told."""


@pytest_asyncio.fixture
async def link(asterisk_lab: AsteriskLab, tally: Tally) -> AsyncIterator[AmiLink]:
    made = AmiLink(ami_settings(asterisk_lab), Nobody(), counts := Counter())

    async def connect() -> None:
        made.start()
        await until(lambda: made.status.state is LinkState.up, what="the link")

    await tally.of(connect)
    yield made
    await made.stop()
    await until(lambda: len(tally.mine()) == counts["actions"], what=f"exactly {counts['actions']} actions")


@THOROUGH
@given(POISON)
async def test_given_any_text_as_a_value_then_it_is_refused_or_arrives_whole_in_one_action(
    link: AmiLink, tally: Tally, text: str
) -> None:
    """The last guard by itself, below the orders: what passes it is one action, whose value the switch gives back."""
    before = len(tally.orders())
    try:
        future = link.act({"Action": "Setvar", "Variable": "CTI_TEST", "Value": text})
    except Invalid:
        assert re.search(r"[\r\n\0\ud800-\udfff]", text) or len(text.encode(errors="replace")) > 512
        return
    assert (await future).ok
    reply = await link.act({"Action": "Getvar", "Variable": "CTI_TEST"})
    assert reply.headers.get("Value", "").strip(STRIPPED) == text.strip(STRIPPED)
    await until(lambda: len(tally.orders()) >= before + 2, what="both actions in the switch's log")
    assert tally.orders()[before:] == ["Setvar", "Getvar"]


@THOROUGH
@given(POISON)
async def test_given_any_text_as_a_key_then_it_is_refused_or_one_action(link: AmiLink, tally: Tally, key: str) -> None:
    before = len(tally.orders())
    try:
        future = link.act({"Action": "Getvar", "Variable": "CTI_TEST", f"X{key}": "1"})
    except Invalid:
        return
    await future
    await until(lambda: len(tally.orders()) >= before + 1, what="the action in the switch's log")
    assert tally.orders()[before:] == ["Getvar"]


async def test_given_a_dial_as_it_is_meant_then_the_other_side_of_the_trunk_sees_it_once(attack: Attack) -> None:
    """What is counted at the end of the attacks does arrive there."""
    dial = next(order for order in ORDERS if isinstance(order, DialOut))
    attack.asked[dial.number] += 1
    done = await attack.carry_out(dial)
    assert done.ok
    await until(lambda: attack.outside.dialled == [BUSY], what="the call at the other side")
    assert attack.tally.orders().count("Originate") == 1


async def test_given_oversize_from_the_orders_then_legs_that_never_came_are_told(attack: Attack) -> None:
    ring = dataclasses.replace(ORDERS[0], caller_channel=attack.caller, caller_name="ü" * 5000)
    done = await attack.carry_out(ring)
    assert not done.ok
    assert [fact.leg for fact in attack.facts if isinstance(fact, LegEnded)] == ["leg-attack"]
