"""Plays the platform's part on a lab switch, by hand: claim, ring, hold, resume, heartbeat. For tests of the kit and
for transcripts; the platform itself is not needed."""

import asyncio
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from lab.ami import LabAmi, Message
from lab.asterisk import AsteriskLab
from lab.caller import Manner, SipCaller, SipPhone

PHONE = "cti-phone-03"
TOKEN = "claim-1"  # noqa: S105 - a fencing token, not a password


class Heart:
    """The platform's heartbeat, once a second while it is entered; `stop` is the platform's death."""

    def __init__(self, ami: LabAmi, first: int) -> None:
        self._ami, self._count = ami, first
        self.last_beat = 0.0

    async def __aenter__(self) -> Self:
        await self._beat()
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _beat(self) -> None:
        self._count += 1
        await self._ami.action("Setvar", Variable="CTI_HB", Value=self._count)
        self.last_beat = time.monotonic()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(1)
            await self._beat()


@dataclass(slots=True)
class Stage:
    """What a scenario plays on: a fresh AMI session as the platform, and helpers for what the platform does."""

    lab: AsteriskLab
    ami: LabAmi
    legs: int = 0
    beats: int = 0

    def caller(self, name: str = "José Núñez") -> SipCaller:
        return SipCaller(self.lab.sip, number="+34600111222", name=name, to="5551234")

    def phone(self, manner: Manner = Manner.answer, endpoint: str = PHONE) -> SipPhone:
        return SipPhone(self.lab.sip, endpoint, self.lab.phone_secret(endpoint), manner=manner)

    async def waiting(self, since: int = 0) -> Message:
        return await self.ami.user_event("CtiHold", since=since)

    async def ring(
        self, caller: Message, *, timeout: int = 20, claim: str = TOKEN, endpoint: str = PHONE, exten: str = "go"
    ) -> str:
        """Claim the caller and originate an agent's leg as the platform does; returns the leg's id."""
        self.legs += 1
        leg = f"leg-{self.lab.name}-{self.legs}"
        target = caller["Channel"]
        await self.ami.action("Setvar", Channel=target, Variable="CTI_CLAIM", Value=claim)
        variables = ("CTI_ROLE=agent", f"CTI_TARGET={target}", f"CTI_CLAIM={claim}", f"CTI_IX={caller['Ix']}")
        await self.ami.action(
            "Originate",
            *variables,
            Channel=f"PJSIP/{endpoint}",
            ChannelId=leg,
            Context="cti-pickup",
            Exten=exten,
            Priority=1,
            Async="true",
            Timeout=timeout * 1000,
            CallerID=f'"{caller["CallerIDName"]}" <{caller["CallerIDNum"]}>',
        )
        return leg

    async def dial(self, number: str, ours: str) -> tuple[str, str]:
        """Ring a phone and, when it answers, dial the number onto it, as the platform does; the ids of both legs."""
        agent, customer = (f"leg-{self.lab.name}-{self.legs + n}" for n in (1, 2))
        self.legs += 2
        waits = ("CTI_ROLE=agent", "CTI_WAIT=20")
        await self._originate(*waits, Channel=f"PJSIP/{PHONE}", ChannelId=agent, Context="cti-dial", CallerID=number)
        target = (await self.ami.event("OriginateResponse", Uniqueid=agent))["Channel"]
        joins = ("CTI_ROLE=dialled", f"CTI_TARGET={target}", f"CTI_NUMBER={number}")
        channel = f"PJSIP/{number}@trunk"
        await self._originate(*joins, Channel=channel, ChannelId=customer, Context="cti-dialled", CallerID=ours)
        await self.ami.event("BridgeEnter", Uniqueid=customer)
        return agent, customer

    async def _originate(self, *variables: str, **fields: str) -> None:
        how = {"Exten": "s", "Priority": "1", "Async": "true", "Timeout": "20000"}
        await self.ami.action("Originate", "__CTI_IX=ix-dialled", *variables, **fields, **how)

    def beating(self) -> Heart:
        """`async with stage.beating() as heart:`: the platform lives."""
        self.beats += 1000  # never the counter of an earlier heart
        return Heart(self.ami, self.beats)

    async def joined(self, caller: Message, leg: str) -> str:
        """Wait until both legs are bridged; returns the name of the agent's channel."""
        await self.ami.event("BridgeEnter", Uniqueid=caller["Uniqueid"])
        return (await self.ami.event("BridgeEnter", Uniqueid=leg))["Channel"]

    async def gone(self, unique: str) -> Message:
        return await self.ami.event("Hangup", Uniqueid=unique)

    async def hold(self, caller: Message, agent: str) -> None:
        channel = caller["Channel"]
        await self.ami.action("Setvar", Channel=channel, Variable="CTI_AGENT", Value=agent)
        await self.ami.action(
            "Redirect",
            Channel=channel,
            Context="cti-held",
            Exten="s",
            Priority=1,
            ExtraChannel=agent,
            ExtraContext="cti-idle",
            ExtraExten="s",
            ExtraPriority=1,
        )

    async def resume(self, caller: Message, agent: str) -> None:
        await self.ami.action("Setvar", Channel=agent, Variable="CTI_TARGET", Value=caller["Channel"])
        await self.ami.action("Redirect", Channel=agent, Context="cti-pickup", Exten="go", Priority=1)

    async def snapshot(self) -> None:
        await self.ami.collect("CoreShowChannels", "CoreShowChannelsComplete")
        variables = "CTI_IX,CTI_ROLE,CTI_CLAIM,CTI_TARGET,CTI_DID,CHANNEL(language)"
        await self.ami.collect("Status", "StatusComplete", Variables=variables)
        await self.ami.collect("DeviceStateList", "DeviceStateListComplete")
