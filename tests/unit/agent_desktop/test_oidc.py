"""Which addresses of an identity provider are asked at all."""

from __future__ import annotations

import pytest

from agent_desktop.oidc import OidcClient
from agent_desktop.settings import Provider

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("issuer", "address", "asked"),
    [
        ("https://id.example", "https://keys.example/jwks", True),
        ("https://id.example", "http://127.0.0.1/jwks", False),
        ("https://id.example", "https://", False),
        ("http://127.0.0.1:9", "http://127.0.0.1:9/jwks", True),
        ("http://127.0.0.1:9", "http://localhost/jwks", True),
        ("http://127.0.0.1:9", "http://127.0.0.1.evil.example/jwks", False),
        ("http://127.0.0.1:9", "http://localhost@evil.example/jwks", False),
        ("http://127.0.0.1:9", "file:///etc/passwd", False),
    ],
)
def test_given_an_address_then_only_https_or_this_machine_is_asked(issuer: str, address: str, asked: bool) -> None:
    assert OidcClient(Provider(issuer, "trunkline"))._may_be_asked(address) is asked
