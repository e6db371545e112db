"""What routing asks about the switch; the CallBook knows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Switchboard(Protocol):
    """Answers from what the switch said so far."""

    def alive(self, leg: str) -> bool:
        """Whether the switch has a leg of that id."""
        ...

    def reachable(self, endpoint: str) -> bool:
        """Whether the switch reaches that phone."""
        ...

    def partner(self, leg: str) -> str:
        """The leg that this one talks with now; empty when it talks with nobody."""
        ...

    def on_hold(self, leg: str) -> bool:
        """Whether that agent's leg waits in the kit while its caller is on hold."""
        ...

    def ours(self) -> list[tuple[str, str]]:
        """Leg and interaction of what we had the switch call, and that neither talks nor is on hold."""
        ...

    def in_use(self, endpoint: str) -> bool:
        """Whether that phone rings or talks now, for whomever."""
        ...

    def follow_phones(self, heard: Callable[[str], None]) -> None:
        """From now on each phone is named of which `in_use` may have changed, whatever the cause."""
        ...
