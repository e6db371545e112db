"""Who gets a socket, and what those who get none are told."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.integration.desktop.fakes import until
from tests.integration.desktop.harness import Desktop, Tab, running

pytestmark = pytest.mark.integration


async def test_given_no_cookie_when_connected_then_refused(desktop: Desktop) -> None:
    said = await Tab().refused(desktop.url, {"csrf_token": "x"}, {})

    assert said == [("connect_error", {"message": "not_signed_in"})]


async def test_given_a_socket_that_does_not_say_who_it_is_then_closed(sqlite_url: str, tmp_path: Path) -> None:
    async with running(sqlite_url, tmp_path, admission_seconds=0.2) as desktop:
        await desktop.person("ann")
        url = f"{desktop.url}/socket.io/?EIO=4&transport=websocket"
        async with desktop.browser("ann") as browser, browser.socket() as tab, browser.client.ws_connect(url) as silent:
            await until(lambda: tab.desk)
            await silent.receive_str()
            end = await silent.receive(timeout=5)
            await asyncio.sleep(0.2)

            assert end.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.ERROR)
            assert not tab.gone


async def test_given_too_many_tabs_when_another_is_opened_then_it_is_told(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent_desktop.push.SOCKETS_A_PERSON", 1)
    async with desktop.browser("ann") as browser, browser.socket() as tab:
        await until(lambda: tab.desk)
        said = await Tab().refused(desktop.url, {"csrf_token": browser.csrf}, {"Cookie": browser.cookie})

    assert said == [("connect_error", {"message": "too_many_tabs"})]


@pytest.mark.parametrize("auth", [{}, {"csrf_token": "wrong"}, {"csrf_token": None}, {"csrf_token": ["x"]}])
async def test_given_no_token_when_connected_then_refused(desktop: Desktop, auth: dict[str, Any]) -> None:
    async with desktop.browser("ann") as browser:
        said = await Tab().refused(desktop.url, auth, {"Cookie": browser.cookie})

    assert said == [("connect_error", {"message": "csrf_missing"})]


async def test_given_a_foreign_page_when_connected_then_refused(desktop: Desktop) -> None:
    async with desktop.browser("ann") as browser:
        url = f"{desktop.url}/socket.io/?EIO=4&transport=websocket"
        for origin in ("https://evil.example", "null", desktop.url + ".evil.example"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await browser.client.ws_connect(url, headers={"Origin": origin})
            assert refused.value.status == 403
        async with browser.client.ws_connect(url, headers={"Origin": desktop.url}) as own:
            assert (await own.receive_str()).startswith("0")


async def test_given_an_administrator_when_connected_then_no_desk(desktop: Desktop) -> None:
    async with desktop.browser("root") as browser:
        said = await Tab().refused(desktop.url, {"csrf_token": browser.csrf}, {"Cookie": browser.cookie})

    assert said == [("connect_error", {"message": "right_missing"})]
