"""Limits of guessing. A stranger elsewhere never shuts anybody out: failures count where they come from, and too many
of them against one login ask for a delay, of each address that the person never signed in from."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_core.people import audit, store
from crm_core.people.rows import SignInLimits, Staff
from crm_core.store import Connection
from kernel.errors import TooMany


@dataclass(frozen=True, slots=True)
class Held:
    """What counts against somebody just now: failed passwords and codes, from how many addresses, and for how long
    whoever comes from a new address has to wait."""

    passwords: int
    codes: int
    places: int
    delay: timedelta


def place_of(ip: str) -> str:
    """What counts as one address: of IPv6 a whole /64, which is what one connection has for itself."""
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return ip
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def delay_after(failures: int, limits: SignInLimits) -> timedelta:
    """How long an address that is not known waits, after so many failures from all of them: the longer the more."""
    return min(limits.longest_delay, limits.delay * (failures // limits.elsewhere))


async def count_password(
    connection: Connection, login: str, ip: str, limits: SignInLimits, now: datetime
) -> int | TooMany:
    """Count an attempt as failed, until it is marked as good; or the refusal, to be raised after the transaction. Who
    has to wait is noted, so that nobody else's attempts lengthen it."""
    key, place, since = store.login_hash(login), place_of(ip), now - limits.window
    await audit.lock_head(connection)  # on PostgreSQL too, attempts are counted one after the other
    here = await store.failures_by_key(connection, key, since, place)
    refused = _beyond(here, limits.per_place, limits.window, now) or await _from_address(connection, place, limits, now)
    if refused is not None:
        return refused
    known = await store.known_addresses(connection, key)
    elsewhere = await store.failures_elsewhere(connection, key, known, since)
    delay = delay_after(elsewhere.count, limits)
    if place not in known and delay:
        asked = store.waiting_key(login)
        before = await store.last_tried(connection, (key, asked), place)
        if before is None:
            await store.insert_attempt(connection, asked, place, now)
        wait = (before or now) + delay - now
        if wait > timedelta():
            return _too_many(wait)
    return await store.insert_attempt(connection, key, place, now)


async def count_code(connection: Connection, person: Staff, ip: str, limits: SignInLimits, now: datetime) -> int:
    """The same for a code; raises TooMany. There are only a million codes: addresses that are not known share one
    count, a known one has its own."""
    key, place, since = store.attempt_key("code", person.id), place_of(ip), now - limits.code_window
    await audit.lock_head(connection)
    known = await store.known_addresses(connection, store.login_hash(person.login))
    if place in known:
        failures = await store.failures_by_key(connection, key, since, place)
    else:
        failures = await store.failures_elsewhere(connection, key, known, since)
    refused = _beyond(failures, limits.per_place, limits.code_window, now)
    refused = refused or await _from_address(connection, place, limits, now)
    if refused is not None:
        raise refused
    return await store.insert_attempt(connection, key, place, now)


async def held(connection: Connection, person: Staff, limits: SignInLimits, now: datetime) -> Held:
    """What counts against a person."""
    key, since = store.login_hash(person.login), now - limits.window
    known = await store.known_addresses(connection, key)
    elsewhere = await store.failures_elsewhere(connection, key, known, since)
    passwords, places = await store.failures_and_places(connection, key, since)
    code_key = store.attempt_key("code", person.id)
    codes, code_places = await store.failures_and_places(connection, code_key, now - limits.code_window)
    return Held(passwords, codes, len(places | code_places), delay_after(elsewhere.count, limits))


async def let_in(connection: Connection, person: Staff) -> int:
    """Nothing counts against a person any more; returns how many failures there were."""
    own = [store.attempt_key(what, person.id) for what in ("code", "password")]
    keys = (store.login_hash(person.login), store.waiting_key(person.login), *own)
    return await store.forget_failures(connection, keys)


async def _from_address(connection: Connection, place: str, limits: SignInLimits, now: datetime) -> TooMany | None:
    found = await store.failures_by_ip(connection, place, now - limits.window)
    return _beyond(found, limits.per_ip, limits.window, now)


def _beyond(found: store.Failures, most: int, window: timedelta, now: datetime) -> TooMany | None:
    return _too_many((found.oldest or now) + window - now) if found.count >= most else None


def _too_many(wait: timedelta) -> TooMany:
    words = "Too many failed sign-ins. Please wait, then try again."
    return TooMany("too_many_attempts", words, retry_after=max(1, round(wait.total_seconds())))
