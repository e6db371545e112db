"""The platform killed between the commit and the answer: the same request sent again is answered, not carried out."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text

from kernel.db import connect, readonly
from routing.queuerows import Queue
from server.platform import Rooms, make_core
from tests.support.sim_process import SimProcess
from tests.system.desk.process import PASSWORD, PlatformProcess

pytestmark = pytest.mark.integration

KEYED = {"Sec-Fetch-Site": "same-origin", "Idempotency-Key": "one-request-0001"}
READY = ("PUT", "/api/desk/presence", {"presence": "ready"})
NEW = ("POST", "/api/customers", {"name": "Vera Once", "number": "+34600999888"})
OTHER = {
    "after_commit:SetPresence": {"presence": "paused", "reason": "break"},
    "before_answer:create": {"name": "Else"},
}


async def counted(url: str, query: str) -> int:
    database = connect(url)
    try:
        async with readonly(database) as connection:
            return int((await connection.execute(text(query))).scalar_one())
    finally:
        await database.dispose()


@pytest.mark.timeout(200)
@pytest.mark.parametrize(
    ("fault", "request_sent", "query"),
    [
        ("after_commit:SetPresence", READY, "select count(*) from journal where type='SetPresence' and error is null"),
        ("before_answer:create", NEW, "select count(*) from customers where name='Vera Once'"),
    ],
)
async def test_killed_between_commit_and_answer_it_is_carried_out_once(
    fault: str, request_sent: tuple[str, str, Any], query: str, tmp_path: Path
) -> None:
    method, path, body = request_sent
    async with SimProcess(tmp_path, phones=2) as switch:
        platform = PlatformProcess(switch, tmp_path)
        await platform.prepare(("ana",), Queue("main", "Main"))
        await platform.start(TESTING="true", FAULT_POINT=fault)
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(platform.url, cookie_jar=jar, headers=KEYED) as http:
            signing = {"login": "ana", "password": PASSWORD}
            async with http.post("/api/sign-in", json=signing) as response:
                csrf = {"X-CSRF-Token": (await response.json())["csrf_token"]}
            async with http.get("/api/desk/phone") as response:
                assert response.status == 200

            died = asyncio.create_task(platform.died(60))
            with pytest.raises(aiohttp.ClientError):
                await http.request(method, path, json=body, headers=csrf)
            assert await died == -signal.SIGKILL
            assert await counted(platform.database_url, query) == 1
            await platform.start()
            async with http.request(method, path, json=body, headers=csrf) as response:
                assert response.status < 300, await response.text()
            async with http.request(method, path, json=OTHER[fault], headers=csrf) as response:
                refused = response.status, (await response.json())["error"]["id"]
        await platform.stop()
        assert await counted(platform.database_url, query) == 1
        assert refused == (422, "idempotency_key_reused")
        assert await platform.replayed() == []


def test_nothing_comes_before_the_memory_of_requests_and_nothing_after_it() -> None:
    rooms: Rooms = make_core()[1]

    assert rooms.handlers[0] is rooms.answers.opening
    assert rooms.handlers[-1] is rooms.answers.closing
