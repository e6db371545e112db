"""The error tree. An expected conflict is one of these, never a 500.

TrunklineError            id, message, details
├── Refused               the command is well formed but may not happen now (HTTP 409)
│   └── IllegalCommand    a state machine has no such transition
├── Invalid               the input is wrong; `details["fields"]` names each field, `details["reasons"]` says the
│                         same by id and parameters, for translations (HTTP 422)
├── NotFound              no such thing, or not for this person (HTTP 404)
├── Forbidden             signed in, but without the right (HTTP 403)
├── NotSignedIn           no valid session (HTTP 401)
├── TooMany               rate limit; `details["retry_after"]` in seconds (HTTP 429)
└── Unavailable           a part we need is away; trying again later helps (HTTP 503)
    └── LinkDown          no link to the switch; nothing was sent
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class TrunklineError(Exception):
    """Base of all expected errors.

    `id` is stable and documented: programs and translations key on it. `details` holds JSON-ready values;
    personal data goes there (logs mask it), never into `message`.
    """

    status = 500

    def __init__(self, id: str, message: str, **details: object) -> None:
        super().__init__(message)
        self.id = id
        self.message = message
        self.details: Mapping[str, object] = details


class Refused(TrunklineError):
    """The command may not happen now."""

    status = 409


class IllegalCommand(Refused):
    """A state machine has no transition for this command in this state."""


class Invalid(TrunklineError):
    """The input is wrong."""

    status = 422


class NotFound(TrunklineError):
    """No such thing, or not visible to the one who asks."""

    status = 404


class Forbidden(TrunklineError):
    """The right is missing."""

    status = 403


class NotSignedIn(TrunklineError):
    """There is no valid session."""

    status = 401


class TooMany(TrunklineError):
    """A rate limit was reached."""

    status = 429


class Unavailable(TrunklineError):
    """A part we need is away."""

    status = 503


class LinkDown(Unavailable):
    """There is no link to the switch; nothing was sent."""

    def __init__(self, reason: str = "The link to the switch is down; nothing was sent.") -> None:
        super().__init__("link_down", reason)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field: a stable id and its parameters for translations, and English words."""

    id: str
    words: str
    params: Mapping[str, str | int | float] = field(default_factory=dict)


def at_fields(**problems: Problem) -> dict[str, object]:
    """Details of an error that names fields: `raise Invalid(id, message, **at_fields(name=problem))`."""
    return {
        "fields": {name: one.words for name, one in problems.items()},
        "reasons": {name: {"id": one.id, "params": dict(one.params)} for name, one in problems.items()},
    }


class Displaced(Exception):
    """Another platform has taken this database over since this one read it; what this one knows is not so any more."""
