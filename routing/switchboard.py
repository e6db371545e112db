"""What routing asks about the switch; the CallBook knows it."""

from __future__ import annotations

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

    def engaged(self) -> frozenset[str]:
        """Phones that ring or talk now, for whomever."""
        ...
