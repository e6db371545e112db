"""Plays a scenario on a world through a raw AMI client, and returns its trace."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from lab.ami import Message
from lab.scenarios import trace
from lab.scenarios.script import Scenario, Step
from lab.scenarios.worlds import ENDPOINTS, World

SNAPSHOT_VARIABLES = "CTI_IX,CTI_ROLE,CTI_GONE,CHANNEL(language)"
LIMIT = 30.0
BOOKKEEPING = frozenset({"as", "do"})


class ScenarioFailed(AssertionError):
    """A step could not be played; says which."""


class Player:
    """One run. Each step is a method named `do_...`."""

    def __init__(self, world: World, scenario: Scenario) -> None:
        self._world, self._scenario = world, scenario
        self._tag = f"{time.monotonic_ns():x}"
        self._cast = trace.Cast()
        self._earlier: list[Message] = []
        self._answers: list[str] = []
        self._snapshots: dict[str, list[str]] = {}
        self._mark = 0
        self._linked = True
        self._beats: asyncio.Task[None] | None = None
        self._count = 0
        self.played: list[tuple[float, Step]] = []
        """Each step and when it was begun, by the clock that the switch's timestamps are of."""

    async def play(self) -> str:
        """The trace of the scenario, as text."""
        self._ami = await self._world.ami().__aenter__()
        try:
            await self._prepare()
            for number, step in enumerate(self._scenario.steps, 1):
                await self._step(number, step)
            await self._end()
            return self._text()
        finally:
            await self._stop_beat()
            await self._world.close()
            await self._ami.close()

    async def _prepare(self) -> None:
        await self._ami.event("FullyBooted")
        await self._ami.action("Setvar", Variable="CTI_HB", Value="")
        await self._until_devices(dict.fromkeys(ENDPOINTS.values(), "UNAVAILABLE"))
        for phone, manner in self._scenario.phones.items():
            await self._world.register(phone, manner)
        await self._until_devices({ENDPOINTS[phone]: "NOT_INUSE" for phone in self._scenario.phones})
        await asyncio.sleep(self._world.settle)
        self._first = self._mark = self._ami.mark()

    async def _until_devices(self, wanted: dict[str, str]) -> None:
        """Poll until phones are in these states: Asterisk announces a state only when it finds it changed."""
        async with asyncio.timeout(LIMIT):
            while True:
                found = await self._ami.collect("DeviceStateList", "DeviceStateListComplete")
                states = {device["Device"].removeprefix("PJSIP/"): device["State"] for device in found}
                if all(states.get(endpoint) == state for endpoint, state in wanted.items()):
                    return
                await asyncio.sleep(0.05)

    async def _step(self, number: int, step: Step) -> None:
        perform: Callable[[Step], Awaitable[None]] = getattr(self, f"do_{step['do']}")
        if step["do"] != "await":
            self._mark = self._ami.mark()
        self.played.append((time.time(), step))
        try:
            await perform(step)
        except (TimeoutError, StopIteration) as failure:
            told = trace.render(trace.sections(self._cast, self._events()))
            raise ScenarioFailed(f"{self._scenario.name}: step {number} {step} did not happen\n{told}") from failure

    async def _end(self) -> None:
        """Everybody gone, and what trails behind the last event said."""
        for role in list(self._cast.channels):
            if not role.startswith(("rung", "another")) and role not in self._cast.legs.values():
                await self._world.caller_hangs_up(role)
        await self._until_channels(0)
        await asyncio.sleep(self._world.settle)

    def _events(self) -> list[Message]:
        return [*self._earlier, *self._ami.seen[self._first :]]

    def _text(self) -> str:
        events = self._events()
        parts = trace.sections(self._cast, events)
        parts |= {"answers": self._answers, "headers": trace.headers(events), **self._snapshots}
        return trace.render(parts)

    async def _act(self, name: str, *variables: str, **headers: str | int) -> Message:
        answer = await self._ami.action(name, *variables, **headers)
        said = " ".join(f"{k}={self._cast.plain(v)}" for k, v in answer.items() if k not in ("ActionID", "Timestamp"))
        self._answers.append(f"{name}: {said}")
        return answer

    def _channel(self, role: str) -> str:
        """The full channel name of a role; what is no role is taken as it is."""
        return self._cast.channels.get(role, role)

    # --- the platform's side

    async def do_beat(self, step: Step) -> None:
        async def beat() -> None:
            while True:
                self._count += 1
                await self._ami.action("Setvar", Variable="CTI_HB", Value=self._count)
                await asyncio.sleep(self._world.second)

        self._beats = asyncio.create_task(beat())

    async def do_stop_beat(self, step: Step) -> None:
        await self._stop_beat()

    async def _stop_beat(self) -> None:
        if self._beats is not None:
            self._beats.cancel()
            await asyncio.gather(self._beats, return_exceptions=True)
            self._beats = None

    async def do_claim(self, step: Step) -> None:
        await self._act("Setvar", Channel=self._channel(step["of"]), Variable="CTI_CLAIM", Value=step["claim"])

    async def do_share(self, step: Step) -> None:
        """Several phones are to ring for this caller."""
        await self._act("Setvar", Channel=self._channel(step["of"]), Variable="CTI_SHARED", Value="1")

    async def do_ring(self, step: Step) -> None:
        """Originate an agent's leg onto a caller, as the platform does; `with` others when it is one of several."""
        unique = f"leg-{self._tag}-{step['as']}"
        self._cast.legs[unique] = step["as"]
        caller = self._channel(step["for"])
        interaction = next(k for k, v in self._cast.names.items() if v == f"ix({step['for']})")
        claim = step.get("claim", "t1")
        await self._act(
            "Originate",
            *("CTI_ROLE=agent", f"CTI_TARGET={caller}", f"CTI_CLAIM={claim}", f"CTI_IX={interaction}"),
            Channel=f"PJSIP/{ENDPOINTS.get(step['phone'], step['phone'])}",
            ChannelId=unique,
            Context="cti-pickup",
            Exten="any" if "with" in step else "go",
            Priority=1,
            Async="true",
            Timeout=int(float(step.get("timeout", "20")) * 1000 * self._world.second),
            CallerID='"Ana López" <+34600111222>',
        )

    async def do_ring_dialler(self, step: Step) -> None:
        """Originate the leg of an agent who calls somebody, as the platform does."""
        unique = f"leg-{self._tag}-{step['as']}"
        self._cast.legs[unique] = step["as"]
        self._cast.names[f"ix-{self._tag}"] = "ix(dialling)"
        await self._act(
            "Originate",
            *("CTI_ROLE=agent", f"CTI_WAIT={step.get('wait', '60')}", f"CTI_IX=ix-{self._tag}"),
            Channel=f"PJSIP/{ENDPOINTS[step['phone']]}",
            ChannelId=unique,
            Context="cti-dial",
            Exten="s",
            Priority=1,
            Async="true",
            Timeout=int(20000 * self._world.second),
            CallerID=f'"Ana López" <{step["number"]}>',
        )

    async def do_dial(self, step: Step) -> None:
        """Dial a number over the trunk onto an agent's leg, as the platform does."""
        await self._world.outside()
        unique = f"leg-{self._tag}-{step['as']}"
        self._cast.legs[unique] = step["as"]
        await self._act(
            "Originate",
            *("CTI_ROLE=dialled", f"CTI_TARGET={self._channel(step['onto'])}", f"__CTI_IX=ix-{self._tag}"),
            f"CTI_NUMBER={step['number']}",
            Channel=f"PJSIP/{step['number']}@trunk",
            ChannelId=unique,
            Context="cti-dialled",
            Exten="s",
            Priority=1,
            Async="true",
            Timeout=int(float(step.get("timeout", "30")) * 1000 * self._world.second),
            CallerID='"" <+34910000000>',
        )

    async def do_ring_outside(self, step: Step) -> None:
        """Dial a number over the trunk for a caller who waits, as the platform does: its leg has their claim."""
        await self._world.outside()
        unique = f"leg-{self._tag}-{step['as']}"
        self._cast.legs[unique] = step["as"]
        caller = self._channel(step["for"])
        interaction = next(k for k, v in self._cast.names.items() if v == f"ix({step['for']})")
        await self._act("Setvar", Channel=caller, Variable="CTI_CLAIM", Value=step["claim"])
        await self._act(
            "Originate",
            *("CTI_ROLE=agent", f"CTI_TARGET={caller}", f"CTI_CLAIM={step['claim']}", f"CTI_IX={interaction}"),
            Channel=f"PJSIP/{step['number']}@trunk",
            ChannelId=unique,
            Context="cti-pickup",
            Exten="go",
            Priority=1,
            Async="true",
            Timeout=int(float(step.get("timeout", "30")) * 1000 * self._world.second),
            CallerID='"" <+34910000000>',
        )

    async def do_hold(self, step: Step) -> None:
        caller, agent = self._channel(step["caller"]), self._channel(step["agent"])
        entered = [
            m["BridgeUniqueid"] for m in self._events() if m["Event"] == "BridgeEnter" and m["Channel"] == caller
        ]
        self._cast.torn.update(entered[-1:])
        await self._act("Setvar", Channel=caller, Variable="CTI_AGENT", Value=agent)
        here = {"Channel": caller, "Context": "cti-held", "Exten": "s", "Priority": "1"}
        there = {"ExtraChannel": agent, "ExtraContext": "cti-idle", "ExtraExten": "s", "ExtraPriority": "1"}
        await self._act("Redirect", **here, **there)

    async def do_resume(self, step: Step) -> None:
        caller, agent = self._channel(step["caller"]), self._channel(step["agent"])
        await self._act("Setvar", Channel=agent, Variable="CTI_TARGET", Value=caller)
        await self._act("Redirect", Channel=agent, Context="cti-pickup", Exten="go", Priority="1")

    async def do_redirect(self, step: Step) -> None:
        await self._act("Redirect", Channel=self._channel(step["of"]), Context=step["to"], Exten="s", Priority="1")

    async def do_say(self, step: Step) -> None:
        """What the platform wants said to a caller, as it writes it: `sounds` with blanks between."""
        value = "&".join((step["step"], "1" if "leave" in step else "0", *step["sounds"].split()))
        await self._act("Setvar", Channel=self._channel(step["of"]), Variable="CTI_SAY", Value=value)

    async def do_hush(self, step: Step) -> None:
        await self._act("Setvar", Channel=self._channel(step["of"]), Variable="CTI_SAY", Value="")

    async def do_hang_up(self, step: Step) -> None:
        cause = {"Cause": step["cause"]} if "cause" in step else {}
        await self._act("Hangup", Channel=self._channel(step["of"]), **cause)

    async def do_act(self, step: Step) -> None:
        """Any action, its headers as given; a value that is a role becomes that role's channel."""
        given = {key: self._channel(value) for key, value in step.items() if key not in ("do", "action")}
        await self._act(step["action"], **given)

    async def do_snapshot(self, step: Step) -> None:
        channels = await self._ami.collect("CoreShowChannels", "CoreShowChannelsComplete")
        status = await self._ami.collect("Status", "StatusComplete", Variables=SNAPSHOT_VARIABLES)
        devices = await self._ami.collect("DeviceStateList", "DeviceStateListComplete")
        self._snapshots[f"snapshot {step['as']}"] = trace.snapshot(self._cast, channels, status, devices)

    async def do_cut_link(self, step: Step) -> None:
        """The AMI connection breaks; nobody listens until `join_link`."""
        await self._stop_beat()
        self._earlier = self._events()
        await self._ami.close()
        self._linked = False

    async def do_join_link(self, step: Step) -> None:
        self._ami = await self._world.ami().__aenter__()
        await self._ami.event("FullyBooted")
        self._first = self._mark = 0
        self._linked = True

    # --- callers and phones

    async def do_call(self, step: Step) -> None:
        self._cast.callers.append(step["as"])
        number, name = step.get("number", "+34600111222"), step.get("name", "Ana López")
        await self._world.call(step["as"], number, name, step.get("did", "5551234"))

    async def do_caller_hangs_up(self, step: Step) -> None:
        await self._world.caller_hangs_up(step["as"])

    async def do_caller_presses(self, step: Step) -> None:
        await self._world.caller_presses(step["as"], step["digit"])

    async def do_phone_answers(self, step: Step) -> None:
        await self._world.phone_answers(step["phone"])

    async def do_phone_declines(self, step: Step) -> None:
        await self._world.phone_declines(step["phone"], int(step.get("code", "486")))

    async def do_phone_hangs_up(self, step: Step) -> None:
        await self._world.phone_hangs_up(step["phone"])

    async def do_far_hangs_up(self, step: Step) -> None:
        await self._world.far_hangs_up()

    async def do_register(self, step: Step) -> None:
        await self._world.register(step["phone"], step.get("manner", "ring"))

    async def do_unregister(self, step: Step) -> None:
        await self._world.unregister(step["phone"])

    # --- waiting

    async def do_await(self, step: Step) -> None:
        """An event since the last thing done: `event` is its name, or that of a UserEvent; `of` a role."""
        name = step["event"]
        wanted = {k: v for k, v in step.items() if k not in ("do", "event", "of", "phone")}

        def fits(message: Message) -> bool:
            self._cast.meet(message)
            if name not in (message["Event"], message.get("UserEvent")) or (
                "ActionID" in message and name != "OriginateResponse"
            ):
                return False
            if "of" in step and self._of(message) != step["of"]:
                return False
            if "phone" in step and message.get("Device") != f"PJSIP/{ENDPOINTS[step['phone']]}":
                return False
            return all(message.get(key) == value for key, value in wanted.items())

        await self._ami.until(fits, since=self._mark, timeout=LIMIT)

    def _of(self, message: Message) -> str:
        if message["Event"] == "OriginateResponse":
            return self._cast.legs.get(message["Uniqueid"], "")
        return self._cast.role(message)

    async def do_until_channels(self, step: Step) -> None:
        await self._until_channels(int(step["count"]))
        await asyncio.sleep(self._world.settle)

    async def _until_channels(self, count: int) -> None:
        """Poll until so many channels are there: events may have been missed."""
        async with asyncio.timeout(LIMIT):
            while await self._channel_count() != count:  # noqa: ASYNC110 - there may be no event to wait for
                await asyncio.sleep(0.05)

    async def _channel_count(self) -> int:
        if self._linked:
            return len(await self._ami.collect("CoreShowChannels", "CoreShowChannelsComplete"))
        async with self._world.ami() as ami:
            return len(await ami.collect("CoreShowChannels", "CoreShowChannelsComplete"))
