"""What a browser says of itself, as far as it tells one machine from another. Pure."""

from __future__ import annotations

import re

_BROWSERS = (
    ("Edge", re.compile(r"\bEdgA?/")),
    ("Opera", re.compile(r"\bOPR/")),
    ("Firefox", re.compile(r"\b(Firefox|FxiOS)/")),
    ("Chrome", re.compile(r"\b(HeadlessChrome|Chrome|CriOS)/")),
    ("Safari", re.compile(r"\bSafari/")),
)
_SYSTEMS = (
    ("Windows", re.compile(r"\bWindows\b")),
    ("iOS", re.compile(r"\b(iPhone|iPad)\b")),
    ("macOS", re.compile(r"\bMac OS X\b")),
    ("Android", re.compile(r"\bAndroid\b")),
    ("ChromeOS", re.compile(r"\bCrOS\b")),
    ("Linux", re.compile(r"\bLinux\b")),
)


def machine_of(user_agent: str) -> tuple[str, str]:
    """(browser, system) without versions, which change when a browser updates itself in the middle of a session; of
    what is no browser, the product's name."""
    browser = next((name for name, known in _BROWSERS if known.search(user_agent)), None)
    system = next((name for name, known in _SYSTEMS if known.search(user_agent)), "")
    return browser or user_agent.partition("/")[0][:40], system
