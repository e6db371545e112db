"""Whether the built browser client is that of the sources beside it: tests in Chromium show what is served, dist/."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

WEB = Path(__file__).parents[2] / "agent_desktop" / "web"
FOLDERS = ("src", "static")
FILES = ("build.mjs", "package-lock.json", "tsconfig.json")
NOTE = "dist/.sources"
CURE = "Run `make setup`, or `npm run build` in agent_desktop/web."


def fingerprint(folder: Path) -> str:
    """As agent_desktop/web/sources.mjs computes it."""
    within = (path for name in FOLDERS for path in (folder / name).rglob("*"))
    paths = [path for path in (*within, *(folder / name for name in FILES)) if path.is_file()]
    lines = sorted(f"{path.relative_to(folder).as_posix()} {sha256(path.read_bytes()).hexdigest()}\n" for path in paths)
    return sha256("".join(lines).encode()).hexdigest()


def why_old(folder: Path = WEB) -> str:
    """Why the client that is served is not that of the sources, and what to do; empty when it is."""
    try:
        noted = (folder / NOTE).read_text().strip()
    except FileNotFoundError:
        return f"The browser client is not built, or by an older build that did not say from what. {CURE}"
    if noted != fingerprint(folder):
        return f"The browser client in dist/ was built from other sources than those in {folder.name}/src. {CURE}"
    return ""
