"""The key of the install: a file that is made at first start and kept out of the database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from config.settings import Settings
from crm_core.people.vault import KEY_BYTES, Vault
from kernel.errors import Unavailable


def open_vault(settings: Settings) -> Vault:
    """The vault of the install; raises Unavailable (`key_unusable`) naming the file and what to do."""
    path = settings.secret_key_file or settings.data_dir / "secret.key"
    try:
        return Vault(_read(path) if path.exists() else _make(path))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else f"it does not hold {KEY_BYTES * 2} hexadecimal digits"
        words = f"The key {path} cannot be used: {why}. Bring back your copy of it, or set TRUNKLINE_SECRET_KEY_FILE."
        raise Unavailable("key_unusable", words) from error


def _read(path: Path) -> bytes:
    key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    if len(key) != KEY_BYTES:
        raise ValueError("too short")
    return key


def _make(path: Path) -> bytes:
    """A new key that only this user may read; of two starts at once, one makes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(KEY_BYTES)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return _read(path)
    finally:
        draft.unlink()
    return key
