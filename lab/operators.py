"""Places calls on a switch of the lab, real or simulated, behind one small port."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from lab import sipp, state
from lab.caller import CALLER_HZ, MUSIC_HZ, Leg, SipCaller
from lab.errors import CallFailed, LabError
from lab.plans import CallPlan, Outcome
from lab.sim.control import CallOutcome, SimControl, state_file
from lab.sip.leg import EndedBy
from lab.sip.media import QUIET
from lab.tones import RATE, WINDOW, loudness, power_share

ANSWER_LIMIT = 15.0
Progress = Callable[[int], None]
ENDS = {EndedBy.us: "caller", EndedBy.them: "switch", EndedBy.refused: "refused", EndedBy.nobody: "lost"}


class Operator(Protocol):
    """Whoever can place calls on a running switch."""

    async def call(self, plan: CallPlan) -> Outcome: ...

    async def traffic(self, plans: Sequence[CallPlan], rate: float, progress: Progress | None = None) -> list[Outcome]:
        """All the calls at so many a second; `progress` is told how many ended."""
        ...


def operator(switch: str, name: str = "") -> Operator:
    """The operator of a running switch: `asterisk`, `sim`, or `auto` for whichever runs.

    Raises LabError when none does."""
    if switch == "sim":
        return SimOperator()
    if switch == "asterisk":
        return AsteriskOperator(state.find(name))
    if state.running():
        return AsteriskOperator(state.find(name))
    if state_file().is_file():
        return SimOperator()
    raise LabError(
        "no switch of the lab runs here",
        "start one in this directory: `trunkline lab up`, `trunkline lab up --switch sim`, or `make run`",
    )


class AsteriskOperator:
    """Real SIP callers from the trunk's address: one by Python that listens, many by SIPp."""

    def __init__(self, lab: state.LabState) -> None:
        self._server = (lab.sip_host, lab.sip_port)
        self._trunk = lab.trunk_host

    async def call(self, plan: CallPlan) -> Outcome:
        caller = SipCaller(self._server, number=plan.number, name=plan.name, to=plan.to, hz=CALLER_HZ, host=self._trunk)
        async with caller as leg:
            try:
                await leg.answered(ANSWER_LIMIT)
                await leg.ended(plan.seconds)
            except CallFailed:
                await leg.hang_up()
            result = leg.result()
            return Outcome(plan, result.answered, result.seconds, ENDS[result.ended_by], _detail(leg), heard(leg))

    async def traffic(self, plans: Sequence[CallPlan], rate: float, progress: Progress | None = None) -> list[Outcome]:
        return await sipp.run(plans, self._server, self._trunk, rate, progress)


def _detail(leg: Leg) -> str:
    result = leg.result()
    return " ".join(part for part in (f"SIP {result.status}" if result.status else "", result.reason) if part)


def heard(leg: Leg) -> dict[str, float]:
    """Seconds of music (the lab's tone), other sound, and silence that a caller heard."""
    samples, size = leg.audio.heard(), int(WINDOW * RATE)
    seconds = {"music": 0.0, "other sound": 0.0, "silence": 0.0}
    for start in range(0, len(samples) - size + 1, size):
        window = samples[start : start + size]
        if loudness(window) < QUIET:
            kind = "silence"
        else:
            kind = "music" if power_share(window, MUSIC_HZ) > 0.3 else "other sound"
        seconds[kind] += WINDOW
    return {kind: round(length, 1) for kind, length in seconds.items()}


class SimOperator:
    """Callers of the simulated switch: no sound."""

    async def call(self, plan: CallPlan) -> Outcome:
        async with SimControl.found() as sim:
            return self._outcome(plan, await sim.call(plan.number, plan.name, plan.to, plan.seconds))

    async def traffic(self, plans: Sequence[CallPlan], rate: float, progress: Progress | None = None) -> list[Outcome]:
        running = []
        for plan in plans:
            running.append(asyncio.create_task(self.call(plan)))
            if progress:
                progress(sum(task.done() for task in running))
            await asyncio.sleep(1 / rate)
        for count, task in enumerate(running, 1):
            await task
            if progress:
                progress(count)
        return [task.result() for task in running]

    def _outcome(self, plan: CallPlan, found: CallOutcome) -> Outcome:
        with_agent = "talked to an agent" if found.joined else "no agent"
        return Outcome(plan, True, found.seconds, found.ended_by, f"cause {found.cause}, {with_agent}")
