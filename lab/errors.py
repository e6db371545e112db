"""What can go wrong in the lab; every message names the cause and the cure."""

from kernel.errors import Unavailable


class LabError(Unavailable):
    """The lab cannot do what was asked: `cause` says why, `cure` says what to do about it."""

    def __init__(self, cause: str, cure: str) -> None:
        super().__init__("lab_not_possible", f"{cause}\n  cure: {cure}", cause=cause, cure=cure)
        self.cause = cause
        self.cure = cure


class SwitchNotReady(LabError):
    """Asterisk did not come up, or went away."""


class CallFailed(LabError):
    """A SIP call of the lab did not do what it was asked to."""
