"""AmiSwitch: an Asterisk over AMI as the switch port. Orders become actions, events become facts."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter
from dataclasses import dataclass, field, replace

from cti.ami import probe, snapshot
from cti.ami.actions import Action, steps
from cti.ami.link import AmiLink
from cti.ami.parse import Malformed, event_name, is_shell, origination, parse
from cti.ami.pending import NoAnswer, Reply
from cti.ami.settings import AmiSettings
from cti.facts import LegAsked, LegEnded, LegSound, LegStarted, LinkDown, LinkUp, OrderDone
from cti.orders import DialOut, HangUp, LegOrder, LookAtLeg, SwitchOrder, TakeOrders
from cti.switch import FactSink, LinkState, LinkStatus
from kernel.errors import LinkDown as NoLink
from kernel.errors import TrunklineError
from kernel.faults import FaultPoint, reached
from kernel.messages import Fact

log = logging.getLogger(__name__)

ORIGINATED = b"Event: OriginateResponse\r\n"
NO_SUCH = "No such channel"
NO_CHANNEL = 20
"""Cause of a leg that never came to be: the phone is not there (subscriber absent)."""

NOT_TAKEN_IN = "the calls that are on the switch are being taken in; orders wait for that"

LOOK_FIRST, LOOK_AGAIN, LOOK_SOON = 1.0, 60.0, 5.0
"""Seconds to the next look at the AMI user's rights and the dialplan: the first, usually, while something is wrong."""


SOUND_FADES, SOUND_TIME, SOUND_LEAST = 0.3, 1.5, 10
"""How a leg's sound is looked at: seconds for what is still on its way, seconds of listening (75 packets, muted too),
and packets that count as sound."""


@dataclass(slots=True)
class _Ring:
    """A leg that was asked for and has no channel yet. Asterisk answers "No such channel" to a Hangup that comes
    earlier than the channel, so hang-ups wait in here."""

    order: LegOrder
    hangups: list[HangUp] = field(default_factory=list)
    timer: asyncio.TimerHandle | None = None


def asked(order: LegOrder) -> LegAsked:
    """What is told of a leg before the switch is asked for it."""
    endpoint = str(getattr(order, "endpoint", ""))
    dialled = isinstance(order, DialOut)
    return LegAsked(leg=order.leg, endpoint=endpoint, interaction_id=order.interaction_id, dialled=dialled)


class AmiSwitch:
    """Facts go to `sink` in the order in which the switch said them. `counts` holds counters for metrics. With
    `orders_wait` no order is sent over a new link before TakeOrders says that its snapshot is taken in."""

    def __init__(self, settings: AmiSettings, sink: FactSink, *, orders_wait: bool = False) -> None:
        self.counts: Counter[str] = Counter()
        self._settings = settings
        self._sink = sink
        self._link = AmiLink(settings, self, self.counts)
        self._ready = False
        self._orders_wait = orders_wait
        self._snapshot = 0
        self._problems: tuple[str, ...] = ()
        self._warnings: tuple[str, ...] = ()
        self._again = 0
        self._taking: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._meanwhile: list[Fact] | None = None
        self._rings: dict[str, _Ring] = {}
        self._lanes: dict[str, asyncio.Task[None]] = {}

    @property
    def status(self) -> LinkStatus:
        status = self._link.status
        behind: tuple[str, ...] = (NOT_TAKEN_IN,) if status.state is LinkState.up and not self._ready else ()
        if behind and self._again:
            behind = (f"{NOT_TAKEN_IN}; that failed, and was begun again {self._again} times: the log has the error",)
        return replace(status, problems=(*behind, *self._problems), warnings=self._warnings)

    async def start(self) -> None:
        self._link.start()

    async def stop(self) -> None:
        self._ready = False
        await self._stop_looking()
        await self._stop_taking()
        await self._link.stop()
        await asyncio.gather(*self._lanes.values(), return_exceptions=True)
        self._give_up_rings()

    def begin_anew(self) -> None:
        """Close the link: what is ordered until it is back is refused, and then the snapshot decides."""
        self._ready = False
        self._link.drop("late")

    def leave(self) -> None:
        """Nothing is sent any more, for good: the switch is another platform's."""
        self._ready = False
        self._link.leave()

    def beat(self, count: int) -> None:
        """None while what stands on the switch was asked for more than once and not taken in yet: nobody is served, so
        the switch's own queue must."""
        if not self._link.signed_in or (self._again and not self._ready):
            return
        with contextlib.suppress(TrunklineError):
            action = {"Action": "Setvar", "Variable": "CTI_HB", "Value": str(count)}
            self._link.act(action, self._settings.beat_timeout).add_done_callback(self._beaten)

    def _beaten(self, future: asyncio.Future[Reply]) -> None:
        if future.cancelled():
            return
        if future.exception() is not None:
            self.counts["beats_unanswered"] += 1
            self._link.drop("heartbeat")
        elif not future.result().ok:
            self.counts["beats_refused"] += 1
            log.error(
                "the switch refuses the heartbeat: the AMI user needs write=call",
                extra={"answer": future.result().text},
            )

    # ── orders ──────────────────────────────────────────────────────────────────────────────────────────

    def send(self, order: SwitchOrder) -> None:
        """Orders of one interaction are carried out one after the other; those of different ones side by side."""
        if isinstance(order, TakeOrders):
            self._ready = self._link.signed_in and order.snapshot == self._snapshot
            self._again = 0 if self._ready else self._again
            return
        lane = str(getattr(order, "interaction_id", "") or getattr(order, "leg", "") or order.order_id)
        if isinstance(order, LookAtLeg):  # it takes a while, and nothing has to wait for it
            lane = order.order_id
        before = self._lanes.get(lane)
        try:
            actions = steps(order)
            if not self._ready:
                raise NoLink()
        except TrunklineError as refusal:
            self._done(order, refusal.message)
            return
        if isinstance(order, LegOrder):
            self._rings[order.leg] = _Ring(order)
            self._post(asked(order))
        task = asyncio.create_task(self._carry_out(order, actions, before), name=f"order-{order.order_id}")
        self._lanes[lane] = task
        task.add_done_callback(lambda done: self._lanes.pop(lane) if self._lanes.get(lane) is done else None)

    async def _carry_out(
        self, order: SwitchOrder, actions: tuple[Action, ...], before: asyncio.Task[None] | None
    ) -> None:
        if before is not None:
            await asyncio.wait({before})
        if isinstance(order, HangUp) and (ring := self._rings.get(order.leg)) is not None:
            ring.hangups.append(order)
            return
        if isinstance(order, LookAtLeg):
            self._done(order, await self._look_at(order.leg, actions[0]))
            return
        problem, unknown = await self._act(actions, type(order).__name__)
        if isinstance(order, LegOrder):
            self._asked(order, problem, unknown)
            return
        if isinstance(order, HangUp) and problem.endswith(NO_SUCH):  # also of a leg whose own end was never told
            self._post(LegEnded(leg=order.leg, cause=order.cause, text=problem))
        self._done(order, problem, unknown)

    async def _look_at(self, leg: str, action: Action) -> str:
        """Tell whether packets come; returns what went wrong, if anything."""
        counts: list[int] = []
        for pause in (SOUND_FADES, SOUND_TIME):
            await asyncio.sleep(pause)
            try:
                counts.append(int((await self._link.act(action)).headers.get("Value", "")))
            except (TrunklineError, ValueError) as error:
                return f"The leg's sound cannot be seen: {error}"
        self._post(LegSound(leg=leg, heard=counts[1] - counts[0] >= SOUND_LEAST))
        return ""

    async def _act(self, actions: tuple[Action, ...], name: str) -> tuple[str, bool]:
        """What went wrong, if anything, and whether the last action may have happened all the same."""
        for action in actions:
            if action is not actions[0]:
                reached(FaultPoint.between_actions, (name,))
            try:
                answer = self._link.act(action)
                reached(FaultPoint.action_sent, (name, str(action["Action"])))
                reply = await answer
            except NoAnswer as error:
                return error.message, action is actions[-1]
            except TrunklineError as refusal:
                return refusal.message, False
            if not reply.ok:
                return f"{action['Action']}: {reply.text}", False
        return "", False

    def _asked(self, order: LegOrder, problem: str, unknown: bool) -> None:
        """The Originate was answered; an accepted one is done when its channel comes or is said to be impossible."""
        ring = self._rings.get(order.leg)
        if ring is None:
            return
        if not problem:
            ring.timer = asyncio.get_running_loop().call_later(self._settings.action_timeout, self._never_came, ring)
            return
        self._settle(ring, problem, unknown)
        if not unknown:
            self._post(LegEnded(leg=order.leg, cause=NO_CHANNEL, text=problem))

    def _never_came(self, ring: _Ring) -> None:
        self._settle(ring, "The switch accepted the order, but said nothing of the leg.", unknown=True)

    def _give_up_rings(self) -> None:
        """For legs whose Originate was accepted; the others' orders end with their actions."""
        for ring in list(self._rings.values()):
            if ring.timer is not None:
                self._settle(ring, "The link was lost before the switch said anything of the leg.", unknown=True)

    def _settle(self, ring: _Ring, problem: str, unknown: bool = False) -> None:
        """The fate of a leg that was asked for is known: tell it, and let waiting hang-ups go on."""
        self._rings.pop(ring.order.leg, None)
        if ring.timer is not None:
            ring.timer.cancel()
        self._done(ring.order, problem, unknown)
        for hangup in ring.hangups:
            if problem and not unknown:
                self._done(hangup, "No such channel: the leg never came to be.")
            else:
                self.send(hangup)

    def _done(self, order: SwitchOrder, problem: str = "", unknown: bool = False) -> None:
        self.counts["orders_failed" if problem else "orders_done"] += 1
        self._post(
            OrderDone(
                order_id=order.order_id,
                ok=not problem,
                message=problem,
                unknown=unknown,
                interaction_id=str(getattr(order, "interaction_id", "")) or None,
                leg=order.leg if isinstance(order, LegOrder) else "",
            )
        )

    # ── what the link hears ─────────────────────────────────────────────────────────────────────────────

    def event(self, event: bytes) -> None:
        """Parse and enqueue, no more."""
        if event.startswith(ORIGINATED):
            self._originated(event)
            return
        try:
            fact = parse(event)
        except Malformed as error:
            self.counts["events_refused"] += 1
            log.warning("an event lacks what we need of it", extra={"event": event_name(event), "header": error.header})
            return
        if fact is None:
            return
        self._post(fact)
        if isinstance(fact, LegStarted) and (ring := self._rings.get(fact.leg)) is not None:
            self._settle(ring, "")

    def _originated(self, event: bytes) -> None:
        """A failure of a leg that has a channel is told by its Hangup; of one without, only here."""
        end = origination(event)
        ring = self._rings.get(end.leg) if end is not None else None
        if end is None or ring is None or end.ok:
            return
        self._post(LegEnded(leg=end.leg, cause=end.cause, text="no channel could be made"))
        self._settle(ring, "No channel could be made: the switch has no contact for the phone, or no such trunk.")

    async def opened(self, switch_version: str) -> None:
        """The link is up: tell how the switch stands, and see to it that this is taken in."""
        await self._stop_taking()
        await self._take_snapshot(switch_version, LinkUp(switch_version=switch_version))
        if self._orders_wait:
            self._taking = asyncio.create_task(self._until_taken_in(switch_version), name="ami-taking")
        await self._stop_looking()
        self._looking = asyncio.create_task(self._look(), name="ami-look")

    async def _until_taken_in(self, version: str) -> None:
        """A turn that fails on a snapshot is undone whole, and no order is sent: so the switch is asked again."""
        within = self._settings.take_in_timeout
        for again in range(self._settings.take_in_tries + 1):
            if again:
                self._again += 1
                log.error("the switch's calls were not taken in; asking again", extra={"again": self._again})
                self.counts["snapshots_again"] += 1
                try:
                    await self._take_snapshot(version)
                except Exception:  # whatever it is: it is asked again, and in the end the link is closed
                    log.exception("the switch's calls could not be read")
            await asyncio.sleep(within * (again + 1))
            if self._ready:
                return
        self._link.drop("not_taken_in")

    async def _stop_taking(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            await asyncio.gather(self._taking, return_exceptions=True)
        self._taking = None

    async def _take_snapshot(self, switch_version: str, *first: Fact) -> None:
        """Events go on being posted while the lists are collected; the snapshot is posted when it is complete and
        is true at that moment, so that the order of the inbox is the order of truth."""
        self._meanwhile = []
        self._snapshot += 1
        try:
            for fact in first:
                self._post(fact)
            limit = self._settings.list_timeout
            channels = self._link.act(snapshot.LIST_CHANNELS, limit, snapshot.CHANNELS_END)
            devices = self._link.act(snapshot.LIST_DEVICES, limit, snapshot.DEVICES_END)
            lists = await asyncio.gather(channels, devices)
            if not all(reply.ok for reply in lists):
                raise NoLink(
                    f"the snapshot was refused ({lists[0].text}, {lists[1].text}): check the AMI user's rights"
                )
            self._note_shells(sum(map(is_shell, lists[0].items)))
            whole = snapshot.build(lists[0].items, lists[1].items, self._meanwhile, switch_version)
        finally:
            self._meanwhile = None
        reached(FaultPoint.snapshot_taken)
        self._ready = not self._orders_wait
        self._ready &= self._post(replace(whole, number=self._snapshot))
        self.counts["snapshots"] += 1

    def _note_shells(self, shells: int) -> None:
        self.counts["shells"] += shells
        if shells:
            log.warning("the switch lists channels that are no calls; they are left out", extra={"shells": shells})

    async def _look(self) -> None:
        """See now and then whether the switch has all that we need of it; an administrator may mend it any time."""
        await asyncio.sleep(LOOK_FIRST)
        while True:
            found = tuple(f"{one.words}: {one.cure}" for one in await probe.problems(self._link.act))
            if found != self._problems:
                log.log(logging.ERROR if found else logging.INFO, "the switch was looked at", extra={"problems": found})
            self._problems = found
            self._warnings = await self._doubts()
            await asyncio.sleep(LOOK_SOON if found else LOOK_AGAIN)

    async def _doubts(self) -> tuple[str, ...]:
        """What does not keep calls from working, and should be mended all the same."""
        drift = await probe.clock_drift(self._link.act, time.time())
        found = tuple(f"{one.words}: {one.cure}" for one in drift)
        if found and not self._warnings:
            log.warning("the switch's clock is wrong", extra={"warnings": found})
        return found

    async def _stop_looking(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        self._looking, self._problems, self._warnings = None, (), ()

    async def lost(self, reason: str) -> None:
        """Orders without an answer have ended as unknown by now; the LinkDown is posted however long it takes."""
        self._ready = False
        self._snapshot += 1
        await self._stop_looking()
        await self._stop_taking()
        self._give_up_rings()
        while not self._sink(LinkDown(reason=reason)):  # noqa: ASYNC110 - a full inbox has no event to await
            await asyncio.sleep(0.1)

    def _post(self, fact: Fact) -> bool:
        self.counts["facts"] += 1
        if self._meanwhile is not None:
            self._meanwhile.append(fact)
        if self._sink(fact):
            return True
        self.counts["facts_refused"] += 1
        self._link.drop("overflow")
        return False
