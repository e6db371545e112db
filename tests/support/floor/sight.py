"""Whether what agents see is what the switch carries. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.floor.worlds import Channel

TRUNK = "trunk"
WAITING = frozenset({"cti-hold", "cti-fallback"})
PASSING = frozenset({"cti-in", "cti-pickup"})


@dataclass(frozen=True, slots=True)
class Talk:
    """Caller and agent in one bridge."""

    caller: str
    agent: str
    endpoint: str
    bridge: str


def leg_of(interaction_id: str) -> str:
    """The leg of an interaction's caller: `ix-1795313250.0-513503` is of 1795313250.0."""
    return interaction_id.removeprefix("ix-").partition("-")[0]


def talks(channels: Mapping[str, Channel]) -> dict[str, Talk]:
    """Talks by the caller's leg."""
    bridged: dict[str, list[Channel]] = {}
    for one in channels.values():
        if one.bridge:
            bridged.setdefault(one.bridge, []).append(one)
    found = {}
    for bridge, members in bridged.items():
        callers = [one for one in members if one.endpoint == TRUNK]
        agents = [one for one in members if one.endpoint != TRUNK]
        if len(callers) == len(agents) == 1:
            found[callers[0].id] = Talk(callers[0].id, agents[0].id, agents[0].endpoint, bridge)
    return found


def held(channels: Mapping[str, Channel], desks: Mapping[str, Mapping[str, Any]]) -> dict[str, Talk]:
    """Callers on hold with the leg of their agent, by the caller's leg; `bridge` is empty. On the switch nothing is
    between the two: whose caller it is, the desk (by endpoint) says."""
    idle = {one.endpoint: one for one in channels.values() if one.context == "cti-idle" and one.up}
    found = {}
    for endpoint, leg in idle.items():
        call = desks.get(endpoint, {}).get("call") or {}
        caller = channels.get(leg_of(call.get("id", "")))
        shown = (call.get("stint") or {}).get("state") == "held"
        if shown and caller is not None and caller.context == "cti-held":
            found[caller.id] = Talk(caller.id, leg.id, endpoint, "")
    return found


def waiting(channels: Mapping[str, Channel]) -> list[str]:
    """Callers whom nobody serves."""
    return [one.id for one in channels.values() if one.endpoint == TRUNK and not one.bridge and one.context in WAITING]


def double(channels: Mapping[str, Channel]) -> list[str]:
    """What may never be: two legs of one phone, more than two in a bridge."""
    legs = [one.endpoint for one in channels.values() if one.endpoint != TRUNK]
    bridges = [one.bridge for one in channels.values() if one.bridge]
    return [
        *(f"{name} has {legs.count(name)} legs" for name in sorted(set(legs)) if legs.count(name) > 1),
        *(f"{bridges.count(one)} legs in bridge {one}" for one in sorted(set(bridges)) if bridges.count(one) > 2),
    ]


def mistakes(channels: Mapping[str, Channel], desks: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Where the desks (by endpoint) and the switch differ; empty when all is right."""
    found = [*_unsettled(channels.values()), *double(channels)]
    by_endpoint = {one.endpoint: one for one in channels.values() if one.endpoint != TRUNK}
    spoken = {talk.endpoint: talk for talk in talks(channels).values()}
    stand = len(waiting(channels))
    for endpoint, desk in desks.items():
        found += (f"{endpoint}: {words}" for words in _desk(desk, by_endpoint.get(endpoint), spoken.get(endpoint)))
        if desk["link"]["switch"] != "up":
            found.append(f"{endpoint}: the desk says that the switch is {desk['link']['switch']}")
        if desk["queues"][0]["waiting"] != stand:
            found.append(f"{endpoint}: {desk['queues'][0]['waiting']} wait on the desk, {stand} on the switch")
    return found


def _unsettled(channels: Iterable[Channel]) -> Iterator[str]:
    for one in channels:
        if one.endpoint == TRUNK and not one.bridge and one.context in PASSING:
            yield f"caller {one.id} is in {one.context}"


def _desk(desk: Mapping[str, Any], leg: Channel | None, talk: Talk | None) -> Iterator[str]:
    call, duty = desk["call"], desk["me"]["duty"]
    stint = (call or {}).get("stint") or {}
    if talk is not None:
        if (
            call is None
            or leg_of(call["id"]) != talk.caller
            or (call["state"], stint.get("state"))
            != (
                "active",
                "joined",
            )
        ):
            yield f"talks to {talk.caller}, but the desk shows {_shown(call)}"
        if duty != "busy":
            yield f"talks, but is {duty}"
    elif leg is not None and leg.up and leg.context == "cti-idle":
        if duty != "busy" or stint.get("state") != "held":
            yield f"holds a caller, but is {duty} and the desk shows {_shown(call)}"
    elif leg is not None:
        yield f"its leg {leg.id} is in {leg.context}, {'up' if leg.up else 'ringing'}"
    elif duty not in ("idle", "wrapping") or desk["offer"] is not None or stint.get("state") in ("joined", "held"):
        yield f"has no leg, but is {duty} with offer {bool(desk['offer'])} and the desk shows {_shown(call)}"


def _shown(call: Mapping[str, Any] | None) -> str:
    stint = (call or {}).get("stint") or {}
    return "no call" if call is None else f"{call['id']} {call['state']}, {stint.get('state')}"
