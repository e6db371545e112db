"""Codes by time and recovery codes. Pure: time and randomness are arguments."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable
from datetime import datetime

import pyotp

STEP = 30
DRIFT = 1
"""Steps by which a phone's clock may be off, to either side."""
RECOVERY_CODES = 10
SECRET_BYTES = 20
RECOVERY_BYTES = 10
_DIGITS = re.compile(r"\d{6}")


def secret_of(randomness: bytes) -> str:
    """The secret as apps take it: base32."""
    return base64.b32encode(randomness).decode().rstrip("=")


def enrolment_uri(secret: str, login: str, issuer: str) -> str:
    """What the QR code says."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=login, issuer_name=issuer)


def fitting_step(secret: str, code: str, now: datetime, after: int | None) -> int | None:
    """The time step that `code` belongs to: near `now`, and later than the step `after` whose code was taken last, so
    that no code is good twice. None when there is none."""
    wanted = re.sub(r"\s", "", code)
    if not _DIGITS.fullmatch(wanted) or not wanted.isascii():
        return None
    totp, current = pyotp.TOTP(secret, interval=STEP), int(now.timestamp()) // STEP
    fitting = None
    for step in range(current - DRIFT, current + DRIFT + 1):
        same = hmac.compare_digest(totp.generate_otp(step), wanted)
        if same and (after is None or step > after):
            fitting = step
    return fitting


def recovery_code(randomness: bytes) -> str:
    """A one-time code of 80 bits, in groups that can be typed off paper."""
    text = base64.b32encode(randomness).decode().rstrip("=")
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def is_recovery_code(typed: str) -> bool:
    """Whether this can only be meant as a recovery code."""
    return not _DIGITS.fullmatch(re.sub(r"\s", "", typed))


def normal_recovery_code(typed: str) -> str:
    """A recovery code however it was typed: case, spaces and dashes do not matter; 0 is O and 1 is I."""
    letters = "".join(one for one in typed.upper() if one.isalnum() and one.isascii())[:40]
    return letters.translate(str.maketrans("018", "OIB"))


def recovery_hashes(key: bytes, staff_id: str, codes: Iterable[str]) -> list[str]:
    """How recovery codes are kept: under the install's key, so that the table alone cannot be searched."""
    return [
        hmac.new(key, f"recovery:{staff_id}:{normal_recovery_code(code)}".encode(), "sha256").hexdigest()
        for code in codes
    ]
