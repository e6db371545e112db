"""What each AMI action does on the simulated switch, and the words in which it answers."""

# ruff: noqa: ARG001 - every action has the same signature

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from lab.sim.ami import Session
from lab.sim.channel import Channel
from lab.sim.expr import DialplanError, compile_text
from lab.sim.originate import Request, originate, parse_caller
from lab.sim.trunk import TRUNK
from lab.sim.wire import Action

if TYPE_CHECKING:
    from lab.sim.switch import SimSwitch

Handler = Callable[["SimSwitch", Session, Action], None]
FORBIDDEN_FUNCTIONS = frozenset({"SHELL", "FILE", "SYSTEM", "DB_DELETE", "CURL", "REALTIME", "ODBC_SQL"})
VERSION = "22.10.1 (simulated)"


def ping(switch: SimSwitch, session: Session, action: Action) -> None:
    session.succeed(action, ("Ping", "Pong"), ("Timestamp", f"{time.time():.6f}"))


def _channel(switch: SimSwitch, session: Session, action: Action, header: str = "Channel") -> Channel | None:
    """The channel that an action names; answers the error itself when there is none."""
    name = action.get(header)
    if not name:
        session.fail(action, "No channel specified")
        return None
    channel = switch.exchange.find(name)
    if channel is None:
        session.fail(action, "No such channel")
    return channel


def set_variable(switch: SimSwitch, session: Session, action: Action) -> None:
    name, value = action.get("Variable"), action.get("Value")
    if not name:
        session.fail(action, "No variable specified")
        return
    if action.get("Channel"):
        channel = _channel(switch, session, action)
        if channel is None:
            return
        switch.runner.assign(channel, name, value)
    else:
        switch.exchange.globals[name.removeprefix("GLOBAL(").removesuffix(")")] = value
    session.succeed(action, ("Message", "Variable Set"))


def get_variable(switch: SimSwitch, session: Session, action: Action) -> None:
    name = action.get("Variable")
    if not name:
        session.fail(action, "No variable specified")
        return
    if name.partition("(")[0].upper() in FORBIDDEN_FUNCTIONS:
        session.fail(action, "GetVar Access Forbidden: Variable")
        return
    channel = None
    if action.get("Channel"):
        channel = _channel(switch, session, action)
        if channel is None:
            return
    session.succeed(action, ("Variable", name), ("Value", _value(switch, channel, name)))


def _value(switch: SimSwitch, channel: Channel | None, name: str) -> str:
    """A variable or, on a channel, a function such as CHANNEL(language)."""
    if "(" not in name or channel is None:
        return switch.runner.variable(channel, name)
    try:
        return compile_text(f"${{{name}}}").fill(lambda text, args: switch.runner.look_up(channel, text, args))
    except DialplanError:
        return ""


def hang_up(switch: SimSwitch, session: Session, action: Action) -> None:
    channel = _channel(switch, session, action)
    if channel is None:
        return
    cause = action.get("Cause")
    session.succeed(action, ("Message", "Channel Hungup"))
    number = int(cause) if cause.isdigit() else 0
    switch.exchange.soon(channel, lambda found: switch.exchange.hang_up(found, number))


def redirect(switch: SimSwitch, session: Session, action: Action) -> None:
    name, extra_name = action.get("Channel"), action.get("ExtraChannel")
    if not name:
        session.fail(action, "Channel not specified")
        return
    if not action.get("Context"):
        session.fail(action, "Context not specified")
        return
    channel = switch.exchange.find(name)
    if channel is None:
        session.fail(action, f"Channel does not exist: {name}")
        return
    if not action.get("Context"):
        session.fail(action, "Context not specified")
        return
    moves = [_move(channel, action, "")]
    if extra_name:
        extra = switch.exchange.find(extra_name)
        if extra is None:
            session.fail(action, f"ExtraChannel does not exist: {extra_name}")
            return
        moves.append(_move(extra, action, "Extra" if action.get("ExtraContext") else ""))
    if not moves[0][3]:
        session.fail(action, "Priority is invalid")
        return
    session.succeed(action, ("Message", "Dual Redirect successful" if extra_name else "Redirect successful"))
    switch.runner.redirect(*moves)


def _move(channel: Channel, action: Action, prefix: str) -> tuple[Channel, str, str, int]:
    priority = action.get(f"{prefix}Priority")
    number = int(priority) if priority.isdigit() else 0
    return channel, action.get(f"{prefix}Context"), action.get(f"{prefix}Exten"), number


def start_leg(switch: SimSwitch, session: Session, action: Action) -> None:
    technology, slash, endpoint = action.get("Channel").partition("/")
    priority = action.get("Priority")
    problem = ""
    if not technology:
        problem = "Channel not specified"
    elif not priority.isdigit() and not action.get("Application"):
        problem = "Invalid priority"
    elif not slash:
        problem = "Invalid channel"
    elif action.get("Application"):
        problem = "Originate Access Forbidden: app or data blacklisted"
    if problem:
        session.fail(action, problem)
        return
    timeout = action.get("Timeout")
    number, name = parse_caller(action.get("CallerID"))
    dialled, at, trunk = endpoint.partition("@")
    request = Request(
        trunk if at else endpoint,
        action.get("ChannelId"),
        action.get("Context"),
        action.get("Exten"),
        int(priority),
        int(timeout) / 1000 if timeout.isdigit() else 30.0,
        number,
        name,
        tuple(action.variables()),
        action.get("ActionID"),
        dialled if at and trunk == TRUNK else "",
    )
    session.succeed(action, ("Message", "Originate successfully queued"))
    switch.soon(lambda: originate(switch.exchange, switch.runner, request))


def mix_monitor_mute(switch: SimSwitch, session: Session, action: Action) -> None:
    direction, state = action.get("Direction"), action.get("State")
    if not direction:
        session.fail(action, "No direction specified. Must be read, write or both")
        return
    channel = _channel(switch, session, action)
    if channel is None:
        return
    if not channel.recording:
        session.fail(action, "Cannot set mute flag")
        return
    session.succeed(action)
    switch.exchange.tell("MixMonitorMute", channel, ("Direction", direction), ("State", state))


def show_channels(switch: SimSwitch, session: Session, action: Action) -> None:
    _begin(session, action, "Channels will follow")
    channels = list(switch.exchange.channels.values())
    for channel in channels:
        seconds = timedelta(seconds=int(time.time() - channel.born))
        bridge = channel.bridge.id if channel.bridge else ""
        more = [("Application", channel.app), ("ApplicationData", channel.data)]
        more += [("Duration", f"{seconds!s:0>8}"), ("BridgeId", bridge)]
        session.listed(action, "CoreShowChannel", [*channel.headers(), *more])
    _end(session, action, "CoreShowChannelsComplete", len(channels))


def status(switch: SimSwitch, session: Session, action: Action) -> None:
    wanted = action.get("Channel")
    channels = list(switch.exchange.channels.values())
    if wanted:
        found = _channel(switch, session, action)
        if found is None:
            return
        channels = [found]
    _begin(session, action, "Channel status will follow")
    names = [name for name in action.get("Variables").split(",") if name]
    for channel in channels:
        session.listed(action, "Status", [("Privilege", "Call"), *channel.headers(), *_status(switch, channel, names)])
    _end(session, action, "StatusComplete", len(channels), ("Items", len(channels)))


def _status(switch: SimSwitch, channel: Channel, names: list[str]) -> list[tuple[str, object]]:
    return [
        ("Type", "PJSIP"),
        ("DNID", channel.dialled),
        ("EffectiveConnectedLineNum", channel.connected_number or "<unknown>"),
        ("EffectiveConnectedLineName", channel.connected_name or "<unknown>"),
        ("TimeToHangup", 0),
        ("BridgeID", channel.bridge.id if channel.bridge else ""),
        ("Application", channel.app or "(null)"),
        ("Data", channel.data or "(null)"),
        ("Nativeformats", "(ulaw)"),
        ("Readformat", "ulaw"),
        ("Readtrans", ""),
        ("Writeformat", "ulaw"),
        ("Writetrans", ""),
        ("Callgroup", 0),
        ("Pickupgroup", 0),
        ("Seconds", int(time.time() - channel.born)),
        *[("Variable", f"{name}={_status_value(switch, channel, name)}") for name in names],
    ]


def _status_value(switch: SimSwitch, channel: Channel, name: str) -> str:
    """As in a Status event: a variable that is not set at all reads as the word `(null)`."""
    value = _value(switch, channel, name)
    return value if value or "(" in name or name in channel.variables else "(null)"


def device_states(switch: SimSwitch, session: Session, action: Action) -> None:
    _begin(session, action, "Device State Changes will follow")
    names = ["trunk", *switch.exchange.phones]
    for name in names:
        state = switch.exchange.device_state(name)
        session.listed(action, "DeviceStateChange", [("Device", f"PJSIP/{name}"), ("State", state)])
    _end(session, action, "DeviceStateListComplete", len(names))


def core_settings(switch: SimSwitch, session: Session, action: Action) -> None:
    more = [("CoreCDRenabled", "No"), ("CoreHTTPenabled", "Yes"), ("SoundsSearchCustomDir", "No")]
    session.succeed(action, ("AMIversion", "11.0.0"), ("AsteriskVersion", VERSION), ("SystemName", ""), *more)


def core_status(switch: SimSwitch, session: Session, action: Action) -> None:
    booted = time.localtime(switch.exchange.started)
    day, clock = time.strftime("%Y-%m-%d", booted), time.strftime("%H:%M:%S", booted)
    when = [("CoreStartupDate", day), ("CoreStartupTime", clock), ("CoreReloadDate", day), ("CoreReloadTime", clock)]
    session.succeed(action, *when, ("CoreCurrentCalls", len(switch.exchange.channels)))


def _begin(session: Session, action: Action, message: str) -> None:
    session.succeed(action, ("EventList", "start"), ("Message", message))


def _end(session: Session, action: Action, event: str, count: int, *more: tuple[str, object]) -> None:
    session.listed(action, event, [("EventList", "Complete"), ("ListItems", count), *more])


HANDLERS: dict[str, Handler] = {
    "ping": ping,
    "setvar": set_variable,
    "getvar": get_variable,
    "hangup": hang_up,
    "redirect": redirect,
    "originate": start_leg,
    "mixmonitormute": mix_monitor_mute,
    "coreshowchannels": show_channels,
    "status": status,
    "devicestatelist": device_states,
    "coresettings": core_settings,
    "corestatus": core_status,
}

RIGHTS: dict[str, frozenset[str]] = {
    "ping": frozenset(),
    "setvar": frozenset({"call"}),
    "getvar": frozenset({"system", "call", "reporting"}),
    "hangup": frozenset({"system", "call"}),
    "redirect": frozenset({"call"}),
    "originate": frozenset({"originate"}),
    "mixmonitormute": frozenset({"system", "call"}),
    "coreshowchannels": frozenset({"system", "reporting"}),
    "status": frozenset({"system", "call", "reporting"}),
    "devicestatelist": frozenset({"call", "reporting"}),
    "coresettings": frozenset({"system", "reporting"}),
    "corestatus": frozenset({"system", "reporting"}),
    # Known to Asterisk, never allowed to the platform:
    "command": frozenset({"command"}),
    "agi": frozenset({"agi"}),
    "queueadd": frozenset({"agent"}),
    "queueremove": frozenset({"agent"}),
    "queuepause": frozenset({"agent"}),
    "dbput": frozenset({"system"}),
    "dbdel": frozenset({"system"}),
    "reload": frozenset({"config", "system"}),
    "getconfig": frozenset({"config"}),
    "updateconfig": frozenset({"config"}),
    "modulereload": frozenset({"config", "system"}),
    "pjsipshowendpoints": frozenset({"system"}),
    "pjsipshowcontacts": frozenset({"system"}),
    "mixmonitor": frozenset({"system"}),
    "stopmixmonitor": frozenset({"system", "call"}),
}
"""For each action the classes of which one is needed to use it; no class: anyone signed in may."""
