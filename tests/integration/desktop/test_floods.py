"""More than anybody needs, of anything that a browser can send: refused early, and others are served meanwhile."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest
from yarl import URL

from agent_desktop.flood import MESSAGES
from routing.messages import DeskSeen
from tests.integration.desktop.fakes import until
from tests.integration.desktop.harness import Browser, Desktop

pytestmark = pytest.mark.integration

SOCKET = "/socket.io/?EIO=4&transport=websocket"


def asked(desktop: Desktop) -> list[object]:
    """What browsers asked of the engine; that a desk is open is told by the server itself."""
    return [one for one in desktop.engine.commands if not isinstance(one, DeskSeen)]


async def answer_to(url: str, request: bytes) -> bytes:
    """What comes back for bytes sent as they stand, until the other side closes or is silent."""
    address = URL(url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(request)
    try:
        await writer.drain()
        return await asyncio.wait_for(reader.read(65_536), 10)
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize("size", [256 * 1024 + 1, 900_000])
async def test_given_a_body_that_is_too_large_then_413(desktop: Desktop, size: int) -> None:
    async with desktop.browser("ann") as browser:
        status, answer = await browser.ask("POST", "/api/customers", {"name": "x" * size})

    assert (status, answer["error"]["id"]) == (413, "too_large")


async def test_given_a_body_without_end_then_it_is_cut_off_at_the_limit(desktop: Desktop) -> None:
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    head = b"POST /api/sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    answer = await answer_to(desktop.url, head + b"Transfer-Encoding: chunked\r\n\r\n" + piece * 40)

    assert answer == b"" or answer.split(b" ")[1] == b"413"


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"x" * 20_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: trunkline=" + b"x" * 50_000 + b"\r\n\r\n",
    ],
)
async def test_given_a_header_that_is_too_long_then_400_in_few_words(desktop: Desktop, head: bytes) -> None:
    answer = await answer_to(desktop.url, head)

    assert answer.split(b" ")[1] == b"400"
    assert b"text/plain" in answer
    assert len(answer) < 600
    assert b"Traceback" not in answer


async def test_given_json_nested_without_end_then_422(desktop: Desktop) -> None:
    async with desktop.browser("ann") as browser:
        headers = {"Content-Type": "application/json", "X-CSRF-Token": browser.csrf, "Sec-Fetch-Site": "same-origin"}
        async with browser.client.post("/api/customers", data="[" * 100_000, headers=headers) as response:
            answer = await response.json()

    assert (response.status, answer["error"]["id"]) == (422, "invalid_json")


async def greeted(browser: Browser) -> aiohttp.ClientWebSocketResponse:
    """A socket of the signed-in person that has its desk."""
    socket = await browser.client.ws_connect(SOCKET)
    await socket.receive_str()
    await socket.send_str("40" + json.dumps({"csrf_token": browser.csrf, "epoch": None, "seq": None, "tab": "t1"}))
    while '"snapshot"' not in await socket.receive_str():
        pass
    return socket


async def ended(socket: aiohttp.ClientWebSocketResponse) -> bool:
    """Whether the other side closes within some seconds."""
    async with asyncio.timeout(10):
        while (await socket.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
    return True


async def test_given_a_socket_that_floods_then_it_is_closed_and_others_are_not(desktop: Desktop) -> None:
    async with desktop.browser("ann") as loud, desktop.browser("bob") as calm, calm.socket() as tab:
        await until(lambda: tab.desk)
        socket = await greeted(loud)
        for number in range(MESSAGES * 3):
            if socket.closed:
                break
            await socket.send_str(f'42{number}["rendered",{{"offer_id":"of-1"}}]')

        assert await ended(socket)
        assert len(asked(desktop)) <= MESSAGES
        assert not tab.gone


async def test_given_a_socket_at_a_busy_pace_then_it_is_served(desktop: Desktop) -> None:
    async with desktop.browser("ann") as browser:
        socket = await greeted(browser)
        for number in range(MESSAGES // 2):
            await socket.send_str(f'42{number}["rendered",{{"offer_id":"of-1"}}]')
        await until(lambda: len(asked(desktop)) == MESSAGES // 2)

        assert not socket.closed
        await socket.close()


async def test_given_a_socket_message_that_is_too_large_then_it_is_closed(desktop: Desktop) -> None:
    async with desktop.browser("ann") as browser:
        socket = await greeted(browser)
        await socket.send_str('42["rendered",{"offer_id":"' + "x" * 20_000 + '"}]')

        assert await ended(socket)
        assert asked(desktop) == []


@pytest.mark.parametrize(
    "text",
    ["", "9", "42", "42[", '42["nothing",{}]', '42["rendered"]', '42["rendered",[[[]]]]', "5", "43[]", "41", "4",
     '451-["rendered",{"_placeholder":true,"num":0}]', '42["connect",{}]', '42["disconnect"]', "\u0000", "0{}"],
)  # fmt: skip
async def test_given_a_message_that_is_none_then_nothing_fails_inside(
    desktop: Desktop, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with desktop.browser("ann") as browser:
        socket = await greeted(browser)
        await socket.send_str(text)
        async with desktop.browser("bob") as other, other.socket() as tab:
            await until(lambda: tab.desk)
        await socket.close()

    assert asked(desktop) == []
    assert [one for one in caplog.records if one.levelname == "ERROR" and "offer" in one.getMessage()] == []
