"""The world behind the lab's trunk: what becomes of a number that is dialled, by its last two digits. Pure."""

from __future__ import annotations

RINGS_FOR_EVER = "19"
HANGS_UP = "16"
HANGS_UP_AFTER = 3.0
ANSWERS_AFTER = 0.3
REFUSALS = {"17": 486, "21": 603, "01": 404, "34": 503}
"""The digits are the cause that Asterisk makes of the SIP status: busy, rejected, no such number, congestion."""

WORDS = {
    "17": "is busy",
    "19": "rings for ever",
    "21": "declines",
    "01": "does not exist",
    "34": "is congested",
    "16": "answers and hangs up after three seconds",
}
"""What the lab's numbers do, by their last two digits; all others answer and stay."""


def refusal(number: str) -> int | None:
    """The SIP status with which a number refuses the call; None when it rings."""
    return REFUSALS.get(number[-2:])


def answers(number: str) -> bool:
    """Whether a number that rings is answered."""
    return number[-2:] != RINGS_FOR_EVER


def talk_seconds(number: str) -> float | None:
    """How long whoever answers stays; None: until the other side hangs up."""
    return HANGS_UP_AFTER if number[-2:] == HANGS_UP else None
