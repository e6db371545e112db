"""When a socket ends: its session, its person's rights, a browser that does not read, a platform that stops."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from agent_desktop.app import PUSH
from crm_core.people.rows import By, StaffChange
from kernel.access import Role
from routing.messages import SignOutAgent
from tests.integration.desktop.fakes import until
from tests.integration.desktop.harness import Browser, Desktop, Tab, running
from tests.integration.desktop.rows import agent

pytestmark = pytest.mark.integration


async def test_given_a_session_revoked_here_then_its_socket_is_told_and_closed(desktop: Desktop) -> None:
    async with desktop.browser("ann") as home, desktop.browser("ann") as office, home.socket() as tab:
        await until(lambda: tab.desk)
        _, listed = await office.ask("GET", "/api/sessions")
        other = next(one for one in listed["items"] if not one["current"])
        await office.ask("DELETE", f"/api/sessions/{other['id']}")
        await until(lambda: tab.gone)

        assert tab.events("signed_out") == [{"reason": "session_revoked"}]


async def test_given_a_person_shut_out_elsewhere_then_their_socket_is_closed_in_time(desktop: Desktop) -> None:
    async with desktop.browser("ann") as browser, browser.socket() as tab:
        await until(lambda: tab.desk)
        await desktop.service.deactivate_staff(desktop.staff["ann"].id, By("system"), datetime.now(UTC))
        await until(lambda: tab.gone, seconds=5)
        status, _ = await browser.ask("GET", "/api/me")

        assert tab.events("signed_out") == [{"reason": "session_ended"}]
        assert status == 401
        assert desktop.app[PUSH].open_sockets == 0


async def raw_socket(browser: Browser, url: str) -> aiohttp.ClientWebSocketResponse:
    """A socket.io connection made by hand, so that the test can stop reading."""
    socket = await browser.client.ws_connect(f"{url}/socket.io/?EIO=4&transport=websocket")
    await socket.receive_str()
    await socket.send_str(f'40{{"csrf_token":"{browser.csrf}","epoch":null,"seq":null}}')
    return socket


@pytest.mark.parametrize("limit", [{"outgoing_limit": 20}, {"outgoing_bytes": 300_000}])
async def test_given_a_browser_that_stops_reading_then_it_is_dropped_and_others_are_not(
    sqlite_url: str, tmp_path: Path, limit: dict[str, int]
) -> None:
    async with running(sqlite_url, tmp_path, **limit) as desktop:
        await desktop.person("ann")
        staff_id = desktop.staff["ann"].id
        desktop.engine.commit(("agents", staff_id, agent(staff_id)))
        async with desktop.browser("ann") as stalled, desktop.browser("ann") as reading, reading.socket() as tab:
            await until(lambda: tab.desk)
            socket = await raw_socket(stalled, desktop.url)
            await until(lambda: desktop.app[PUSH].open_sockets == 2)
            connection = socket._conn  # type: ignore[attr-defined]
            connection.protocol.transport.pause_reading()
            number = 0
            async with asyncio.timeout(20):
                while desktop.app[PUSH].open_sockets == 2:
                    number += 1
                    row = agent(staff_id, missed=number, name="x", pause_reason="long " * 20_000)
                    desktop.engine.commit(("agents", staff_id, row))
                    await until(lambda: tab.desk["me"]["missed"] == number)  # noqa: B023

            assert desktop.app[PUSH].counts["stalled"] == 1
            assert not tab.gone
            socket._response.close()  # type: ignore[attr-defined]


async def test_given_a_browser_that_answers_no_ping_then_it_is_gone_within_both_times(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with running(sqlite_url, tmp_path, ping_interval=0.2, ping_timeout=0.2) as desktop:
        await desktop.person("ann")
        async with desktop.browser("ann") as browser:
            socket = await raw_socket(browser, desktop.url)
            await until(lambda: desktop.app[PUSH].open_sockets == 1)
            await until(lambda: desktop.app[PUSH].open_sockets == 0, seconds=5)

            assert desktop.app[PUSH].open_sockets == 0
            await socket.close()


async def test_given_open_sockets_when_the_platform_stops_then_it_stops_soon_and_they_know(
    sqlite_url: str, tmp_path: Path
) -> None:
    tab = Tab()
    async with asyncio.timeout(8):
        async with running(sqlite_url, tmp_path) as desktop:
            await desktop.person("ann")
            async with desktop.browser("ann") as browser:
                await tab.connect(desktop.url, {"csrf_token": browser.csrf}, {"Cookie": browser.cookie})
                await until(lambda: tab.desk)
                silent = await browser.client.ws_connect(f"{desktop.url}/socket.io/?EIO=4&transport=websocket")
                await silent.receive_str()
        await until(lambda: tab.gone)

    assert tab.gone
    await tab.close()


async def test_given_the_desk_taken_away_elsewhere_then_the_open_socket_is_shut_in_time(desktop: Desktop) -> None:
    ann = desktop.staff["ann"]
    async with desktop.browser("ann") as browser, browser.socket() as tab:
        await until(lambda: tab.desk)
        change = StaffChange(roles=(Role.admin,))
        await desktop.service.change_staff(ann.id, change, By("system"), datetime.now(UTC))
        await until(lambda: tab.gone, seconds=5)
        await until(lambda: any(isinstance(one, SignOutAgent) for one in desktop.engine.commands))
        status, _ = await browser.ask("GET", "/api/me")

    assert tab.events("signed_out") == [{"reason": "role_changed"}]
    assert status == 200, "the session goes on: an administrator has pages of their own"
    assert desktop.app[PUSH].open_sockets == 0


async def test_given_another_role_elsewhere_then_the_open_desk_shows_it_and_stays(desktop: Desktop) -> None:
    ann = desktop.staff["ann"]
    ann_s, bob_s = desktop.browser("ann"), desktop.browser("bob")
    async with ann_s as browser, browser.socket() as tab, bob_s as other, other.socket() as untouched:
        await until(lambda: tab.desk and untouched.desk)
        change = StaffChange(roles=(Role.agent, Role.supervisor))
        await desktop.service.change_staff(ann.id, change, By("system"), datetime.now(UTC))
        await until(lambda: sorted(tab.desk["me"]["roles"]) == ["agent", "supervisor"], seconds=5)
        seen = untouched.desk["me"]["roles"]

    assert (tab.events("signed_out"), seen) == ([], ["agent"])


async def test_given_a_team_left_elsewhere_then_the_open_socket_has_the_rights_of_now(desktop: Desktop) -> None:
    by, now, ann = By("system"), datetime.now(UTC), desktop.staff["ann"].id
    team = await desktop.service.teams.create("First line", by, now)
    await desktop.service.teams.put(team.id, ann, member=True, lead=True, by=by, now=now)
    async with desktop.browser("ann") as browser, browser.socket() as tab:
        await until(lambda: tab.desk)
        (viewer,) = desktop.app[PUSH]._viewers.values()
        before = viewer.who.actor.team_ids
        await desktop.service.teams.put(team.id, ann, member=False, lead=False, by=by, now=now)
        await until(lambda: not viewer.who.actor.team_ids, seconds=5)

    assert before == {team.id}
