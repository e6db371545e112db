"""The set-up of docs/operating.md as it stands there: a real nginx with one certificate in front of the platform and of
the switch's WebSocket. A whole call in a browser, all of it by https and wss."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from lab.asterisk import AsteriskLab
from lab.caller import SipCaller
from lab.ports import free_tcp
from tests.support.certificates import certificate
from tests.support.waiting import until
from tests.system.conftest import channels_left
from tests.system.desk.browser import AGENT_HZ, browsers
from tests.system.desk.conftest import AGENTS, QUEUE
from tests.system.desk.process import LUCIA, PlatformProcess

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

DOCUMENT = Path(__file__).parents[3] / "docs" / "operating.md"
AROUND = """
pid {folder}/nginx.pid;
error_log {folder}/error.log;
daemon off;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{sample}
}}
"""
"""What a distribution's nginx.conf has around the sample."""


def sample(folder: Path, port: int, platform: int, switch: str) -> str:
    """The documented server, with our ports and files in the places that everybody has to fill in."""
    (found,) = re.findall(r"```nginx\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    filled = {
        "listen 443 ": f"listen 127.0.0.1:{port} ",
        "server_name desk.example.org": "server_name localhost",
        "/etc/ssl/desk.example.org/fullchain.pem": f"{folder}/cert.pem",
        "/etc/ssl/desk.example.org/privkey.pem": f"{folder}/key.pem",
        "http://127.0.0.1:8080": f"http://127.0.0.1:{platform}",
        "http://127.0.0.1:8088/ws": switch.replace("ws://", "http://"),
    }
    for there, ours in filled.items():
        assert there in found, f"the sample has no {there}"
        found = found.replace(there, ours)
    return found


@asynccontextmanager
async def nginx(folder: Path, port: int, platform: int, switch: str) -> AsyncIterator[None]:
    certificate(folder)
    config = folder / "nginx.conf"
    config.write_text(AROUND.format(folder=folder, sample=sample(folder, port, platform, switch)))
    process = await asyncio.create_subprocess_exec("nginx", "-p", str(folder), "-c", str(config), "-e", "stderr")

    async def listens() -> bool:
        assert process.returncode is None, "nginx refused the sample"
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        return True

    try:
        await until(listens, 10, "nginx listens")
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), 10)


async def test_given_the_documented_nginx_then_a_whole_call_by_https_and_wss(
    desk_lab: AsteriskLab, tmp_path: Path
) -> None:
    port = free_tcp()
    url = f"https://localhost:{port}"
    platform = PlatformProcess(desk_lab, tmp_path)
    await platform.prepare(AGENTS, QUEUE)
    await platform.start(TLS="true", ORIGINS=url, WS_BASE=f"wss://{{host}}:{port}", TRUSTED_PROXIES="127.0.0.1")
    try:
        async with (
            nginx(tmp_path, port, platform.port, desk_lab.ws_url),
            browsers(tmp_path) as agents,
        ):
            ana = await (await (await agents.agent("ana", url, ignore_https_errors=True)).sign_in()).ready()
            (cookie,) = await ana.page.context.cookies()
            assert (cookie["name"], cookie["secure"]) == ("__Host-trunkline", True)
            async with SipCaller(desk_lab.sip, number=LUCIA, to="5551234") as lucia:
                await ana.ringing()
                await ana.answer()
                await lucia.audio.heard_tone(AGENT_HZ)
            await outsiders_are_kept_out(url)
    finally:
        await platform.stop()
    assert await channels_left(desk_lab, within=15) == ""
    assert await platform.replayed() == []


async def outsiders_are_kept_out(url: str) -> None:
    async with aiohttp.ClientSession() as client:
        for path, wanted in (("/health/live", 200), ("/metrics", 403)):
            async with client.get(url + path, ssl=False) as answer:
                assert answer.status == wanted, path
                if wanted == 200:
                    assert answer.headers["Strict-Transport-Security"]
