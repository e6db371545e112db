"""Anybody may ask whether the platform is ready, as often as they like: the database is not asked each time."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import cast

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry
from sqlalchemy import event

from agent_desktop.api import Ask
from agent_desktop.health import Health
from config.settings import Settings
from lab.sim import SimSwitch
from server.readiness import checks
from tests.support.house import QUEUE
from tests.support.simhouse import on_sim
from tests.support.waiting import until

pytestmark = pytest.mark.integration

NOBODY = cast(Ask, None)
"""It does not matter who asks."""


def parts(answer: web.Response) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(str(answer.text))["parts"]
    return found


async def test_given_fifty_who_ask_at_once_then_the_database_is_asked_once_and_later_again(tmp_path: Path) -> None:
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement == "SELECT 1":
            asked.append(statement)

    async with SimSwitch(1) as switch, on_sim(switch, tmp_path, QUEUE) as home:
        event.listen(home.platform.database.sync_engine, "before_cursor_execute", note)
        health = Health(checks(home.platform, Settings(data_dir=tmp_path)), CollectorRegistry())
        first = asyncio.create_task(health.ready(NOBODY))
        await asyncio.sleep(0)
        first.cancel()  # who asked first goes away; the others are answered all the same
        answers = await asyncio.gather(*(health.ready(NOBODY) for _ in range(50)))
        at_once = len(asked)

        async def asked_again() -> bool:
            await health.ready(NOBODY)
            return len(asked) > at_once

        await until(asked_again, 5, "what was found is not kept for long")

    assert at_once == 1
    assert all(parts(one)["database"]["ok"] for one in answers)
