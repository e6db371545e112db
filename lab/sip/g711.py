"""µ-law, both ways. Pure."""

from collections.abc import Sequence

BIAS = 0x84
CLIP = 32635


def _expand(code: int) -> int:
    code = ~code & 0xFF
    magnitude = (((code & 0x0F) << 3) + BIAS) << ((code & 0x70) >> 4)
    return BIAS - magnitude if code & 0x80 else magnitude - BIAS


def _compress(sample: int) -> int:
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), CLIP) + BIAS
    exponent = magnitude.bit_length() - 8
    return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0F)) & 0xFF


DECODE = tuple(_expand(code) for code in range(256))
SILENCE = 0xFF


def encode(samples: Sequence[int]) -> bytes:
    return bytes(_compress(sample) for sample in samples)


def decode(data: bytes) -> list[int]:
    return [DECODE[code] for code in data]
