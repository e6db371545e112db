"""Finds free ports on the loopback, so that several labs run side by side."""

import random
import socket
from contextlib import closing
from dataclasses import dataclass

RTP_SPAN = 400
RTP_FLOOR, RTP_CEILING = 20000, 32000  # below the kernel's ephemeral ports, so nothing else lands in the range


def free_port(kind: socket.SocketKind, host: str = "127.0.0.1") -> int:
    """A port that was free a moment ago."""
    with closing(socket.socket(socket.AF_INET, kind)) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def free_tcp() -> int:
    return free_port(socket.SOCK_STREAM)


def free_udp(host: str = "127.0.0.1") -> int:
    return free_port(socket.SOCK_DGRAM, host)


def _all_free(first: int, span: int) -> bool:
    for port in range(first, first + span, 37):
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def free_rtp_range(span: int = RTP_SPAN) -> tuple[int, int]:
    """First and last port of a range that seems unused; Asterisk itself skips single busy ports in it."""
    for _ in range(50):
        first = random.randrange(RTP_FLOOR, RTP_CEILING - span, 2)
        if _all_free(first, span):
            break
    return first, first + span - 1


@dataclass(frozen=True, slots=True)
class Ports:
    """Where one lab instance listens."""

    ami: int
    sip: int
    http: int
    trunk: int
    rtp_first: int
    rtp_last: int


def choose_ports() -> Ports:
    first, last = free_rtp_range()
    return Ports(free_tcp(), free_udp(), free_tcp(), free_udp("127.0.0.2"), first, last)
