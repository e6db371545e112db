"""What an operator must know of the switch: does it let us in, may we do what we need, is our dialplan there."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from cti.ami.actions import Action
from cti.ami.floors import Problem, outdated
from cti.ami.link import AmiLink
from cti.ami.pending import NoAnswer, Reply
from cti.ami.settings import AmiSettings
from kernel.errors import TrunklineError

Ask = Callable[[Action], "asyncio.Future[Reply]"]
CONTEXTS = (
    *("cti-in", "cti-hold", "cti-held", "cti-after", "cti-pickup", "cti-idle", "cti-gone", "cti-fallback"),
    *("cti-dial", "cti-dialled", "cti-say"),
)
NEEDED = {
    "write=call": ("Setvar", "Redirect", "Hangup"),
    "write=originate": ("Originate",),
    "write=reporting": ("Status", "DeviceStateList", "ShowDialPlan"),
}
"""What we do by the right that it takes."""
MOST_DRIFT = 5.0


@dataclass(frozen=True, slots=True)
class Report:
    """`words` says how the link stands. `problems` keep calls from working, `warnings` do not."""

    signed_in: bool
    words: str
    version: str = ""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = field(default=())


class _Waiter:
    """Listener of a link that is used for one look."""

    def __init__(self) -> None:
        self.opened_or_lost: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

    def event(self, event: bytes) -> None:
        """Events do not matter here."""

    async def opened(self, switch_version: str) -> None:
        self._tell(switch_version)

    async def lost(self, reason: str) -> None:
        self._tell(None)

    def _tell(self, version: str | None) -> None:
        if not self.opened_or_lost.done():
            self.opened_or_lost.set_result(version)


async def probe(settings: AmiSettings, now: float) -> Report:
    """Sign in once, look, sign off. `now` is our own time in seconds since the epoch."""
    waiter = _Waiter()
    link = AmiLink(replace(settings, boot_timeout=10.0), waiter, Counter())
    link.start()
    try:
        async with asyncio.timeout(20):
            version = await waiter.opened_or_lost
        if version is None:
            return Report(False, link.status.detail)
        found = await problems(link.act)
        drift = await clock_drift(link.act, now)
        return Report(True, "signed in", version, found, (*drift, *outdated(version)))
    except TimeoutError:
        return Report(False, link.status.detail)
    finally:
        await link.stop()


async def problems(ask: Ask) -> tuple[Problem, ...]:
    """What keeps calls from working on a switch that lets us in. Only asks; changes nothing on the switch."""
    return (*await missing_rights(ask), *await missing_contexts(ask))


async def missing_rights(ask: Ask) -> list[Problem]:
    """Rights that the AMI user lacks: actions that the switch does not list for it."""
    reply = await _reply(ask, {"Action": "ListCommands"})
    if reply is None or "Ping" not in reply.headers:  # anybody may ping: without it, this is no list
        return []
    found = []
    for right, actions in NEEDED.items():
        refused = [action for action in actions if action not in reply.headers]
        if refused:
            cure = (
                f"add {right} to it in manager.conf, or run `trunkline install-dialplan --write`; then `manager reload`"
            )
            found.append(Problem(f"the AMI user may not {' or '.join(refused)}", cure))
    return found


async def missing_contexts(ask: Ask) -> list[Problem]:
    """One problem that names every context of the dialplan kit that the switch lacks; none when all are there."""
    lacking = []
    for context in CONTEXTS:
        reply = await _reply(ask, {"Action": "ShowDialPlan", "Context": context})
        if reply is not None and not reply.ok and reply.text.startswith("Did not find context"):
            lacking.append(context)
    if not lacking:
        return []
    entered = {"cti-in", "cti-hold"} & set(lacking)
    so = "so no caller can reach the platform" if entered else "as its version is older, so not all that we ask is done"
    words = f"the switch lacks our dialplan ({', '.join(lacking)}), {so}"
    cure = "run `trunkline install-dialplan --write` on the switch, include its files, then `dialplan reload`"
    return [Problem(words, cure)]


async def clock_drift(ask: Ask, now: float) -> list[Problem]:
    """A warning when the switch's clock is far from ours. Calls do not depend on it; reports compare times."""
    reply = await _reply(ask, {"Action": "Getvar", "Variable": "EPOCH"})
    value = reply.headers.get("Value", "") if reply is not None and reply.ok else ""
    drift = int(value) + 0.5 - now if value.isdigit() else 0.0
    if abs(drift) <= MOST_DRIFT:
        return []
    words = f"the switch's clock is {drift:+.0f} s off ours"
    return [Problem(words, "let both machines keep time by NTP (chrony or systemd-timesyncd)")]


async def _reply(ask: Ask, action: Action) -> Reply | None:
    """The answer, or None when there was none."""
    try:
        return await ask(action)
    except (NoAnswer, TrunklineError):
        return None
