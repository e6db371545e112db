"""One Originate of AMI: an agent's leg is rung, OriginateResponse tells its end; answered, it runs the dialplan."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lab.sim.channel import UNKNOWN, Channel, State
from lab.sim.exchange import Exchange
from lab.sim.runner import Runner

FAILURE, NO_ANSWER, ANSWERED = 0, 3, 4
"""The reasons of OriginateResponse: Asterisk says 0 for busy, declined, cancelled and unreachable alike."""

ENDS = {"486": "BUSY", "503": "CONGESTION"}
"""DialEnd's status by the SIP status of the refusal."""

_CALLER = re.compile(r'\s*(?:"?([^"<]*?)"?\s*)?<([^>]*)>\s*')


@dataclass(frozen=True, slots=True)
class Request:
    """What an Originate action asks for. `timeout` in seconds; `dialled` is the number that goes over a trunk."""

    endpoint: str
    leg: str
    context: str
    exten: str
    priority: int
    timeout: float
    number: str
    name: str
    variables: tuple[tuple[str, str], ...]
    action_id: str
    dialled: str = ""

    @property
    def target(self) -> str:
        return f"{self.dialled}@{self.endpoint}" if self.dialled else self.endpoint


def parse_caller(text: str) -> tuple[str, str]:
    """Number and name of `"Name" <number>`."""
    found = _CALLER.fullmatch(text)
    if found is None:
        return text.strip(), ""
    return found[2], (found[1] or "").strip()


def originate(exchange: Exchange, runner: Runner, request: Request) -> None:
    """Ring the phone; a leg id that lives already, and a phone that is not there, fail without a channel."""
    phone = exchange.trunk if request.dialled else exchange.phones.get(request.endpoint)
    if request.leg and exchange.find(request.leg) is not None:
        _respond(exchange, request, None, FAILURE)
        return
    if phone is None or not phone.registered:
        _respond(exchange, request, None, FAILURE)
        return
    leg = exchange.new_channel(request.endpoint, phone, leg=request.leg)
    leg.context = "cti-in" if request.dialled else "cti-phones"
    leg.outside = request.dialled
    leg.app, leg.data = "AppDial2", "(Outgoing Line)"
    exchange.tell("Newchannel", leg)
    for name, value in request.variables:
        leg.set(name, value)
    if request.number or request.name:
        leg.number, leg.caller = request.number, request.name
        exchange.tell("NewCallerid", leg, ("CID-CallingPres", "0 (Presentation Allowed, Not Screened)"))
        exchange.connect_line(leg, request.number, request.name)
    exchange.emit("call", "DialBegin", [*leg.headers("Dest"), ("DialString", request.target)])
    _arm(exchange, runner, request, leg)
    phone.invited(leg)


def _arm(exchange: Exchange, runner: Runner, request: Request, leg: Channel) -> None:
    def dial(event: str, status: str) -> None:
        exchange.emit("call", event, [*leg.headers("Dest"), ("DialStatus", status)])

    def too_late() -> None:
        leg.hung_up = None
        leg.tech_cause = "480" if leg.state == State.Ringing else ""
        _respond(exchange, request, None, NO_ANSWER)
        exchange.hang_up(leg, 19)

    def answered() -> None:
        timer.cancel()
        leg.hung_up = None
        leg.leave = None
        exchange.set_state(leg, State.Up)
        dial("DialEnd", "ANSWER")
        _respond(exchange, request, leg, ANSWERED)
        exchange.soon(leg, lambda channel: runner.start(channel, request.context, request.exten, request.priority))

    def failed() -> None:
        timer.cancel()
        dial("DialEnd", ENDS.get(leg.tech_cause, "NOANSWER"))
        _respond(exchange, request, None, FAILURE)

    timer = exchange.later(request.timeout / exchange.second, too_late)
    leg.leave = timer.cancel
    leg.on_ring = lambda: dial("DialState", "RINGING")
    leg.on_answer = answered
    leg.hung_up = failed


def _respond(exchange: Exchange, request: Request, leg: Channel | None, reason: int) -> None:
    headers: list[tuple[str, object]] = [("ActionID", request.action_id)] if request.action_id else []
    headers += [
        ("Response", "Success" if leg else "Failure"),
        ("Channel", leg.name if leg else f"PJSIP/{request.target}"),
        ("Context", request.context),
        ("Exten", request.exten),
        ("Reason", reason),
        ("Uniqueid", request.leg or (leg.id if leg else "<null>")),
        ("CallerIDNum", request.number or UNKNOWN),
        ("CallerIDName", request.name or UNKNOWN),
    ]
    exchange.emit("call", "OriginateResponse", headers)
