"""My phone and my presence."""

from __future__ import annotations

from typing import Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from agent_desktop.api import Ask, Form, Route
from agent_desktop.middleware import host_name
from agent_desktop.phonebook import IceServer, PhoneBook
from agent_desktop.ports import CommandPort
from kernel.access import Right
from kernel.errors import Invalid
from kernel.faults import FaultPoint, reached
from routing.messages import SetPresence, SignInAgent
from routing.rows import Presence


class Done(TypedDict):
    """Accepted; what it changed comes as a change of the desk."""


class PresenceForm(Form):
    presence: Literal["ready", "paused", "out"]
    reason: str | None = Field(default=None, max_length=60)


class Ice(TypedDict):
    """As the browser's RTCPeerConnection takes it."""

    urls: str
    username: NotRequired[str]
    credential: NotRequired[str]


class PhoneLease(TypedDict):
    endpoint: str
    secret: str
    ws_url: str
    domain: str
    ice_servers: list[Ice]


def _ice(server: IceServer) -> Ice:
    if not server.username:
        return {"urls": server.url}
    return {"urls": server.url, "username": server.username, "credential": server.credential}


class DeskResource:
    def __init__(self, commands: CommandPort, phones: PhoneBook) -> None:
        self._commands = commands
        self._phones = phones

    async def phone(self, ask: Ask) -> PhoneLease:
        person = ask.me.person
        endpoint = await self._commands.execute(SignInAgent(actor=person.id, agent_id=person.id, name=person.name))
        reached(FaultPoint.phone_leased)
        found = await self._phones.phone(str(endpoint), host_name(ask.request))
        return {
            "endpoint": found.endpoint,
            "secret": found.secret,
            "ws_url": found.ws_url,
            "domain": found.domain,
            "ice_servers": [_ice(one) for one in found.ice_servers],
        }

    async def set_presence(self, ask: Ask) -> Done:
        form = ask.form(PresenceForm)
        reason = form.reason or None
        if reason is not None and form.presence != "paused":
            raise Invalid(
                "invalid_input", "Some fields are not right.", fields={"reason": "Only a pause has a reason."}
            )
        command = SetPresence(actor=ask.actor, agent_id=ask.actor, presence=Presence(form.presence), reason=reason)
        await self._commands.execute(command)
        return {}

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/api/desk/phone",
                resource=self.phone,
                rule=Right.desk_use,
                summary="Lease a phone: what the browser needs to register with the switch",
                answer=PhoneLease,
                errors={409: ("no_phone_free",), 503: ("phone_unknown",)},
            ),
            Route(
                method="PUT",
                path="/api/desk/presence",
                resource=self.set_presence,
                rule=Right.desk_use,
                summary="Ready, paused or out; while busy it becomes the next state",
                body=PresenceForm,
                answer=Done,
                errors={409: ("no_desk",), 422: ("bad_pause_reason",)},
            ),
        )
