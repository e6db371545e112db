"""Names that the platform and the dialplan kit derive in the same way."""

from __future__ import annotations

import re

_OTHER = re.compile(r"[^0-9A-Za-z._-]")


def interaction_id(uniqueid: str) -> str:
    """The interaction of a caller's leg; the kit sets the same as CTI_IX."""
    return "ix-" + _OTHER.sub("", uniqueid)


def endpoint_of(channel: str) -> str:
    """The endpoint in a full channel name: `PJSIP/cti-phone-01-0000000a` gives `cti-phone-01`."""
    return channel.partition("/")[2].rpartition("-")[0]
