"""What an earlier write left in Asterisk's folder: its secrets and its choices, which the next write keeps."""

import json
import re
from pathlib import Path
from typing import Any

from cti.dialplan.kit import AMI_FILE, PHONES_FILE

CHOICES = {
    "rec_dir": ("cti_extensions.conf", re.compile(r"^ same => n,MixMonitor\((/[^$]+)/\$\{CTI_IX\}", re.MULTILINE)),
    "record": ("cti_extensions.conf", re.compile(r"\"\"\]\?(all|never):\$\{GLOBAL\(CTI_RECORD\)\}")),
    "media_address": ("cti_pjsip.conf", re.compile(r"^media_address=(\S+)$", re.MULTILINE)),
}
PERMIT = re.compile(r"^permit = (\S+)$", re.MULTILINE)


def secrets(private_dir: Path) -> tuple[dict[str, str], str]:
    """Secrets by endpoint, and the AMI user's; empty where there are none. Raises ValueError for a broken file."""
    phones = _json(private_dir / PHONES_FILE).get("phones", [])
    by_name = {phone["endpoint"]: phone["secret"] for phone in phones} if isinstance(phones, list) else {}
    return by_name, str(_json(private_dir / AMI_FILE).get("secret", ""))


def choices(asterisk_dir: Path, private_dir: Path) -> dict[str, Any]:
    """Fields of KitSettings as they were chosen; those that cannot be read off the files are left out."""
    found: dict[str, Any] = {}
    for field, (name, pattern) in CHOICES.items():
        match = pattern.search(_text(asterisk_dir / name))
        if match is not None:
            found[field] = match[1]
    permits = PERMIT.findall(_text(asterisk_dir / "cti_manager.conf"))
    if permits:
        found["manager_permit"] = tuple(permits)
    ami = _json(private_dir / AMI_FILE)
    if isinstance(ami.get("host"), str):
        found["ami_host"] = ami["host"]
    if isinstance(ami.get("port"), int):
        found["ami_port"] = ami["port"]
    return found


def _text(path: Path) -> str:
    return path.read_text(errors="replace") if path.is_file() else ""


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        loaded = json.loads(path.read_text())
    except ValueError as error:
        raise ValueError(f"{path} is no JSON ({error}): put it right, or delete it to get new secrets") from None
    return loaded if isinstance(loaded, dict) else {}
