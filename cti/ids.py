"""Names that the platform and the dialplan kit derive in the same way."""

from __future__ import annotations

import re

_OURS = re.compile(r"leg-[0-9a-f]{12}-[0-9a-f]{4}")


def is_ours(leg: str) -> bool:
    """Whether a leg's id has the form of those that the engine gives (`turn.new_id("leg")`)."""
    return _OURS.fullmatch(leg) is not None


def endpoint_of(channel: str) -> str:
    """The endpoint in a full channel name: `PJSIP/cti-phone-01-0000000a` gives `cti-phone-01`."""
    return channel.partition("/")[2].rpartition("-")[0]
