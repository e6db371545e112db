"""A switch in a few lines: legs, bridges and the dialplan kit as facts, for model tests. No time of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cti import facts as f
from cti.facts import Device, Place
from cti.orders import (
    DialOut,
    DropClaim,
    GrantClaim,
    HangUp,
    HoldCaller,
    HushCaller,
    LookAtLeg,
    QueueCaller,
    ResumeCaller,
    RingAgent,
    RingDialler,
    RingOutside,
    SayToCaller,
    SwitchOrder,
)
from kernel.messages import Fact
from tests.unit.routing.little_legs import OWN, Leg
from tests.unit.routing.little_sayings import hush, say, says_on

AFTER, STALE, LOOKS = 5.0, 3.0, 5.0
"""Seconds that the kit gives a caller after a talk, waits for the heartbeat, and lets one of several answered legs wait
for a claim."""


@dataclass
class LittleSwitch:
    """What it says goes to `tell`. `beating` is whether the platform's heartbeat comes."""

    tell: Callable[[Fact], None]
    now: float = 0.0
    beating: bool = True
    beaten_at: float = 0.0
    legs: dict[str, Leg] = field(default_factory=dict)
    phones: dict[str, Device] = field(default_factory=dict)
    bridges: int = 0
    wrongs: list[str] = field(default_factory=list)
    """What must never happen: a caller taken out of a talk, or cut off while the agent did not hang up."""
    meant: set[str] = field(default_factory=set)
    """Callers whose agent ended the call on purpose."""
    dialled: list[DialOut] = field(default_factory=list)
    """Each order to dial a public number, each time it was carried out."""
    outside: list[RingOutside] = field(default_factory=list)
    """The same of numbers that were called for callers."""
    ahead: float = 0.0
    """How wrong its own clock is."""
    mute: bool = False
    """Whether it lacks all sounds."""

    # ── people ──────────────────────────────────────────────────────────────────────────────────────────

    def arrive(self, uniqueid: str, number: str) -> Leg:
        channel = f"PJSIP/trunk-{uniqueid}"
        leg = Leg(uniqueid, channel, "trunk", "caller", f"ix-{uniqueid}", uniqueid, up=True)
        leg.born, leg.began = self.now, self.now + self.ahead
        self.legs[leg.id] = leg
        self.tell(f.LegStarted(leg=leg.id, channel=channel, endpoint="trunk", linked=leg.id, number=number))
        self._place(leg, Place.entered, number)
        self.tell(f.LegUp(leg=leg.id))
        self.tell(f.RecordingStarted(leg=leg.id, interaction_id=leg.ix, file=f"{leg.ix}.wav"))
        self._place(leg, Place.waiting)
        return leg

    def caller_leaves(self, leg: Leg, cause: int = 16) -> None:
        agent = self.legs.get(leg.peer)
        self._unbridge(leg)
        self._end(leg, cause)
        if agent is not None:
            self._end(agent, 16)
        for other in self._companions(leg):
            self._end(other, 26)

    def answer(self, leg: Leg) -> None:
        leg.up = True
        self.tell(f.LegUp(leg=leg.id))
        if leg.role == "switch":
            caller = self.legs[leg.wants]
            for other in self._companions(caller):
                if other is not leg:
                    self._end(other, 26)
            self._bridge(caller, leg)
        elif leg.role == "dialled":
            self._number_answers(leg)
        elif leg.dials is not None:
            leg.since = self.now
        elif leg.shared:
            leg.looks = self.now
            self._look(leg)
        else:
            self._pick_up(leg)

    def _look(self, leg: Leg) -> None:
        """One of several that were rung: picks up when the caller carries its claim, else waits on."""
        caller = self.legs.get(leg.wants)
        if caller is not None and caller.claim == leg.claim:
            leg.looks = None
            leg.claim = leg.claim if caller.shared else ""
            self._pick_up(leg)

    def agent_leg_ends(self, leg: Leg, cause: int) -> None:
        """The agent hangs up (16, 21), does not answer (19) or the phone is lost (44)."""
        caller = self.legs.get(leg.peer) or (self.legs.get(leg.wants) if leg.place is Place.idle else None)
        if caller is not None and cause == 16:
            self.meant.add(caller.id)
        talked = leg.peer != ""
        self._unbridge(leg)
        if caller is not None and talked and leg.role == "switch":
            self._end(leg, cause)
            self._end(caller, 16)
            return
        if caller is not None and talked:
            self._after(caller, orphan=cause in f.PHONE_LOST)
        if caller is not None:
            caller.gone = f"{leg.id}:{cause}"
        self._end(leg, cause)

    def fallback_rings(self, caller: Leg, endpoint: str) -> None:
        uniqueid = f"{OWN}{len(self.meant)}-{self.bridges}-{len(self.legs)}-{endpoint}-{self.now}"
        leg = Leg(
            uniqueid, f"PJSIP/{endpoint}-{uniqueid}", endpoint, "switch", caller.ix, caller.linked, wants=caller.id
        )
        leg.since = self.now
        self.legs[leg.id] = leg
        self.tell(f.LegStarted(leg=leg.id, channel=leg.channel, endpoint=endpoint, linked=leg.linked))
        self.tell(f.LegRinging(leg=leg.id))

    def device(self, endpoint: str, device: Device) -> None:
        self.phones[endpoint] = device
        self.tell(f.DeviceChanged(endpoint=endpoint, device=device))

    def contact_goes(self, endpoint: str, silent: bool) -> None:
        """The way of the phone's signalling breaks; with `silent` the page is dead, and its sound with it."""
        for leg in self.legs.values():
            if leg.endpoint == endpoint:
                leg.silent = leg.silent or silent
        self.tell(f.ContactGone(endpoint=endpoint))

    def free(self, endpoint: str) -> bool:
        return self.phones[endpoint] is not Device.lost and not any(x.endpoint == endpoint for x in self.legs.values())

    # ── orders ──────────────────────────────────────────────────────────────────────────────────────────

    def carry_out(self, order: SwitchOrder) -> str:
        """Do it; returns what went wrong."""
        how: dict[type[SwitchOrder], Callable[[Any], str]] = {
            RingAgent: self._ring,
            GrantClaim: self._grant,
            DropClaim: self._drop,
            HangUp: self._hang_up,
            LookAtLeg: self._look_at,
            HoldCaller: self._hold,
            ResumeCaller: self._resume,
            QueueCaller: self._queue,
            SayToCaller: self._told,
            HushCaller: self._told,
            RingDialler: self._ring_dialler,
            RingOutside: self._ring_outside,
            DialOut: self._dial_out,
        }
        return how[type(order)](order)

    def _drop(self, order: DropClaim) -> str:
        if (caller := self._named(order.caller_channel)) is not None:
            caller.claim = ""
        return ""

    def _look_at(self, order: LookAtLeg) -> str:
        leg = self.legs.get(order.leg)
        self.tell(f.LegSound(leg=order.leg, heard=leg is not None and not leg.silent))
        return "" if leg is not None else "No such channel"

    def _ring(self, order: RingAgent) -> str:
        caller = self._named(order.caller_channel)
        if caller is None:
            return "No such channel"
        if order.shared:
            caller.shared = True
        else:
            caller.claim = order.claim
        if not self.free(order.endpoint):
            return "The phone could not be rung"
        leg = Leg(
            order.leg, f"PJSIP/{order.endpoint}-{order.leg}", order.endpoint, "agent", order.interaction_id, order.leg
        )
        leg.wants, leg.claim, leg.since, leg.ring_seconds = caller.id, order.claim, self.now, order.timeout
        leg.shared = order.shared
        self.legs[leg.id] = leg
        self.tell(f.LegStarted(leg=leg.id, channel=leg.channel, endpoint=leg.endpoint, linked=leg.linked))
        self.tell(f.LegRinging(leg=leg.id))
        return ""

    def _ring_outside(self, order: RingOutside) -> str:
        """However late: the number is rung for the caller, by whose claim it takes them."""
        self.outside.append(order)
        caller = self._named(order.caller_channel)
        if caller is None:
            return "No such channel"
        caller.claim = order.claim
        leg = Leg(order.leg, f"PJSIP/trunk-{order.leg}", "trunk", "agent", order.interaction_id, order.leg)
        leg.wants, leg.claim, leg.ring_seconds = caller.id, order.claim, order.timeout
        self._comes(leg)
        self.tell(f.LegRinging(leg=leg.id))
        return ""

    def _ring_dialler(self, order: RingDialler) -> str:
        if not self.free(order.endpoint):
            return "The phone could not be rung"
        channel = f"PJSIP/{order.endpoint}-{order.leg}"
        leg = Leg(order.leg, channel, order.endpoint, "agent", order.interaction_id, order.leg)
        leg.ring_seconds, leg.dials = order.timeout, order.wait
        self._comes(leg)
        self.tell(f.LegRinging(leg=leg.id))
        return ""

    def _dial_out(self, order: DialOut) -> str:
        """However late: the number is rung, also when the agent's leg is gone."""
        self.dialled.append(order)
        agent = self._named(order.agent_channel)
        leg = Leg(order.leg, f"PJSIP/trunk-{order.leg}", "trunk", "dialled", order.interaction_id, order.leg)
        leg.ring_seconds, leg.wants = order.timeout, agent.id if agent is not None else ""
        self._comes(leg)
        self.tell(f.LegRinging(leg=leg.id))
        return ""

    def _number_answers(self, leg: Leg) -> None:
        agent = self.legs.get(leg.wants)
        if agent is None or agent.peer:
            return self._end(leg, 16)
        self.tell(f.RecordingStarted(leg=leg.id, interaction_id=leg.ix, file=f"{leg.ix}.wav"))
        return self._bridge(leg, agent)

    def _comes(self, leg: Leg) -> None:
        leg.since = leg.born = self.now
        leg.began = self.now + self.ahead
        self.legs[leg.id] = leg
        self.tell(f.LegStarted(leg=leg.id, channel=leg.channel, endpoint=leg.endpoint, linked=leg.linked))

    def _grant(self, order: GrantClaim) -> str:
        caller = self._named(order.caller_channel)
        if caller is None:
            return "No such channel"
        caller.shared = caller.shared or order.back
        caller.claim = order.claim
        for leg in [one for one in self.legs.values() if one.looks is not None and one.wants == caller.id]:
            self._look(leg)
        return ""

    def _hang_up(self, order: HangUp) -> str:
        leg = self.legs.get(order.leg)
        if leg is None:
            return "No such channel"
        if leg.outside:
            if leg.id not in self.meant and (leg.role == "caller" or leg.peer):
                self.wrongs.append(f"{leg.id} was cut off by us")
            self.caller_leaves(leg)
        else:
            meant = set(self.meant)
            self.agent_leg_ends(leg, order.cause)
            self.meant = meant
        return ""

    def _hold(self, order: HoldCaller) -> str:
        caller, agent = self._named(order.caller_channel), self._named(order.agent_channel)
        if caller is None or agent is None:
            return "No such channel"
        self._unbridge(caller)
        self._unbridge(agent)
        caller.agent, agent.wants = agent.id, caller.id
        self._place(caller, Place.held)
        self._place(agent, Place.idle)
        return ""

    def _resume(self, order: ResumeCaller) -> str:
        caller, agent = self._named(order.caller_channel), self._named(order.agent_channel)
        if caller is None or agent is None:
            return "No such channel"
        caller.claim = agent.claim = order.claim
        agent.wants = caller.id
        if agent.peer:
            self._unbridge(agent)
        agent.place = None
        self._pick_up(agent)
        return ""

    def _queue(self, order: QueueCaller) -> str:
        caller = self._named(order.caller_channel)
        if caller is None:
            return "No such channel"
        if caller.peer:
            agent = self.legs[caller.peer]
            self._unbridge(caller)
            self._end(agent, 16)
        for other in self._companions(caller):
            self._end(other, 26)
        self._place(caller, Place.waiting)
        return ""

    def _told(self, order: SayToCaller | HushCaller) -> str:
        caller = self._named(order.caller_channel)
        if caller is None:
            return "No such channel"
        if isinstance(order, HushCaller):
            hush(caller)
        else:
            say(caller, order, self.now, self.mute)
            self.meant |= {caller.id} if order.leave else set()
        return ""

    # ── the kit ─────────────────────────────────────────────────────────────────────────────────────────

    def pass_time(self, to: float) -> None:
        """What the dialplan does by itself until `to`."""
        self.now = to
        if self.beating:
            self.beaten_at = to
        stale = to - self.beaten_at >= STALE
        for leg in list(self.legs.values()):
            if leg.id in self.legs:
                self._step(leg, stale)

    def _step(self, leg: Leg, stale: bool) -> None:
        passed = self.now - leg.since
        if leg.says_until is not None:
            if says_on(leg, self.now, self.tell):
                self._end(leg, 16)
            return
        if not leg.up and leg.role != "caller" and passed >= leg.ring_seconds:
            self._end(leg, 19)
        elif not leg.outside:
            self._step_agent(leg, passed)
        elif leg.place is Place.waiting and stale and passed >= STALE:
            self._fall_back(leg)
        elif leg.place is Place.held and leg.agent not in self.legs and passed >= STALE:
            self._fall_back(leg) if stale else self._after(leg, orphan=True)
        elif leg.place is Place.after and stale and passed >= STALE and leg.orphan:
            self._fall_back(leg)
        elif leg.place is Place.after and passed >= AFTER:
            if self.beating and leg.id not in self.meant:
                self.wrongs.append(f"{leg.id} was left to the kit, which hung up")
            self._end(leg, 16)

    def _step_agent(self, leg: Leg, passed: float) -> None:
        in_vain = leg.up and leg.dials is not None and leg.place is None and not leg.peer and passed >= leg.dials
        if in_vain or (leg.place is Place.idle and leg.wants not in self.legs):
            self._end(leg, 16)
        elif leg.looks is not None and self.now - leg.looks >= LOOKS:
            leg.claim, leg.looks = "", None
            self._pick_up(leg)

    def _fall_back(self, leg: Leg) -> None:
        leg.claim, leg.shared = "", False
        self._place(leg, Place.fallback)

    def _after(self, caller: Leg, orphan: bool) -> None:
        caller.orphan = orphan
        self._place(caller, Place.after)

    def _pick_up(self, leg: Leg) -> None:
        caller = self.legs.get(leg.wants)
        result = "STALE"
        if caller is not None and leg.claim and caller.claim == leg.claim:
            if caller.peer and caller.peer != leg.id:
                self.wrongs.append(f"{caller.id} was taken out of a talk")
                stolen = self.legs[caller.peer]
                self._unbridge(caller)
                self._end(stolen, 16)
            self._bridge(caller, leg)
            return
        self.tell(f.PickupEnded(leg=leg.id, interaction_id=leg.ix, claim=leg.claim, result=result))
        self._end(leg, 16)

    def _bridge(self, caller: Leg, agent: Leg) -> None:
        self.bridges += 1
        self.meant.discard(caller.id)
        oldest = next(leg for leg in self.legs.values() if leg in (caller, agent))
        caller.linked = agent.linked = oldest.linked
        for leg, peer in ((caller, agent), (agent, caller)):
            leg.peer, leg.bridge, leg.place = peer.id, f"b{self.bridges}", None
            leg.says_until = None
            self.tell(f.BridgeEntered(leg=leg.id, bridge=leg.bridge, linked=leg.linked))

    def _unbridge(self, leg: Leg) -> None:
        peer = self.legs.get(leg.peer)
        for one in (leg, peer):
            if one is not None and one.bridge:
                self.tell(f.BridgeLeft(leg=one.id, bridge=one.bridge))
                one.peer = one.bridge = ""

    def _place(self, leg: Leg, place: Place, number: str | None = None) -> None:
        leg.place, leg.since = place, self.now
        leg.said, leg.leaves, leg.says_until = "", False, None
        self.tell(
            f.LegPlaced(
                leg=leg.id,
                channel=leg.channel,
                place=place,
                interaction_id=leg.ix,
                linked=leg.linked,
                did="555",
                number=number,
            )
        )

    def _end(self, leg: Leg, cause: int) -> None:
        if self.legs.pop(leg.id, None) is not None:
            self.tell(f.LegEnded(leg=leg.id, cause=cause))

    def _companions(self, caller: Leg) -> list[Leg]:
        return [leg for leg in self.legs.values() if leg.role == "switch" and leg.wants == caller.id and not leg.peer]

    def _named(self, channel: str) -> Leg | None:
        return next((leg for leg in self.legs.values() if leg.channel == channel), None)

    def snapshot(self) -> f.Snapshot:
        legs = tuple(
            f.LegSnapshot(
                leg=leg.id,
                channel=leg.channel,
                endpoint=leg.endpoint,
                linked=leg.linked,
                up=leg.up,
                ringing=not leg.up,
                bridge=leg.bridge or None,
                place=leg.place,
                interaction_id=leg.ix,
                role="" if leg.role == "switch" else leg.role,
                gone=leg.gone,
                seconds=max(0, int(self.now + self.ahead - leg.began)),
                said=leg.heard,
            )
            for leg in self.legs.values()
        )
        return f.Snapshot(legs=legs, devices=tuple(sorted(self.phones.items())), switch_version="22")
