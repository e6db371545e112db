"""The whole engine without I/O between a little switch and people, with every queue in between moved by hand."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import datetime
from typing import Any

from cti.facts import Device, LegAsked, LegEnded, LinkDown, LinkUp, OrderDone
from cti.orders import DialOut, HangUp, LegOrder, SwitchOrder, TakeOrders
from kernel.clock import SteadyClock
from kernel.codec import plain
from kernel.core import Core, Entry, Outcome
from kernel.engine import Published
from kernel.errors import TrunklineError
from kernel.messages import Message, Order
from recordings.messages import FindRecording, RecordingFound
from recordings.rows import RecordingState
from routing.dialling import AskPermit, TrunkConfigured
from routing.matching.why import considered, pack
from routing.messages import CallerIdentified, IdentifyCaller, SaveChoice, SetPresence, SignInAgent
from routing.outcomes import DEFAULT_DISPOSITIONS
from routing.queuerows import Queue
from routing.rows import Considered, InteractionState, Match, Presence, StintState
from routing.setupmessages import DispositionsConfigured, PhonesConfigured, QueueConfigured
from server.platform import Rooms, make_core
from tests.support.disk import Disk, keep
from tests.unit.routing.little_legs import Leg
from tests.unit.routing.little_machine import LittleMachine
from tests.unit.routing.little_office import LittleOffice
from tests.unit.routing.little_switch import LittleSwitch

OVER = (InteractionState.closed, InteractionState.abandoned)
FILED = (RecordingState.stored, RecordingState.lost, RecordingState.purged)
AGENTS = ("ana", "ben", "cho")
QUEUE = Queue("main", "Main", ring_seconds=10, wrap_seconds=20, sticky_seconds=15, owner_seconds=8)
PHONES = ("cti-phone-01", "cti-phone-02", "cti-phone-03")


class Bench:
    """Facts wait in `inbox`, orders in `lanes`, look-ups in `lookups`, until they are pumped. `disk` is what was
    committed; a kill loses all the rest. `office` grants permits, `machine` has the clocks."""

    def __init__(self) -> None:
        self.inbox: deque[Message] = deque()
        self.lanes: defaultdict[str, deque[SwitchOrder]] = defaultdict(deque)
        self.lookups: deque[Order] = deque()
        self.swallowed: deque[SwitchOrder] = deque()
        self.disk: Disk = defaultdict(dict)
        self.choices: dict[str, tuple[Considered, ...]] = {}
        self.journal: list[Entry] = []
        self.published: list[Published] = []
        self.sent: list[Order] = []
        self.dead_letters: list[object] = []
        self.talked: dict[str, tuple[str, str]] = {}
        self.switch = LittleSwitch(self._hear)
        self.machine = LittleMachine(self.switch)
        self.office = LittleOffice(self.disk["attempts"])
        self.storm = 0
        self.linked = self.alive = False
        self.core: Core
        self.rooms: Rooms
        for phone in PHONES:
            self.switch.phones[phone] = Device.reachable
        self.start()
        self.set_up(QUEUE)
        self.take(DispositionsConfigured(dispositions=tuple(plain(one) for one in DEFAULT_DISPOSITIONS)))
        self.link()
        self.pump()
        for agent in AGENTS:
            self.take(SignInAgent(actor=agent, agent_id=agent, name=agent.title()))
            self.take(SetPresence(actor=agent, agent_id=agent, presence=Presence.ready))

    def set_up(self, queue: Queue) -> None:
        self.take(QueueConfigured(queue=plain(queue)))

    @property
    def at(self) -> datetime:
        return self.clock.now()

    # ── the platform ────────────────────────────────────────────────────────────────────────────────────

    def take(self, message: Message) -> bool:
        """One turn, committed and delivered; False when it was refused."""
        out, done = Outcome(), True
        try:
            self.core.take(message, self.at, out)
        except TrunklineError:
            done = False
        keep(self.disk, out)
        self.journal += out.entries
        if not out.empty:
            self.published.append(Published(self.core.seq, self.at, tuple(out.changes.values()), tuple(out.events)))
        roster = {one.number: (one.id, one.name) for one in self.rooms.routing.agents}
        chosen = [one for one in out.writes if isinstance(one, SaveChoice)]
        self.choices |= {one.id: considered(pack(one.why), roster) for one in chosen}
        self.office.release(out.writes)
        for order in out.orders:
            self._send(order)
        return done

    def _send(self, order: Order) -> None:
        self.sent.append(order)
        if isinstance(order, TakeOrders):  # here nothing is on its way while a turn lasts
            return
        if not isinstance(order, SwitchOrder):
            self.lookups.append(order)
        elif not self.linked:
            self._done(order, "no link")
        else:
            if isinstance(order, LegOrder):
                self.inbox.append(_asked(order))
            self.lanes[str(getattr(order, "interaction_id", ""))].append(order)

    def _done(self, order: SwitchOrder, problem: str, unknown: bool = False) -> None:
        interaction = str(getattr(order, "interaction_id", "")) or None
        self.inbox.append(
            OrderDone(
                order_id=order.order_id,
                ok=not problem,
                message=problem,
                unknown=unknown,
                interaction_id=interaction,
                leg=order.leg if isinstance(order, LegOrder) else "",
            )
        )

    def _hear(self, fact: Message) -> None:
        if self.linked:
            self.inbox.append(fact)

    def hear(self, most: int = 1000) -> None:
        """Handle up to `most` messages of the inbox."""
        while self.inbox and most and self.alive:
            self.take(self.inbox.popleft())
            most -= 1

    def act(self, lane: str) -> None:
        """Carry out the next order of a lane."""
        order = self.lanes[lane].popleft()
        problem = self.switch.carry_out(order)
        if isinstance(order, HangUp) and problem:
            self.inbox.append(LegEnded(leg=order.leg, cause=order.cause))
        self._done(order, problem)
        if isinstance(order, LegOrder) and problem:
            self.inbox.append(LegEnded(leg=order.leg, cause=20))

    def swallow(self) -> None:
        """The switch accepts an order to ring, and nothing is ever heard of the leg."""
        for lane in self.busy_lanes():
            if isinstance(self.lanes[lane][0], LegOrder):
                self.swallowed.append(self.lanes[lane].popleft())
                self._done(self.swallowed[-1], "nothing was said of the leg", unknown=True)
                return

    def spit_out(self) -> None:
        """The switch does all the same what it had swallowed."""
        self.switch.carry_out(self.swallowed.popleft())

    def look_up(self) -> None:
        order = self.lookups.popleft()
        if isinstance(order, IdentifyCaller):
            customer = f"cu-{order.number}" if order.number else None
            match = Match.known if customer else Match.withheld
            agent, owner = self.talked.get(order.number or "", (None, None))
            who: dict[str, Any] = {"last_agent": agent, "last_talk_at": self.at if agent else None, "owner": owner}
            ids: dict[str, Any] = {"interaction_id": order.interaction_id, "customer_id": customer}
            self.inbox.append(CallerIdentified(match=match, **ids, **who))
        elif isinstance(order, AskPermit):
            self.inbox.append(self.office.ask(order, self.at))
        elif isinstance(order, FindRecording):
            self.inbox.append(
                RecordingFound(
                    recording_id=order.recording_id, interaction_id=order.interaction_id, seconds=1.0, bytes=9
                )
            )

    def pump(self) -> None:
        """Everything that is under way happens."""
        while self.alive and (self.inbox or self.busy_lanes() or self.lookups):
            self.hear()
            for lane in self.busy_lanes():
                self.act(lane)
            while self.lookups:
                self.look_up()

    def busy_lanes(self) -> list[str]:
        return [lane for lane, orders in self.lanes.items() if orders]

    def wait(self, seconds: float, step: float = 0.5) -> None:
        """Time passes for the switch and for the platform, if it lives; in long steps where nobody is there."""
        until = self.switch.now + seconds
        self.pump()
        while self.switch.now < until - 1e-6:
            self.switch.pass_time(min(until, self.switch.now + step))
            self.pump()
            came = 0
            while self.alive and (due := self.core.take_due(self.at)) is not None:
                came += self.take(due)
            self.storm = max(self.storm, came)
            self.pump()

    # ── faults ──────────────────────────────────────────────────────────────────────────────────────────

    def cut(self, executed: bool) -> None:
        """The link is cut; with `executed`, the first order of each lane was carried out, unanswered."""
        if not self.linked:
            return
        self.linked = self.switch.beating = False
        for lane in self.busy_lanes():
            for place, order in enumerate(self.lanes[lane]):
                unknown = executed and place == 0
                if unknown:
                    self.switch.carry_out(order)
                self._done(order, "lost", unknown)
                if isinstance(order, LegOrder) and not unknown:
                    self.inbox.append(LegEnded(leg=order.leg, cause=20))
            self.lanes[lane].clear()
        self.inbox.append(LinkDown(reason="closed"))

    def link(self) -> None:
        """The link is back, with its snapshot."""
        if self.linked or not self.alive:
            return
        self.linked = self.switch.beating = True
        self.inbox.append(LinkUp(switch_version="22"))
        self.inbox.append(self.switch.snapshot())

    def kill(self, executed: bool = False) -> None:
        """kill -9: what was not committed is gone. With `executed`, the first order of each lane had reached the
        switch, and a permit that was asked for is granted all the same: nobody hears of either."""
        self.alive = self.linked = self.switch.beating = False
        if executed:
            for lane in self.busy_lanes():
                self.switch.carry_out(self.lanes[lane][0])
            for order in self.lookups:
                if isinstance(order, AskPermit):
                    self.office.ask(order, self.at)
        self.inbox.clear()
        self.lanes.clear()
        self.lookups.clear()

    def start(self) -> None:
        """A new process on what is on the disk."""
        if self.alive:
            return
        self.clock = SteadyClock(last=self.journal[-1].at if self.journal else None, machine=self.machine)
        self.core, self.rooms = make_core()
        self.core.load(self.kept(), self.journal[-1].seq if self.journal else 0)
        self.alive = True
        self.take(LinkDown(reason="start"))
        self.take(PhonesConfigured(endpoints=PHONES))
        self.take(TrunkConfigured(dial="PJSIP/{number}@trunk", caller_number="+34910000000", ring_seconds=15))

    def kept(self) -> dict[str, list[Any]]:
        """What a start loads; see server.shelves."""
        rows = {name: dict(found) for name, found in self.disk.items()}
        stints = rows.get("stints", {})
        live = {key for key, row in rows.get("interactions", {}).items() if row.state not in OVER}
        wanted = {row.interaction_id for row in stints.values() if row.state is not StintState.done}
        wanted |= {row.interaction_id for row in rows.get("offers", {}).values() if row.live}
        rows["stints"] = {
            key: row
            for key, row in stints.items()
            if row.state is not StintState.done or (row.joined_at is not None and row.interaction_id in live)
        }
        rows["interactions"] = {
            key: row for key, row in rows.get("interactions", {}).items() if row.state not in OVER or key in wanted
        }
        rows["offers"] = {k: row for k, row in rows.get("offers", {}).items() if row.live}
        for name in ("attempts", "outside_dials"):
            rows[name] = {k: row for k, row in rows.get(name, {}).items() if row.ended_at is None}
        rows["recordings"] = {k: row for k, row in rows.get("recordings", {}).items() if row.state not in FILED}
        return {name: list(found.values()) for name, found in rows.items()}

    # ── who is where ────────────────────────────────────────────────────────────────────────────────────

    def callers(self) -> list[Leg]:
        return [leg for leg in self.switch.legs.values() if leg.role == "caller"]

    def dialled(self) -> list[Leg]:
        """Public numbers that ring or talk."""
        return [leg for leg in self.switch.legs.values() if leg.role == "dialled"]

    def customers(self) -> list[Leg]:
        return [*self.callers(), *self.dialled()]

    def companions(self, caller: Leg) -> list[Leg]:
        """Phones that the fallback queue rings for this caller."""
        return [leg for leg in self.agent_legs() if leg.role == "switch" and leg.wants == caller.id]

    def agent_legs(self) -> list[Leg]:
        return [leg for leg in self.switch.legs.values() if not leg.outside]


def _asked(order: LegOrder) -> LegAsked:
    """What the link says as it sends the order."""
    endpoint, dialled = getattr(order, "endpoint", ""), isinstance(order, DialOut)
    return LegAsked(leg=order.leg, endpoint=endpoint, interaction_id=order.interaction_id, dialled=dialled)
