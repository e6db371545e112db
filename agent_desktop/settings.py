"""What start-up tells the web application; `server/` fills it from the configuration."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network

KIB = 1024


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """Accounts that everybody may know, in demo mode only."""

    logins: tuple[str, ...]
    password: str


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID Connect provider, and who we are to it. `name` is on the button."""

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSettings:
    """What the sign-in page offers."""

    demo: DemoSignIn | None = None
    oidc: Provider | None = None
    passwords: bool = True

    @property
    def provider(self) -> str:
        """What the button is called; empty without a provider."""
        return "" if self.oidc is None else self.oidc.name or self.oidc.issuer.partition("://")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """`origins` are the addresses people open, such as http://localhost:8080: the only ones whose pages may talk to
    us. `tls` when the browser reaches us by https (itself or through a proxy): cookies are then Secure. Of
    `trusted_proxies` the X-Forwarded-For is believed. Who has neither a desk open nor a phone for
    `desk_grace_seconds` is taken out of the queue. Who bears `metrics_token` may read /metrics.
    Who opens a socket is told to come again when `read_seconds` do not do to learn who it is.
    `outgoing_limit` messages and `outgoing_bytes` may wait for a browser that does not read."""

    origins: frozenset[str]
    tls: bool = False
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    max_body: int = 256 * KIB
    session_check_seconds: float = 2.0
    admission_seconds: float = 5.0
    read_seconds: float = 2.5
    ping_interval: float = 10.0
    ping_timeout: float = 10.0
    outgoing_limit: int = 200
    outgoing_bytes: int = 1024 * KIB
    figures_seconds: float = 1.0
    pop_timeout: float = 2.0
    pop_patience: float = 0.15
    desk_grace_seconds: int = 120
    metrics_token: str = field(default="", repr=False)
    sign_in: SignInSettings = field(default_factory=SignInSettings)

    def __post_init__(self) -> None:
        if not self.origins or "*" in self.origins:
            raise ValueError("origins must name each address, such as http://localhost:8080; '*' is not one")
