"""What the room asks for and hears once a call is over."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.messages import Due, Fact, Order


@dataclass(frozen=True, slots=True, kw_only=True)
class FindRecording(Order):
    """Look for the finished file; answered by RecordingFound or RecordingMissing."""

    recording_id: str
    interaction_id: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindAgainDue(Due):
    """Nothing came back of the look for the file (we were killed in between): look again."""

    recording_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFound(Fact):
    recording_id: str
    interaction_id: str
    seconds: float
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingMissing(Fact):
    """`reason` says why there is no sound: no_file, empty (nobody was ever joined), unreadable."""

    recording_id: str
    interaction_id: str
    reason: str
