"""A whole run at the most talkative level: nothing in the logs that is a person's or a secret."""

from __future__ import annotations

import asyncio
import os
import re
import stat
import sys
from pathlib import Path

import aiohttp
import pytest

from lab.sim import Policy, SimSwitch
from tests.integration.server.test_serve import Served, served
from tests.support.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

NUMBER, NAME, LOGIN, PASSWORD = "+34600123987", "Wilhelmina Featherstone", "wanda.secretive", "quiet-lantern-81-zz"
TYPED = "my-password-typed-into-the-name"
NOTE = "he-said-his-dog-is-called-Rumpelstiltskin"


async def trunkline(folder: Path, *words: str, typed: str = "") -> None:
    """A command on the data folder; `typed` comes on standard input."""
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "trunkline"), *words,
        env={**os.environ, "TRUNKLINE_DATA_DIR": str(folder)}, cwd=folder.parent,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate(typed.encode())
    assert process.returncode == 0, said.decode()


async def a_person(folder: Path) -> None:
    """Made on the command line, the password typed."""
    await trunkline(folder, "migrate")
    words = ("create-user", LOGIN, "--name", "Wanda", "--role", "agent")
    await trunkline(folder, *words, typed=f"{PASSWORD}\n{PASSWORD}\n")


async def a_day_at_the_desk(platform: Served, switch: SimSwitch) -> list[str]:
    """Sign in wrongly and rightly, take a call, write of it, search, break things; the secrets that came up."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(platform.url, cookie_jar=jar) as client:
        for login, password in ((TYPED, PASSWORD + "x"), (LOGIN, PASSWORD + "x"), (LOGIN, PASSWORD)):
            answer = await client.post("/api/sign-in", json={"login": login, "password": password})
        account = await answer.json()
        assert answer.status == 200, account
        headers = {"X-CSRF-Token": account["csrf_token"]}
        lease = await (await client.get("/api/desk/phone")).json()
        await client.put("/api/desk/presence", json={"presence": "ready"}, headers=headers)
        call = switch.call_in(NUMBER, NAME)
        await until(lambda: call.joined, 20, "the talk")
        created = await client.post("/api/customers", json={"name": NAME, "number": NUMBER}, headers=headers)
        customer = await created.json()
        await client.post(f"/api/customers/{customer['id']}/notes", json={"text": NOTE}, headers=headers)
        await client.get("/api/customers", params={"q": NUMBER})
        await client.post("/api/customers", json={"name": NAME, "number": NUMBER * 9}, headers=headers)
        await client.post("/api/customers", data="{" + NAME, headers=headers)
        call.hang_up()
        await until(lambda: not call.up, 10, "the end")
        cookies = [one.value for one in jar]
    return [account["csrf_token"], lease["secret"], switch.secret, *cookies]


async def test_given_a_whole_run_then_no_line_of_its_log_says_who_or_with_what_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUNKLINE_LOG_LEVEL", "debug")
    monkeypatch.setenv("TRUNKLINE_LOG_FORMAT", "json")
    await a_person(tmp_path)
    async with SimSwitch(1, policy=Policy.answers(0.05)) as switch, served(switch, tmp_path) as platform:
        await platform.ready()
        secrets = await a_day_at_the_desk(platform, switch)
        await platform.stop()
        said = platform.said()

    assert len(said) > 500
    for word in (NUMBER, NUMBER[3:], NAME, "Featherstone", PASSWORD, LOGIN, TYPED, NOTE, *secrets):
        assert word not in said, re.findall(f".*{re.escape(word)}.*", said)[:3]
    assert "Traceback" not in said
    assert not any(PASSWORD.encode() in content for content in contents(tmp_path)), "the password is nowhere"


async def test_given_a_new_data_folder_then_nobody_else_may_look_into_it(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    await trunkline(folder, "migrate")

    assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0


def contents(folder: Path) -> list[bytes]:
    """Every file that the platform wrote."""
    found = [one.read_bytes() for one in folder.rglob("*") if one.is_file()]
    assert found
    return found
