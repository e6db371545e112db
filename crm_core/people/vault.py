"""Seals what must not be read out of the database alone: secrets of second steps, under the key of the install."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE = 12


class Vault:
    """AES-256-GCM; what is sealed for one owner opens for no other."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"the install's key has {KEY_BYTES} bytes")
        self._cipher = AESGCM(_derived(key, b"seal"))
        self.hash_key = _derived(key, b"recovery codes")

    def seal(self, owner: str, text: str) -> str:
        nonce = secrets.token_bytes(_NONCE)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), owner.encode())).decode()

    def open(self, owner: str, sealed: str) -> str | None:
        """What was sealed; None when the install has another key now."""
        try:
            data = base64.b64decode(sealed)
            return self._cipher.decrypt(data[:_NONCE], data[_NONCE:], owner.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError):
            return None


def _derived(key: bytes, use: bytes) -> bytes:
    """One key per use, so that none says anything of another."""
    return hashlib.blake2b(use, key=key, digest_size=KEY_BYTES).digest()
