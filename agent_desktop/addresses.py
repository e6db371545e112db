"""Whose address a request comes from, behind reverse proxies too. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def client_address(peer: str | None, forwarded: Iterable[str], trusted: Sequence[Network]) -> str:
    """The nearest address that is no trusted proxy. `peer` is the other end of the connection, `forwarded` the values
    of X-Forwarded-For: each proxy appends whom it heard, so they are read from the end, and only as far as proxies
    that we trust wrote them. Whatever stands before that anybody may have written."""
    found = _address(peer or "")
    if found is None:
        return ""
    hops = [hop for value in forwarded for hop in value.split(",")]
    while hops and any(found in network for network in trusted):
        before = _address(hops.pop())
        if before is None:
            break
        found = before
    return str(found)


def _address(text: str) -> Address | None:
    """An address as proxies write it: perhaps with a port, with brackets, or IPv4 inside IPv6."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
