"""Runs the dialplan on channels: one priority after the other until an application waits for something."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING

from lab.sim.channel import Channel
from lab.sim.dialplan import Dialplan
from lab.sim.exchange import Exchange
from lab.sim.expr import DialplanError, functions

if TYPE_CHECKING:
    from lab.sim.queue import FallbackQueue

log = logging.getLogger(__name__)

MAX_SPINS = 5000
"""A channel that runs so many priorities without waiting would hold Asterisk's processor: it is hung up."""


class Step(Enum):
    """What an application leaves behind: go on with the next priority, with another place, or not before an event."""

    next = auto()
    jump = auto()
    wait = auto()


App = Callable[["Runner", Channel, str], Step]


class Runner:
    """`apps` holds each application by its name in lower case."""

    fallback: FallbackQueue

    def __init__(self, exchange: Exchange, dialplan: Dialplan, apps: dict[str, App]) -> None:
        steps = list(dialplan.steps())
        unknown = {step.app for step in steps if step.key not in apps}
        called = {f"{name.upper()}()" for step in steps for name in functions(step.arguments)}
        unknown |= {name for name in called if not hasattr(self, f"_fn_{name[:-2].lower()}")}
        if unknown:
            raise DialplanError(f"the simulated switch does not play {', '.join(sorted(unknown))}")
        self.exchange = exchange
        self.dialplan = dialplan
        self._apps = apps

    def start(self, channel: Channel, context: str, exten: str, priority: int = 1) -> None:
        """Put a channel into the dialplan and run it."""
        channel.context, channel.exten, channel.priority = context, exten, priority
        channel.in_dialplan = True
        self.run(channel)

    def redirect(self, *moves: tuple[Channel, str, str, int]) -> None:
        """Tear channels out of whatever they do, all before the first goes on somewhere else."""
        for channel, context, exten, priority in moves:
            self.exchange.music(channel, "")
            channel.context, channel.exten, channel.priority = context, exten, priority
            channel.in_dialplan = True
        for channel, *_ in moves:
            self.exchange.interrupt(channel)
            self.exchange.soon(channel, self.run)

    def go_on(self, channel: Channel) -> None:
        """The application that waited is done: the next priority."""
        channel.leave = None
        if not channel.gone:
            channel.priority += 1
            self.run(channel)

    def run(self, channel: Channel) -> None:
        channel.spins = 0
        while not channel.gone:
            step = self.dialplan.step(channel.context, channel.exten, channel.priority)
            if step is None:
                self.end(channel)
                return
            channel.spins += 1
            if channel.spins > MAX_SPINS:
                log.error("dialplan spins at %s,%s,%s", channel.context, channel.exten, channel.priority)
                self.end(channel)
                return
            channel.app, channel.data = step.app, step.arguments.fill(partial(self.look_up, channel))
            outcome = self._apps[step.key](self, channel, channel.data)
            if outcome is Step.wait:
                return
            if outcome is Step.next:
                channel.priority += 1

    def end(self, channel: Channel, cause: int = 0) -> None:
        """The dialplan hangs the channel up."""
        self.exchange.hang_up(channel, cause)

    def wait(self, channel: Channel, seconds: float) -> Step:
        """Go on after so many seconds, unless the channel is torn away before."""
        timer = self.exchange.later(seconds, lambda: self.go_on(channel))
        channel.leave = timer.cancel
        return Step.wait

    def jump(self, channel: Channel, target: str) -> Step:
        """Move to `label`, `exten,label` or `context,exten,label`; an unknown place ends the call."""
        parts = [part.strip() for part in target.split(",")]
        context, exten, label = [channel.context, channel.exten][: 3 - len(parts)] + parts
        priority = self.dialplan.priority(context, exten, label)
        channel.context, channel.exten, channel.priority = context, exten, priority or 0
        return Step.jump

    # --- variables and functions

    def look_up(self, channel: Channel, name: str, arguments: str | None) -> str:
        if arguments is not None:
            function = getattr(self, f"_fn_{name.lower()}", None)
            if function is None:
                raise DialplanError(f"the simulated switch does not know the function {name}()")
            return str(function(channel, arguments))
        return self.variable(channel, name)

    def variable(self, channel: Channel | None, name: str) -> str:
        """A variable as `${name}` or Getvar sees it: of the channel, built in, or global."""
        if name == "EPOCH":
            return str(int(time.time() + self.exchange.clock_ahead))
        if channel is None:
            return self.exchange.globals.get(name, "")
        found = channel.variables.get(name)
        if found is not None:
            return found
        built_in = _BUILT_IN.get(name)
        return built_in(channel) if built_in else self.exchange.globals.get(name, "")

    def assign(self, channel: Channel, name: str, value: str) -> None:
        """`Set(name=value)`: a global variable, a function that the kit writes to, or one of the channel."""
        function, opened, argument = name.partition("(")
        if not opened:
            channel.set(name, value)
        elif function.upper() == "GLOBAL":
            self.exchange.globals[argument.rstrip(")")] = value
        elif function.upper() == "CALLERID":
            self._set_caller(channel, argument.rstrip(")"), value)
        elif function.upper() == "EXPORT":
            self._export(argument.rstrip(")"), value)
        elif (function.upper(), argument.rstrip(")")) == ("CHANNEL", "hangup_handler_wipe"):
            channel.at_end = partial(self._run_aside, channel, value)
        elif function.upper() not in ("CONFBRIDGE", "CHANNEL", "HANGUPCAUSE"):
            raise DialplanError(f"the simulated switch cannot set {function}()")

    def _export(self, arguments: str, value: str) -> None:
        name, _, variable = arguments.partition(",")
        other = self.exchange.find(name)
        if other is not None:
            other.set(variable, value)

    def _run_aside(self, channel: Channel, place: str) -> None:
        """A hangup handler: from `context,exten,priority` to its Return(), at once."""
        before = channel.context, channel.exten, channel.priority
        context, exten, priority = place.split(",")
        channel.context, channel.exten, channel.priority = context, exten, int(priority)
        while (step := self.dialplan.step(channel.context, channel.exten, channel.priority)) and step.key != "return":
            outcome = self._apps[step.key](self, channel, step.arguments.fill(partial(self.look_up, channel)))
            channel.priority += outcome is Step.next
        channel.context, channel.exten, channel.priority = before

    @staticmethod
    def _set_caller(channel: Channel, field: str, value: str) -> None:
        if field == "name":
            channel.caller = value
        elif field in ("num", "number"):
            channel.number = value

    def _fn_global(self, channel: Channel, arguments: str) -> str:
        return self.exchange.globals.get(arguments, "")

    def _fn_if(self, channel: Channel, arguments: str) -> str:
        condition, _, values = arguments.partition("?")
        yes, _, no = values.partition(":")
        return yes if condition.strip() not in ("", "0") else no

    def _fn_filter(self, channel: Channel, arguments: str) -> str:
        allowed, _, text = arguments.partition(",")
        keep = _allowed(allowed)
        return "".join(c for c in text if c in keep)

    def _fn_channel(self, channel: Channel, arguments: str) -> str:
        if arguments == "rtcp,rxcount":
            return str(int((time.time() - channel.born) * 50))
        values = {"language": channel.language, "name": channel.name, "uniqueid": channel.id}
        return values.get(arguments, "")

    def _fn_callerid(self, channel: Channel, arguments: str) -> str:
        return {"num": channel.number, "number": channel.number, "name": channel.caller}.get(arguments, "")

    def _fn_import(self, channel: Channel, arguments: str) -> str:
        name, _, variable = arguments.partition(",")
        other = self.exchange.find(name)
        return "" if other is None else self.variable(other, variable)

    def _fn_channel_exists(self, channel: Channel, arguments: str) -> str:
        return "0" if self.exchange.find(arguments) is None else "1"

    def _fn_cut(self, channel: Channel, arguments: str) -> str:
        """A field, from 1, of the variable of that name."""
        name, separator, field = arguments.split(",")
        parts = self.variable(channel, name).split(separator)
        return parts[int(field) - 1] if int(field) <= len(parts) else ""

    def _fn_rand(self, channel: Channel, arguments: str) -> str:
        least, _, most = arguments.partition(",")
        return str(random.randint(int(least), int(most)))

    def _fn_strftime(self, channel: Channel, arguments: str) -> str:
        """The time now in milliseconds, as long as this switch's seconds are; the kit asks for nothing else."""
        if arguments != ",,%s%3q":
            raise DialplanError(f"the simulated switch does not know STRFTIME({arguments})")
        return str(int(time.time() / self.exchange.second * 1000))

    def _fn_len(self, channel: Channel, arguments: str) -> str:
        return str(len(arguments))


_BUILT_IN: dict[str, Callable[[Channel], str]] = {
    "EXTEN": lambda channel: channel.exten,
    "CONTEXT": lambda channel: channel.context,
    "PRIORITY": lambda channel: str(channel.priority),
    "UNIQUEID": lambda channel: channel.id,
    "CHANNEL": lambda channel: channel.name,
    "HANGUPCAUSE": lambda channel: str(channel.cause),
}


def _allowed(text: str) -> set[str]:
    """The characters of a FILTER() set: ranges with `-`, `\\-` for the hyphen itself."""
    found: set[str] = set()
    n = 0
    while n < len(text):
        if text[n] == "\\" and n + 1 < len(text):
            found.add(text[n + 1])
            n += 2
        elif n + 2 < len(text) and text[n + 1] == "-":
            found.update(chr(c) for c in range(ord(text[n]), ord(text[n + 2]) + 1))
            n += 3
        else:
            found.add(text[n])
            n += 1
    return found
