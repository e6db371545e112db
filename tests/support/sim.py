"""A test on a simulated switch: the platform's side through a raw AMI client, the world's side through the switch."""

from __future__ import annotations

import asyncio

from lab.ami import LabAmi, Message
from lab.sim import SimCall, SimSwitch
from lab.switchconf import STAND_IN


class Desk:
    """What a test does with one switch: as the platform through `ami`, as the world through `switch`."""

    def __init__(self, switch: SimSwitch, ami: LabAmi) -> None:
        self.switch, self.ami = switch, ami

    async def waiting(self, number: str = "+34600111222") -> tuple[SimCall, Message]:
        """A caller who hears music, and its CtiHold."""
        call = self.switch.call_in(number, "Ana")
        hold = await self.ami.user_event("CtiHold", Uniqueid=call.channel.id)
        return call, hold

    async def ring(self, hold: Message, leg: str, endpoint: str = "cti-phone-01", timeout: int = 20) -> Message:
        """Claim a caller and originate an agent's leg onto it."""
        await self.ami.action("Setvar", Channel=hold["Channel"], Variable="CTI_CLAIM", Value="t1")
        return await self.ami.action(
            "Originate",
            *("CTI_ROLE=agent", f"CTI_TARGET={hold['Channel']}", "CTI_CLAIM=t1", f"CTI_IX={hold['Ix']}"),
            Channel=f"PJSIP/{endpoint}",
            ChannelId=leg,
            Context="cti-pickup",
            Exten="go",
            Priority=1,
            Async="true",
            Timeout=timeout * 1000,
        )


def client(switch: SimSwitch) -> LabAmi:
    return LabAmi(switch.host, switch.port, STAND_IN, switch.secret)


async def beat(ami: LabAmi) -> None:
    count = 0
    while True:
        count += 1
        await ami.action("Setvar", Variable="CTI_HB", Value=count)
        await asyncio.sleep(1)
