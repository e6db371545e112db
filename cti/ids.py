"""Names that the platform and the dialplan kit derive in the same way."""

from __future__ import annotations

import re

_OURS = re.compile(r"(leg|far)-[0-9a-f]{12}-[0-9a-f]{4}")
AGENT, DIALLED = "leg", "far"
"""What the ids begin with that we give to an agent's leg and to that of a number we dial: it is known of a leg that
comes when everything else about it is forgotten."""


def is_ours(leg: str) -> bool:
    """Whether a leg's id has the form of those that the engine gives (`turn.new_id(AGENT)`)."""
    return _OURS.fullmatch(leg) is not None


def is_dialled(leg: str) -> bool:
    """Whether a leg of ours is that of a number we dialled."""
    return is_ours(leg) and leg.startswith(DIALLED)


def endpoint_of(channel: str) -> str:
    """The endpoint in a full channel name: `PJSIP/cti-phone-01-0000000a` gives `cti-phone-01`."""
    return channel.partition("/")[2].rpartition("-")[0]
