"""Time never runs backwards, whatever the wall clock does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.clock import NOTABLE, ManualClock, SteadyClock, clock_words, seconds

pytestmark = pytest.mark.unit


class Watches:
    """A wall clock that can be set, and a steady one."""

    def __init__(self) -> None:
        self.wall = 1_700_000_000.0
        self.steady = 50.0

    def time(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.steady

    def pass_by(self, passed: float) -> None:
        self.wall += passed
        self.steady += passed


@pytest.fixture
def watches(monkeypatch: pytest.MonkeyPatch) -> Watches:
    made = Watches()
    monkeypatch.setattr("kernel.clock.time", made)
    return made


def test_without_a_jump_it_shows_the_wall_clock(watches: Watches) -> None:
    clock = SteadyClock()
    watches.pass_by(1.5)

    assert clock.now() == datetime.fromtimestamp(watches.wall, UTC)


@pytest.mark.parametrize("jump", [3600.0, -3600.0])
def test_a_jump_of_the_wall_clock_changes_durations_by_little(watches: Watches, jump: float) -> None:
    clock = SteadyClock()
    before = clock.now()
    watches.wall += jump
    watches.pass_by(10)

    assert clock.now() - before == pytest.approx(timedelta(seconds=10), abs=timedelta(seconds=0.11))


@pytest.mark.parametrize("jump", [3.0, -3.0])
def test_a_small_jump_is_made_good_in_time(watches: Watches, jump: float) -> None:
    clock = SteadyClock()
    watches.wall += jump
    for _ in range(400):
        watches.pass_by(1)
        clock.now()

    assert clock.now().timestamp() == pytest.approx(watches.wall, abs=0.001)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(-1e5, 1e5)), max_size=30))
def test_it_never_runs_backwards(steps: list[tuple[float, float]]) -> None:
    watches = Watches()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kernel.clock.time", watches)
        clock = SteadyClock()
        shown = [clock.now()]
        for passed, jump in steps:
            watches.wall += jump
            watches.pass_by(passed)
            shown.append(clock.now())
    assert shown == sorted(shown)


@pytest.mark.parametrize("back", [30.0, 3600.0, 3 * 3600.0])
def test_after_a_restart_with_the_clock_set_back_time_goes_on_from_the_last_commit(
    watches: Watches, back: float
) -> None:
    last = datetime.fromtimestamp(watches.wall, UTC)
    watches.wall -= back
    clock = SteadyClock(last=last)
    begin = clock.now()
    watches.pass_by(60)

    assert begin == last
    assert clock.now() - last >= timedelta(seconds=56), "deadlines go on coming"
    assert clock.ahead <= timedelta(seconds=back), "and the difference is made good"
    assert ("warning" in clock_words(clock.ahead)) == (clock.ahead > NOTABLE)


@pytest.mark.parametrize("ahead", [timedelta(days=-1), timedelta(hours=-1), timedelta(hours=4), timedelta(days=9000)])
def test_the_wall_clock_is_believed_when_it_went_on_or_was_far_off_before(watches: Watches, ahead: timedelta) -> None:
    wall = datetime.fromtimestamp(watches.wall, UTC)

    assert SteadyClock(last=wall + ahead).now() == wall


def test_a_manual_clock_moves_by_hand() -> None:
    clock = ManualClock(datetime(2025, 1, 1, tzinfo=UTC))

    assert clock.advance(seconds(90)) == clock.now() == datetime(2025, 1, 1, 0, 1, 30, tzinfo=UTC)
