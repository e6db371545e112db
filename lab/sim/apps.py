"""The dialplan applications that the kit uses, as the simulated switch plays them."""

# ruff: noqa: ARG001 - every application has the same signature

from __future__ import annotations

from lab.sim.channel import Channel, State
from lab.sim.queue import queue
from lab.sim.runner import App, Runner, Step

ANSWER_DELAY = 0.02
"""Asterisk's Answer() comes back with the first sound of the caller."""


def answer(runner: Runner, channel: Channel, data: str) -> Step:
    if channel.state == State.Up:
        return Step.next
    runner.exchange.set_state(channel, State.Up)
    return runner.wait(channel, ANSWER_DELAY)


def set_variable(runner: Runner, channel: Channel, data: str) -> Step:
    name, _, value = data.partition("=")
    runner.assign(channel, name.strip(), value)
    return Step.next


def goto(runner: Runner, channel: Channel, data: str) -> Step:
    return runner.jump(channel, data)


def goto_if(runner: Runner, channel: Channel, data: str) -> Step:
    condition, _, places = data.partition("?")
    yes, _, no = places.partition(":")
    place = yes if condition.strip() not in ("", "0") else no
    return runner.jump(channel, place) if place else Step.next


def exec_if(runner: Runner, channel: Channel, data: str) -> Step:
    condition, _, rest = data.partition("?")
    yes, _, no = _split_branches(rest)
    chosen = yes if condition.strip() not in ("", "0") else no
    if not chosen:
        return Step.next
    name, _, arguments = chosen.partition("(")
    return APPS[name.strip().lower()](runner, channel, arguments.rpartition(")")[0])


def _split_branches(text: str) -> tuple[str, str, str]:
    """`A(x):B(y)` at the colon that stands outside parentheses."""
    depth = 0
    for n, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if char == ":" and depth == 0:
            return text[:n], ":", text[n + 1 :]
    return text, "", ""


def user_event(runner: Runner, channel: Channel, data: str) -> Step:
    name, *rest = data.split(",")
    pairs = [text.partition(":") for text in rest]
    headers: list[tuple[str, object]] = [(key.strip(), value.strip()) for key, _, value in pairs]
    runner.exchange.tell("UserEvent", channel, ("UserEvent", name.strip()), *headers, kind="user")
    return Step.next


def wait(runner: Runner, channel: Channel, data: str) -> Step:
    return runner.wait(channel, float(data or 0))


def start_music(runner: Runner, channel: Channel, data: str) -> Step:
    runner.exchange.music(channel, data or "default")
    return Step.next


def stop_music(runner: Runner, channel: Channel, data: str) -> Step:
    runner.exchange.music(channel, "")
    return Step.next


def music_on_hold(runner: Runner, channel: Channel, data: str) -> Step:
    name, _, seconds = data.partition(",")
    runner.exchange.music(channel, name or "default")
    return runner.wait(channel, float(seconds or 3600))


def mix_monitor(runner: Runner, channel: Channel, data: str) -> Step:
    channel.recording = True
    runner.exchange.record(data.partition(",")[0])
    runner.exchange.tell("MixMonitorStart", channel)
    return Step.next


def playback(runner: Runner, channel: Channel, data: str) -> Step:
    """A sound that is not there is passed over at once."""
    seconds = runner.exchange.say(channel, data)
    channel.set("PLAYBACKSTATUS", "SUCCESS" if seconds else "FAILED")
    return runner.wait(channel, seconds) if seconds else Step.next


def say_number(runner: Runner, channel: Channel, data: str) -> Step:
    seconds = runner.exchange.say(channel, f"number:{data}") if data else 0.0
    return runner.wait(channel, seconds) if seconds else Step.next


def say_digits(runner: Runner, channel: Channel, data: str) -> Step:
    seconds = runner.exchange.say(channel, f"digits:{data}") if data else 0.0
    return runner.wait(channel, seconds) if seconds else Step.next


def hangup(runner: Runner, channel: Channel, data: str) -> Step:
    runner.end(channel, int(data) if data.isdigit() else 16)
    return Step.wait


def bridge(runner: Runner, channel: Channel, data: str) -> Step:
    """`Bridge(other,F(context^exten^priority))`: the other goes there when this side leaves."""
    name, _, options = data.partition(",")
    exchange = runner.exchange
    other = exchange.find(name)
    if other is None or other is channel:
        channel.set("BRIDGERESULT", "NONEXISTENT" if other is None else "LOOP")
        return Step.next
    joint = exchange.new_bridge()
    exchange.interrupt(other)
    exchange.music(other, "")
    other.priority += 1
    other.app = other.data = ""
    exchange.enter_bridge(joint, other)
    exchange.enter_bridge(joint, channel)
    exchange.connect_line(channel, other.number, other.caller)
    exchange.connect_line(other, channel.number, channel.caller)

    def done() -> None:
        channel.set("BRIDGERESULT", "SUCCESS")
        runner.go_on(channel)

    def after() -> None:
        context, exten, priority = [*options.partition("F(")[2].rstrip(")").split("^"), "", "", ""][:3]
        if context:
            runner.start(other, context, exten, int(priority or 1))
        elif other.in_dialplan:
            runner.run(other)

    channel.resume, other.resume = done, after
    return Step.wait


def conf_bridge(runner: Runner, channel: Channel, data: str) -> Step:
    """A conference by number: it lasts until the last one leaves."""
    name = data.partition(",")[0]
    exchange = runner.exchange
    room = exchange.rooms.get(name)
    if room is None or not room.members:
        room = exchange.rooms[name] = exchange.new_bridge("softmix", name, "base")
    exchange.enter_bridge(room, channel)
    return Step.wait


def no_operation(runner: Runner, channel: Channel, data: str) -> Step:
    return Step.next


APPS: dict[str, App] = {
    "answer": answer,
    "set": set_variable,
    "goto": goto,
    "gotoif": goto_if,
    "execif": exec_if,
    "userevent": user_event,
    "wait": wait,
    "startmusiconhold": start_music,
    "stopmusiconhold": stop_music,
    "musiconhold": music_on_hold,
    "mixmonitor": mix_monitor,
    "playback": playback,
    "saynumber": say_number,
    "saydigits": say_digits,
    "hangup": hangup,
    "bridge": bridge,
    "queue": queue,
    "confbridge": conf_bridge,
    "playtones": no_operation,
    "stopplaytones": no_operation,
    "noop": no_operation,
    "return": no_operation,
    "ringing": no_operation,
    "progress": no_operation,
}
