"""The life of a recording, and the names that files may have."""

from __future__ import annotations

import wave
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cti.events import CallerHeld, Joined
from cti.facts import RecordingStarted
from kernel.core import Core, Outcome
from kernel.errors import IllegalCommand
from recordings.files import locate, measure
from recordings.messages import FindRecording, RecordingFound, RecordingMissing
from recordings.room import Recordings
from recordings.rows import RECORDING, Recording, RecordingState
from routing.messages import InteractionEnded, RecordingFailed

pytestmark = pytest.mark.unit

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STARTED = RecordingStarted(leg="c1", interaction_id="ix-1", file="ix-1.wav")
ENDED = InteractionEnded(interaction_id="ix-1", state="closed", reason="caller_hung_up")


class Room:
    """The room alone. The end of a call is an event of routing, so a stand-in says it."""

    def __init__(self) -> None:
        self.recordings = Recordings()
        self.core = Core(self.recordings.shelves, [self.recordings])
        self.out = Outcome()

    def say(self, *messages: object) -> None:
        for message in messages:
            self.core.take(message, AT, self.out)  # type: ignore[arg-type]

    def saved(self) -> Recording:
        """The row as the last commit has it, also when the memory let go of it."""
        rows = [change.row for (shelf, _), change in self.out.changes.items() if shelf == "recordings"]
        assert len(rows) == 1
        assert isinstance(rows[0], Recording)
        return rows[0]

    def orders(self) -> list[FindRecording]:
        return [one for one in self.out.orders if isinstance(one, FindRecording)]


def test_given_the_switch_s_word_then_it_runs_once() -> None:
    room = Room()
    room.say(STARTED, STARTED)
    assert (room.saved().state, room.saved().file, room.saved().started_at) == ("running", "ix-1.wav", AT)


def test_given_the_end_of_the_call_then_its_file_is_looked_for_once() -> None:
    room = Room()
    room.say(STARTED, ENDED)
    assert room.saved().state is RecordingState.ended
    assert [one.file for one in room.orders()] == ["ix-1.wav"]
    assert room.saved().ended_at == AT


def test_given_the_file_then_length_and_size_are_kept_and_the_memory_lets_go() -> None:
    room = Room()
    room.say(STARTED, ENDED)
    ids = {"recording_id": room.saved().id, "interaction_id": "ix-1"}
    room.say(RecordingFound(seconds=12.5, bytes=200_044, **ids))
    found = room.saved()
    assert (found.state, found.seconds, found.bytes) == (RecordingState.stored, 12.5, 200_044)
    assert len(room.recordings.shelf) == 0


@pytest.mark.parametrize(
    ("reason", "state"),
    [("no_file", RecordingState.lost), ("unreadable", RecordingState.lost), ("empty", RecordingState.purged)],
)
def test_given_no_sound_then_it_is_lost_unless_nobody_ever_spoke(reason: str, state: RecordingState) -> None:
    room = Room()
    room.say(STARTED, ENDED)
    room.say(RecordingMissing(recording_id=room.saved().id, interaction_id="ix-1", reason=reason))
    assert room.saved().state is state
    assert len(room.recordings.shelf) == 0


def test_given_an_answer_for_a_recording_that_is_gone_then_nothing_happens() -> None:
    room = Room()
    room.say(RecordingFound(recording_id="rec-none", interaction_id="ix-1", seconds=1, bytes=1))
    room.say(RecordingMissing(recording_id="rec-none", interaction_id="ix-1", reason="no_file"))
    assert room.out.changes == {}


def test_given_a_call_without_recording_then_its_end_asks_for_nothing() -> None:
    room = Room()
    room.say(ENDED)
    assert room.orders() == []


def test_a_lost_recording_cannot_be_purged_nor_a_stored_one_run() -> None:
    with pytest.raises(IllegalCommand):
        RECORDING.after(RecordingState.lost, "purge")
    with pytest.raises(IllegalCommand):
        RECORDING.after(RecordingState.stored, "resume")
    assert RECORDING.observe(RecordingState.stored, "started") is RecordingState.stored


@pytest.mark.parametrize(
    "name", ["../secret.wav", "/etc/passwd", "a/b.wav", "", ".hidden", "a..b", "a\0b", "x" * 200, "ä.wav", "a b.wav"]
)
def test_names_that_are_not_ours_are_not_looked_for(name: str, tmp_path: Path) -> None:
    assert locate(tmp_path, name) is None


def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    inside = tmp_path / "recordings"
    inside.mkdir()
    (tmp_path / "secret.wav").write_bytes(b"x")
    (inside / "ix-1.wav").symlink_to(tmp_path / "secret.wav")
    assert locate(inside, "ix-1.wav") is None
    assert locate(inside, "ix-2.wav") == inside / "ix-2.wav"


def test_length_is_what_the_wave_file_says(tmp_path: Path) -> None:
    path = tmp_path / "one.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * 4000)
    assert measure(path).seconds == 0.5
    assert measure(path).bytes == path.stat().st_size
    path.write_bytes(b"no sound")
    with pytest.raises(ValueError, match="not a wave file"):
        measure(path)


JOINED = Joined(interaction_id="ix-1", caller_leg="c1", agent_leg="a1", agent_channel="", endpoint="p1", ours=True)
PARTED = CallerHeld(interaction_id="ix-1", leg="c1")


def talk_of(seconds: float, said: object) -> tuple[Recording, list[RecordingFailed]]:
    """A talk so long, and what was found of its recording."""
    room = Room()
    room.say(STARTED, JOINED)
    for message in (PARTED, ENDED):
        room.core.take(message, AT + timedelta(seconds=seconds), room.out)
    (order,) = room.orders()
    room.say(replace(said, recording_id=order.recording_id))  # type: ignore[type-var]
    return room.saved(), [one for one in room.out.events if isinstance(one, RecordingFailed)]


FOUND = RecordingFound(recording_id="", interaction_id="ix-1", seconds=0, bytes=1)
MISSING = RecordingMissing(recording_id="", interaction_id="ix-1", reason="no_file")


@pytest.mark.parametrize(
    ("talked", "said", "state", "problem"),
    [
        (60, replace(FOUND, seconds=59.0), "stored", None),
        (60, replace(FOUND, seconds=20.0), "stored", "short"),
        (60, MISSING, "lost", "no_file"),
        (60, replace(MISSING, reason="empty"), "lost", "empty"),
        (1, replace(MISSING, reason="empty"), "purged", None),
        (600, replace(FOUND, seconds=545.0), "stored", None),
    ],
)
def test_less_sound_than_talk_is_told(talked: float, said: object, state: str, problem: str | None) -> None:
    row, told = talk_of(talked, said)
    assert (row.state, row.problem, row.talked) == (state, problem, talked)
    assert [one.problem for one in told] == ([problem] if problem else [])


def test_a_file_cut_off_by_a_full_disk_is_as_long_as_its_sound(tmp_path: Path) -> None:
    path = tmp_path / "ix-1.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0" * 16_000 * 10)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert measure(path).seconds == pytest.approx(5, abs=0.1)
