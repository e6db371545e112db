"""After an outage of ours or of the link: recordings on disk of calls that nobody told us of become rows."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from cti.events import SwitchBack, SwitchLost
from cti.facts import RecordingStarted
from kernel.db import readonly
from kernel.engine import Published
from kernel.messages import Fact
from recordings.files import measure
from recordings.store import recorded
from routing.away import CallWhileAway
from routing.store import known_interactions

log = structlog.get_logger(__name__)

NAME = re.compile(r"(ix-[0-9A-Za-z_.-]*?(\d{9,11})\.\d+-\d{6})\.wav")
"""A recording of the kit: the second group is when the call came, in seconds, by the switch's clock."""
SLACK = timedelta(days=1)
"""How far before the outage is looked, for a switch whose clock is wrong and a look that a kill cut short. It costs
little: what is known is left out."""
SETTLED = 3.0
"""Seconds between the look and the question what we know: by then, whoever is there has been heard of."""
AGAIN = 10.0
MOST = 1000
"""Recordings told of after one outage, the newest."""


@dataclass(frozen=True, slots=True)
class Left:
    """A recording that was left behind."""

    interaction_id: str
    file: str
    began: datetime
    ended: datetime
    talked: bool


class LookBack:
    """A listener of the outlet; `run` looks each time the switch is back, from when we last were there on."""

    def __init__(
        self,
        database: AsyncEngine,
        folder: Path,
        post: Callable[[Fact], bool],
        there: tuple[datetime, datetime] | None,
    ) -> None:
        """`there`: when an engine was first and last there. Recordings from before the first are none of ours."""
        self._database, self._folder, self._post = database, folder, post
        self._first: datetime | None
        self._since: datetime | None
        self._first, self._since = there or (None, None)
        self._back = asyncio.Event()

    def heard(self, published: Published) -> None:
        for event in published.events:
            if isinstance(event, SwitchLost) and event.reason != "start":
                self._first = self._first or published.at
                self._since = min(self._since or published.at, published.at)
            elif isinstance(event, SwitchBack):
                self._back.set()

    async def run(self) -> None:
        """Until cancelled. A look that fails is taken again: nothing else would ever list those calls."""
        while True:
            await self._back.wait()
            self._back.clear()
            since, self._since = self._since, None
            if since is None or self._first is None:
                continue
            try:
                found = await self.look(max(self._first, since - SLACK))
            except Exception as error:
                log.warning("no look for calls that came while we were away; again soon", error=repr(error)[:200])
                self._since = since
                await asyncio.sleep(AGAIN)
                self._back.set()
                continue
            if found:
                log.warning("calls came and went while we were away; their recordings are listed", calls=found)

    async def look(self, since: datetime) -> int:
        """Tell of each recording since then that is not known; returns how many."""
        names = await asyncio.to_thread(names_since, self._folder, since)
        if not names:
            return 0
        await asyncio.sleep(SETTLED)
        async with readonly(self._database) as connection:
            calls = await known_interactions(connection, list(names))
            files = await recorded(connection, list(names))
        told = 0
        unknown = [key for key in sorted(names, key=lambda key: names[key]) if key not in files][-MOST:]
        for left in await asyncio.to_thread(self._left_behind, {key: names[key] for key in unknown}):
            if left.interaction_id not in calls:
                ids = {"interaction_id": left.interaction_id, "began": left.began, "ended": left.ended}
                self._post(CallWhileAway(**ids, talked=left.talked))  # type: ignore[arg-type]
                told += 1
            self._post(RecordingStarted(leg="", interaction_id=left.interaction_id, file=left.file, since=left.began))
        return told

    def _left_behind(self, names: dict[str, datetime]) -> list[Left]:
        return [left for key, began in names.items() if (left := _left(self._folder, key, began)) is not None]


def names_since(folder: Path, since: datetime) -> dict[str, datetime]:
    """Interaction ids of the kit's recordings that began since then, and when."""
    try:
        return dict(_named(folder, since.timestamp()))
    except OSError as error:
        log.warning("the recordings' folder cannot be read", error=error.strerror)
        return {}


def _named(folder: Path, since: float) -> Iterator[tuple[str, datetime]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            match = NAME.fullmatch(entry.name)
            if match is not None and float(match[2]) >= since:
                yield match[1], datetime.fromtimestamp(float(match[2]), UTC)


def _left(folder: Path, interaction_id: str, began: datetime) -> Left | None:
    """What is there of it; a file that is no sound (yet) counts as one without."""
    file = f"{interaction_id}.wav"
    try:
        ended = datetime.fromtimestamp((folder / file).stat().st_mtime, UTC)
        talked = measure(folder / file).seconds > 0
    except OSError:
        return None
    except ValueError:
        talked = False
    return Left(interaction_id, file, began, ended, talked)
