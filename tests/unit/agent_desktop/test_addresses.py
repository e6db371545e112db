"""Whose address a request has: what a trusted proxy says is believed, and nothing that anybody else may write."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from agent_desktop.addresses import client_address

pytestmark = pytest.mark.unit

PROXIES = (ip_network("10.0.0.0/24"), ip_network("127.0.0.1/32"), ip_network("2001:db8::1/128"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.5", [], "203.0.113.5"),
        ("203.0.113.5", ["198.51.100.1"], "203.0.113.5"),
        ("10.0.0.7", [], "10.0.0.7"),
        ("10.0.0.7", ["203.0.113.5"], "203.0.113.5"),
        ("10.0.0.7", ["198.51.100.1, 203.0.113.5"], "203.0.113.5"),
        ("10.0.0.7", ["198.51.100.1", "203.0.113.5, 10.0.0.8"], "203.0.113.5"),
        ("10.0.0.7", ["10.0.0.9"], "10.0.0.9"),
        ("::ffff:10.0.0.7", ["::ffff:203.0.113.5"], "203.0.113.5"),
        ("2001:db8::1", ["[2001:db8::beef]:4711"], "2001:db8::beef"),
        ("127.0.0.1", ["203.0.113.5:4711"], "203.0.113.5"),
        ("127.0.0.1", ["198.51.100.1, <script>"], "127.0.0.1"),
        ("127.0.0.1", ["unknown"], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("", ["203.0.113.5"], ""),
        (None, [], ""),
    ],
)
def test_the_nearest_address_that_is_no_trusted_proxy(peer: str | None, forwarded: list[str], found: str) -> None:
    assert client_address(peer, forwarded, PROXIES) == found


def test_given_no_trusted_proxy_then_the_header_is_nothing() -> None:
    assert client_address("127.0.0.1", ["203.0.113.5"], ()) == "127.0.0.1"
