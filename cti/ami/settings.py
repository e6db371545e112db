"""How to reach a switch over AMI, and the link's time limits in seconds."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AmiSettings:
    """`tls` wants AMI's TLS port; `tls_ca` is a file with the authority that signed the switch's certificate
    (empty: the system's). A link without a sign of life for `pings_missed` x `ping_interval`, or with a heartbeat
    unacknowledged for `beat_timeout`, is closed. A snapshot that is not taken in within `take_in_timeout` is asked for
    again, with longer and longer waits, `take_in_tries` times; then the link is closed."""

    host: str = "127.0.0.1"
    port: int = 5038
    username: str = "trunkline"
    secret: str = field(default="", repr=False)
    tls: bool = False
    tls_ca: str = ""
    connect_timeout: float = 5.0
    action_timeout: float = 5.0
    list_timeout: float = 15.0
    boot_timeout: float = 60.0
    take_in_timeout: float = 5.0
    take_in_tries: int = 3
    beat_timeout: float = 3.0
    ping_interval: float = 0.8
    pings_missed: int = 2
    backoff_first: float = 0.1
    backoff_most: float = 1.0
    backoff_refused: float = 10.0

    @property
    def where(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def exposed(self) -> bool:
        """The secret would travel unprotected: not on the loopback and without TLS."""
        if self.tls or self.host == "localhost":
            return False
        try:
            return not ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return True

    @property
    def exposure(self) -> str:
        """What `exposed` means, for the one who has to act."""
        return f"the AMI at {self.where} is reached without TLS: whoever listens on the way can take its secret"
