"""The two worlds that a scenario plays in: the simulated switch, and a real Asterisk with SIP callers and phones."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Protocol

from lab.ami import LabAmi
from lab.asterisk import AsteriskLab
from lab.caller import Leg, Manner, SipCaller, SipPhone
from lab.farend import FarEnd
from lab.sim import Policy, SimCall, SimSwitch
from lab.switchconf import STAND_IN

ENDPOINTS = {"alice": "cti-phone-03", "bob": "cti-phone-04"}
PHONES, PLAIN_PHONES = 6, 4
MANNERS = {"answer": Policy.answers(), "ring": Policy.rings_out(), "busy": Policy.busy()}


class World(Protocol):
    """What callers and phones can do. Phones and callers go by the names of the scenario.

    `second`: how long a second of the dialplan lasts; `settle`: how long the last events may trail behind."""

    second: float
    settle: float

    def ami(self) -> LabAmi: ...

    async def register(self, phone: str, manner: str) -> None: ...

    async def unregister(self, phone: str) -> None: ...

    async def call(self, role: str, number: str, name: str, did: str) -> None: ...

    async def caller_hangs_up(self, role: str) -> None: ...

    async def caller_presses(self, role: str, digit: str) -> None: ...

    async def phone_answers(self, phone: str) -> None: ...

    async def phone_declines(self, phone: str, code: int) -> None: ...

    async def phone_hangs_up(self, phone: str) -> None: ...

    async def outside(self) -> None:
        """Numbers behind the trunk can be dialled."""
        ...

    async def far_hangs_up(self) -> None:
        """Whoever was dialled last hangs up."""
        ...

    async def close(self) -> None: ...


class SimWorld:
    """A simulated switch of one's own."""

    settle = 0.1

    def __init__(self, switch: SimSwitch) -> None:
        self.switch = switch
        self.second = switch.exchange.second
        self._calls: dict[str, SimCall] = {}

    def ami(self) -> LabAmi:
        return LabAmi(self.switch.host, self.switch.port, STAND_IN, self.switch.secret)

    async def register(self, phone: str, manner: str) -> None:
        self.switch.phones[ENDPOINTS[phone]].policy = MANNERS[manner]
        self.switch.phones[ENDPOINTS[phone]].register()

    async def unregister(self, phone: str) -> None:
        self.switch.phones[ENDPOINTS[phone]].unregister()

    async def call(self, role: str, number: str, name: str, did: str) -> None:
        self._calls[role] = self.switch.call_in(number, name, did)

    async def caller_hangs_up(self, role: str) -> None:
        self._calls[role].hang_up()

    async def caller_presses(self, role: str, digit: str) -> None:
        self._calls[role].press(digit)

    async def phone_answers(self, phone: str) -> None:
        self.switch.phones[ENDPOINTS[phone]].answer()

    async def phone_declines(self, phone: str, code: int) -> None:
        self.switch.phones[ENDPOINTS[phone]].decline(code=code)

    async def phone_hangs_up(self, phone: str) -> None:
        self.switch.phones[ENDPOINTS[phone]].hang_up()

    async def outside(self) -> None:
        """They always can."""

    async def far_hangs_up(self) -> None:
        self.switch.trunk.hang_up()

    async def close(self) -> None:
        for call in self._calls.values():
            call.hang_up()
        for phone in self.switch.phones.values():
            phone.unregister()


class AsteriskWorld:
    """A real Asterisk; callers come over its trunk, phones are ordinary SIP phones of the pool."""

    second = 1.0
    settle = 0.4

    def __init__(self, lab: AsteriskLab) -> None:
        self._lab = lab
        self._stack = AsyncExitStack()
        self._calls: dict[str, Leg] = {}
        self._phones: dict[str, SipPhone] = {}
        self._far: FarEnd | None = None

    def ami(self) -> LabAmi:
        return self._lab.stand_in.client()

    async def register(self, phone: str, manner: str) -> None:
        if phone in self._phones:
            await self._phones[phone].register()
            return
        endpoint = ENDPOINTS[phone]
        device = SipPhone(self._lab.sip, endpoint, self._lab.phone_secret(endpoint), manner=Manner(manner))
        self._phones[phone] = await self._stack.enter_async_context(device)

    async def unregister(self, phone: str) -> None:
        await self._phones[phone].unregister()

    async def call(self, role: str, number: str, name: str, did: str) -> None:
        caller = SipCaller(self._lab.sip, number=number, name=name, to=did)
        self._calls[role] = await self._stack.enter_async_context(caller)

    async def caller_hangs_up(self, role: str) -> None:
        await self._calls[role].hang_up()

    async def caller_presses(self, role: str, digit: str) -> None:
        self._calls[role].audio.send_digits(digit)

    def _leg(self, phone: str) -> Leg:
        return next(leg for leg in reversed(self._phones[phone].legs) if not leg.is_over)

    async def phone_answers(self, phone: str) -> None:
        await self._leg(phone).answer()

    async def phone_declines(self, phone: str, code: int) -> None:
        self._leg(phone).refuse(code)

    async def phone_hangs_up(self, phone: str) -> None:
        await self._leg(phone).hang_up()

    async def outside(self) -> None:
        if self._far is None:
            self._far = await self._stack.enter_async_context(FarEnd(self._lab.sip, self._lab.ports.trunk))

    async def far_hangs_up(self) -> None:
        assert self._far is not None
        await self._far.legs[-1].hang_up()

    async def close(self) -> None:
        await self._stack.aclose()
