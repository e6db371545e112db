"""What an order means in AMI actions. Pure. Each value is checked against what its place can take."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from cti.orders import (
    DialOut,
    DropClaim,
    GrantClaim,
    HangUp,
    HoldCaller,
    HushCaller,
    LegOrder,
    LookAtLeg,
    QueueCaller,
    ResumeCaller,
    RingAgent,
    RingDialler,
    RingOutside,
    SayToCaller,
    SwitchOrder,
)
from cti.sounds import is_piece
from cti.trunk import dial_string
from kernel.errors import Invalid

Action = Mapping[str, str | tuple[str, ...]]

MAX_VALUE = 512
"""Bytes in one value. Asterisk takes lines of up to 1024 bytes and then refuses the whole message."""
MAX_HEADERS = 60
"""Lines in one action. Asterisk takes up to 127."""
MAX_NAME = 80
MAX_NAME_BYTES = 180
"""Asterisk reads a CallerID into 256 bytes; what is longer loses its number."""

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")
_WORD = re.compile(r"[A-Za-z0-9_.:-]{1,149}")
_ENDPOINT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}")
_CHANNEL = re.compile(r"[A-Za-z0-9]{1,20}/[A-Za-z0-9_.@;:+*#=~/-]{1,170}")
_FORBIDDEN = re.compile(r"[\r\n\0\ud800-\udfff]")
_STEP = re.compile(r"[A-Za-z0-9_-]{1,60}")
_NOT_DIAL = re.compile(r"[^0-9+*#]")


def steps(order: SwitchOrder) -> tuple[Action, ...]:
    """The actions of an order, to be sent one after the other, each only when the one before succeeded.

    Raises Invalid when a value could not stand where it belongs; then nothing may be sent at all.
    """
    make = _MAKERS.get(type(order))
    if make is None:
        raise Invalid("order_unknown", f"The switch does not know orders of type {type(order).__name__}.")
    actions = make(order)
    for action in actions:
        check(action)
    return actions


def check(action: Action) -> None:
    """The last guard before the wire, for every action: no header can end early and begin another, none is too
    long. Raises Invalid."""
    lines = 0
    for key, value in action.items():
        values = value if isinstance(value, tuple) else (value,)
        lines += len(values)
        if not _KEY.fullmatch(key):
            raise _bad(key[:40], "is not a header's name")
        for one in values:
            if _FORBIDDEN.search(one):
                raise _bad(key, "holds a line end, a NUL character or half a letter")
            if len(one.encode()) > MAX_VALUE:
                raise _bad(key, f"is longer than {MAX_VALUE} bytes")
    if lines > MAX_HEADERS:
        raise _bad("action", f"has more than {MAX_HEADERS} lines")


def caller_id(name: str | None, number: str | None) -> str:
    """A CallerID header that Asterisk reads back as exactly this name and number, whatever they hold."""
    shown = "".join(_plain(letter) for letter in name or "")
    shown = " ".join(shown.split())[:MAX_NAME]
    while len(shown.encode()) > MAX_NAME_BYTES:
        shown = shown[:-1]
    dialled = _NOT_DIAL.sub("", number or "")[:40]
    return f'"{shown.strip()}" <{dialled}>'


def _plain(letter: str) -> str:
    if unicodedata.category(letter)[0] in "CZ":
        return " "
    return "" if letter in '"\\<>' else letter


def _bad(field: str, why: str) -> Invalid:
    return Invalid("order_field_invalid", f"Nothing was sent to the switch: {field} {why}.", field=field)


def _word(field: str, value: str) -> str:
    if not _WORD.fullmatch(value):
        raise _bad(field, "may hold letters, digits and _ . : - only (1 to 149)")
    return value


def _ix(order: LegOrder) -> str:
    return _word("interaction_id", order.interaction_id)


def _endpoint(value: str) -> str:
    if not _ENDPOINT.fullmatch(value):
        raise _bad("endpoint", "may hold letters, digits and _ . - only (1 to 80)")
    return value


def _channel(field: str, value: str) -> str:
    if not _CHANNEL.fullmatch(value):
        raise _bad(field, "is not the full name of a channel, TECHNOLOGY/NAME")
    return value


def _between(field: str, value: int, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise _bad(field, f"is not a number from {least} to {most}")
    return value


def _setvar(channel: str, variable: str, value: str) -> Action:
    return {"Action": "Setvar", "Channel": channel, "Variable": variable, "Value": value}


def _redirect(channel: str, context: str, exten: str = "s") -> dict[str, str | tuple[str, ...]]:
    return {"Action": "Redirect", "Channel": channel, "Context": context, "Exten": exten, "Priority": "1"}


def _ring_agent(order: RingAgent) -> tuple[Action, ...]:
    target = _channel("caller_channel", order.caller_channel)
    claim = _word("claim", order.claim)
    variables = ("CTI_ROLE=agent", f"CTI_TARGET={target}", f"CTI_CLAIM={claim}")
    originate: Action = {
        "Action": "Originate",
        "Channel": f"PJSIP/{_endpoint(order.endpoint)}",
        "ChannelId": _word("leg", order.leg),
        "Context": "cti-pickup",
        "Exten": "any" if order.shared else "go",
        "Priority": "1",
        "Async": "true",
        "Timeout": str(_between("timeout", order.timeout, 1, 600) * 1000),
        "CallerID": caller_id(order.caller_name, order.caller_number),
        "Variable": (*variables, f"CTI_IX={_ix(order)}"),
    }
    first = _setvar(target, "CTI_SHARED", "1") if order.shared else _setvar(target, "CTI_CLAIM", claim)
    return (first, originate)


def _ring_outside(order: RingOutside) -> tuple[Action, ...]:
    target, claim = _channel("caller_channel", order.caller_channel), _word("claim", order.claim)
    variables = ("CTI_ROLE=agent", f"CTI_TARGET={target}", f"CTI_CLAIM={claim}", f"CTI_IX={_ix(order)}")
    try:
        channel = dial_string(order.trunk, order.number)
    except ValueError as error:
        raise _bad("number", f"cannot stand in a dial string: {error}") from None
    shown = caller_id(None, order.caller_number)
    originate = _originate(order, channel, "cti-pickup", order.timeout, shown, variables)
    return (_setvar(target, "CTI_CLAIM", claim), {**originate, "Exten": "go"})


def _grant_claim(order: GrantClaim) -> tuple[Action, ...]:
    """The leg that sees its claim looks next whether it may have the caller: so that is said first."""
    caller = _channel("caller_channel", order.caller_channel)
    shared = (_setvar(caller, "CTI_SHARED", "1"),) if order.back else ()
    return (*shared, _setvar(caller, "CTI_CLAIM", _word("claim", order.claim)))


def _ring_dialler(order: RingDialler) -> tuple[Action, ...]:
    variables = ("CTI_ROLE=agent", f"CTI_WAIT={_between('wait', order.wait, 1, 600)}", f"CTI_IX={_ix(order)}")
    channel, shown = f"PJSIP/{_endpoint(order.endpoint)}", caller_id(order.name, order.number)
    return (_originate(order, channel, "cti-dial", order.timeout, shown, variables),)


def _dial_out(order: DialOut) -> tuple[Action, ...]:
    """With `__`, a leg that the switch's own queue rings for the number has its interaction too. That queue shows the
    number; the leg's own caller id is what we show to it."""
    target = f"CTI_TARGET={_channel('agent_channel', order.agent_channel)}"
    variables = ("CTI_ROLE=dialled", target, f"__CTI_IX={_ix(order)}", f"CTI_NUMBER={order.number}")
    try:
        channel = dial_string(order.trunk, order.number)
    except ValueError as error:
        raise _bad("number", f"cannot stand in a dial string: {error}") from None
    shown = caller_id(None, order.caller_number)
    return (_originate(order, channel, "cti-dialled", order.timeout, shown, variables),)


def _originate(
    order: LegOrder, channel: str, context: str, timeout: int, shown: str, variables: tuple[str, ...]
) -> Action:
    return {
        "Action": "Originate",
        "Channel": channel,
        "ChannelId": _word("leg", order.leg),
        "Context": context,
        "Exten": "s",
        "Priority": "1",
        "Async": "true",
        "Timeout": str(_between("timeout", timeout, 1, 600) * 1000),
        "CallerID": shown,
        "Variable": variables,
    }


def _drop_claim(order: DropClaim) -> tuple[Action, ...]:
    return (_setvar(_channel("caller_channel", order.caller_channel), "CTI_CLAIM", ""),)


def _hang_up(order: HangUp) -> tuple[Action, ...]:
    leg, cause = _word("leg", order.leg), str(_between("cause", order.cause, 1, 127))
    return ({"Action": "Hangup", "Channel": leg, "Cause": cause},)


def _look(order: LookAtLeg) -> tuple[Action, ...]:
    """How many packets of sound came so far. The channel's own id: a name could be another's by now."""
    return ({"Action": "Getvar", "Channel": _word("leg", order.leg), "Variable": "CHANNEL(rtcp,rxcount)"},)


def _hold(order: HoldCaller) -> tuple[Action, ...]:
    caller, agent = _channel("caller_channel", order.caller_channel), _channel("agent_channel", order.agent_channel)
    extra = {"ExtraChannel": agent, "ExtraContext": "cti-idle", "ExtraExten": "s", "ExtraPriority": "1"}
    return (
        _setvar(caller, "CTI_AGENT", agent),
        _setvar(agent, "CTI_TARGET", caller),
        {**_redirect(caller, "cti-held"), **extra},
    )


def _resume(order: ResumeCaller) -> tuple[Action, ...]:
    caller, agent = _channel("caller_channel", order.caller_channel), _channel("agent_channel", order.agent_channel)
    claim = _word("claim", order.claim)
    return (
        _setvar(caller, "CTI_CLAIM", claim),
        _setvar(agent, "CTI_CLAIM", claim),
        _setvar(agent, "CTI_TARGET", caller),
        _redirect(agent, "cti-pickup", "go"),
    )


def _queue(order: QueueCaller) -> tuple[Action, ...]:
    return (_redirect(_channel("caller_channel", order.caller_channel), "cti-hold"),)


def _say(order: SayToCaller) -> tuple[Action, ...]:
    """As `cti-say` reads it. One that holds more than it can be told is refused, so a caller hears all or nothing."""
    if not _STEP.fullmatch(order.step):
        raise _bad("step", "may hold letters, digits and _ - only (1 to 60)")
    for piece in order.sounds:
        if not is_piece(piece):
            raise _bad("sounds", "are names of sounds (letters, digits, _ - and / between), number:N or digits:N")
    if not order.sounds and not order.leave:
        raise _bad("sounds", "are none")
    value = "&".join((order.step, "1" if order.leave else "0", *order.sounds))
    return (_setvar(_channel("caller_channel", order.caller_channel), "CTI_SAY", value),)


def _hush(order: HushCaller) -> tuple[Action, ...]:
    return (_setvar(_channel("caller_channel", order.caller_channel), "CTI_SAY", ""),)


_MAKERS: dict[type[SwitchOrder], Callable[[Any], tuple[Action, ...]]] = {
    RingAgent: _ring_agent,
    GrantClaim: _grant_claim,
    RingDialler: _ring_dialler,
    RingOutside: _ring_outside,
    DialOut: _dial_out,
    DropClaim: _drop_claim,
    HangUp: _hang_up,
    LookAtLeg: _look,
    HoldCaller: _hold,
    ResumeCaller: _resume,
    QueueCaller: _queue,
    SayToCaller: _say,
    HushCaller: _hush,
}
