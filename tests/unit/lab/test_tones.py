"""Tones are found where they are and nowhere else, also after µ-law."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.sip import g711
from lab.tones import RATE, loudness, power_share, read_wave, share_of_time, tone, tone_share, write_wave

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("hz", [440, 700, 1000])
def test_a_tone_is_found_at_its_own_pitch_only(hz: int) -> None:
    samples = tone(hz, 0.1)

    assert power_share(samples, hz) > 0.99
    assert all(power_share(samples, other) < 0.05 for other in (440, 700, 1000) if other != hz)


def test_two_voices_at_once_are_both_found() -> None:
    mixed = [a + b for a, b in zip(tone(440, 1), tone(1000, 1), strict=True)]

    assert share_of_time(mixed, 440) == share_of_time(mixed, 1000) == 1.0
    assert share_of_time(mixed, 700) == 0.0


def test_silence_and_noise_are_no_tone() -> None:
    source = random.Random(1)
    noise = [source.randrange(-8000, 8000) for _ in range(RATE)]

    assert share_of_time([0] * RATE, 440) == 0.0
    assert share_of_time(noise, 440) == 0.0
    assert power_share([], 440) == 0.0
    assert share_of_time(tone(440, 0.05), 440) == 0.0


def test_the_share_is_a_share_of_time() -> None:
    assert share_of_time(tone(440, 1) + [0] * RATE * 3, 440) == pytest.approx(0.25)


def test_a_part_of_a_file_can_be_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "talk.wav"
    write_wave(path, tone(440, 2) + tone(700, 1))

    assert tone_share(path, 440, 0, 2) == 1.0
    assert tone_share(path, 440, 2) == 0.0
    assert tone_share(path, 700, 2, 3) == 1.0
    assert read_wave(path)[1] == RATE


@given(st.integers(-32000, 32000))
def test_mu_law_keeps_every_sample_within_its_step(sample: int) -> None:
    (back,) = g711.decode(g711.encode([sample]))

    assert abs(back - sample) <= max(8, abs(sample) * 0.07)


def test_a_tone_survives_mu_law() -> None:
    heard = g711.decode(g711.encode(tone(1000, 0.5)))

    assert share_of_time(heard, 1000) == 1.0
    assert loudness(heard) == pytest.approx(loudness(tone(1000, 0.5)), rel=0.05)


def test_mu_law_silence_is_silence() -> None:
    assert g711.encode([0]) == bytes([g711.SILENCE])
    assert g711.decode(bytes([g711.SILENCE])) == [0]
