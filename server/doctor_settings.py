"""What the doctor sees in settings, files and rows: TLS and origins, rights of secret files, people and phones."""

from __future__ import annotations

import ipaddress
import stat
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select

from config.settings import FILE, Settings
from crm_core.people.tables import staff
from kernel.access import GRANTS, Right, Role
from kernel.db import connect, from_row, readonly
from routing.queuerows import Queue
from routing.serving import hardly_served
from routing.tables import interactions, profiles, queues
from routing.teamwork import Profile
from server.findings import Finding

ANSWERING = frozenset(role.value for role in Role if Right.desk_use in GRANTS[role])
"""Who has a desk may take calls."""


def web(settings: Settings) -> list[Finding]:
    """How browsers reach us: the microphone and Secure cookies want https."""
    found = list(_web(settings))
    return found or [Finding("web", "ok", "settings for browsers agree with each other")]


def _web(settings: Settings) -> Iterator[Finding]:
    plain = [one for one in settings.origins if one.startswith("http://") and not _is_local(one)]
    if not settings.tls and (plain or not _is_loopback(settings.host)):
        words = "browsers on other machines reach us without https: no microphone, and cookies can be read on the way"
        cure = "put a reverse proxy with a certificate in front, and set TRUNKLINE_TLS=true (docs/operating.md)"
        yield Finding("web", "warning", words, cure)
    if settings.tls and not settings.origins:
        words = "TRUNKLINE_TLS is set, and no TRUNKLINE_ORIGINS: nobody can sign in"
        yield Finding(
            "web", "error", words, "set TRUNKLINE_ORIGINS to what people type, such as https://desk.example.org"
        )
    if settings.tls and plain:
        cure = "write https in TRUNKLINE_ORIGINS, or take TRUNKLINE_TLS away"
        yield Finding("web", "error", f"{plain[0]} is no https address, and cookies are for https only", cure)
    if settings.tls and settings.ws_base.startswith("ws://"):
        cure = 'set TRUNKLINE_WS_BASE="wss://{host}" and let the proxy lead /ws to the switch'
        yield Finding("web", "error", "an https page may not open the switch's WebSocket by ws://", cure)
    if settings.tls and not settings.trusted_proxies:
        words = "no proxy is trusted: everybody seems to come from the proxy's address"
        yield Finding("web", "warning", words, "name the proxy's address in TRUNKLINE_TRUSTED_PROXIES")


def _is_local(origin: str) -> bool:
    host = origin.partition("://")[2].rpartition(":")[0] or origin.partition("://")[2]
    return host in ("localhost", "127.0.0.1", "[::1]")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def secrets(settings: Settings) -> list[Finding]:
    """Files with secrets or people's data that others may read."""
    files = [Path(FILE), settings.phones_file, settings.phones_file.parent / "ami.json"]
    files += [*settings.data_dir.glob("*.key"), *settings.data_dir.glob("*.db")]
    found = []
    for path in files:
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except OSError:
            continue
        if mode & 0o007:
            words = f"{path} holds secrets or people's data, and everybody on this machine may read it ({mode:o})"
            found.append(Finding("secrets", "warning", words, f"run `chmod o= {path}`"))
    return found or [Finding("secrets", "ok", "files with secrets are for their users only")]


async def people(settings: Settings, pool: int) -> list[Finding]:
    """Whether anybody can take calls, with phones for all, and whether any call ever came."""
    database = connect(settings.database_url)
    try:
        async with readonly(database) as connection:
            rows = await connection.execute(select(staff.c.id, staff.c.roles).where(staff.c.active))
            answering = [row.id for row in rows if ANSWERING & set(row.roles)]
            calls = await connection.scalar(select(func.count()).select_from(interactions)) or 0
            there = [from_row(Queue, row) for row in await connection.execute(select(queues).order_by(queues.c.id))]
            able = {row.id: from_row(Profile, row) for row in await connection.execute(select(profiles))}
    finally:
        await database.dispose()
    return [*_people(len(answering), pool), *_queues(there, answering, able), *_first_call(calls)]


def _queues(there: list[Queue], answering: list[str], able: dict[str, Profile]) -> Iterator[Finding]:
    """Queues in which callers would wait for nobody: who could serve them was closed out, or has gone elsewhere."""
    names = {one.id: one.name for one in there}
    alone = [id for id, some in hardly_served(there, answering, able).items() if not some]
    for id in alone if answering else ():
        words = f"nobody with an open account could serve the queue {names[id]} ({id})"
        yield Finding("queues", "warning", words, f"name somebody at /admin/queues/{id}, or give somebody its skills")


def _people(answering: int, pool: int) -> Iterator[Finding]:
    if not answering:
        cure = "make somebody: `trunkline create-user LOGIN --role agent`"
        yield Finding("people", "warning", "the queue has no agents: nobody who may take calls can sign in", cure)
    elif pool and answering > pool:
        words = f"{answering} people may take calls, and the pool has {pool} phones: who signs in last gets none"
        cure = f"run `trunkline install-dialplan --write --phones {answering}` on the switch and reload it"
        yield Finding("people", "warning", words, cure)
    else:
        yield Finding("people", "ok", f"{answering} may take calls")


def _first_call(calls: int) -> Iterator[Finding]:
    if not calls:
        words = "no call has ever come in"
        cure = "lead your trunk to context cti-in (docs/installing.md) and call its number"
        yield Finding("trunk", "warning", words, cure)
