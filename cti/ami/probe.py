"""What an operator must know of the switch: does it let us in, may we do what we need, is our dialplan there."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from cti.ami.actions import Action
from cti.ami.link import AmiLink
from cti.ami.pending import NoAnswer, Reply
from cti.ami.settings import AmiSettings
from kernel.errors import TrunklineError

Ask = Callable[[Action], "asyncio.Future[Reply]"]
CONTEXTS = ("cti-in", "cti-hold", "cti-held", "cti-after", "cti-pickup", "cti-idle", "cti-fallback")
NEEDED: tuple[tuple[Action, str], ...] = (
    ({"Action": "Setvar", "Variable": "CTI_PROBE", "Value": "1"}, "write=call"),
    ({"Action": "Originate"}, "write=originate"),
    ({"Action": "CoreShowChannels"}, "write=reporting"),
)
"""Harmless actions: what is refused for anything but the right has passed the check of the right."""
MOST_DRIFT = 5.0


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and what to do about it."""

    words: str
    cure: str


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
        problems = [*await missing_rights(link.act), *await missing_contexts(link.act)]
        drift = await clock_drift(link.act, now)
        return Report(True, "signed in", version, tuple(problems), tuple(drift))
    except TimeoutError:
        return Report(False, link.status.detail)
    finally:
        await link.stop()


async def missing_rights(ask: Ask) -> list[Problem]:
    """Rights that the AMI user lacks."""
    found = []
    for action, right in NEEDED:
        reply = await _reply(ask, action)
        if reply is not None and "permission denied" in reply.text.lower():
            cure = (
                f"give it {right} in manager.conf (or run `trunkline install-dialplan --write`), then `manager reload`"
            )
            found.append(Problem(f"the AMI user may not {action['Action']}", cure))
    return found


async def missing_contexts(ask: Ask) -> list[Problem]:
    """One problem that names every context of the dialplan kit that the switch lacks; none when all are there."""
    lacking = []
    for context in CONTEXTS:
        reply = await _reply(ask, {"Action": "ShowDialPlan", "Context": context})
        if reply is not None and not reply.ok and "permission" not in reply.text.lower():
            lacking.append(context)
    if not lacking:
        return []
    words = f"the switch lacks our dialplan ({', '.join(lacking)}), so no caller can reach the platform"
    return [Problem(words, "run `trunkline install-dialplan --write` on the switch, then `dialplan reload`")]


async def clock_drift(ask: Ask, now: float) -> list[Problem]:
    """A warning when the switch's clock is far from ours. Calls do not depend on it; reports compare times."""
    reply = await _reply(ask, {"Action": "Getvar", "Variable": "EPOCH"})
    value = reply.headers.get("Value", "") if reply is not None and reply.ok else ""
    if not value.isdigit() or abs(int(value) - now) <= MOST_DRIFT:
        return []
    words = f"the switch's clock is {int(value) - now:+.0f} s off ours"
    return [Problem(words, "let both machines keep time by NTP (chrony or systemd-timesyncd)")]


async def _reply(ask: Ask, action: Action) -> Reply | None:
    """The answer, or None when there was none."""
    try:
        return await ask(action)
    except (NoAnswer, TrunklineError):
        return None
