"""The built client: a fixed list of files, read once, served by name with a hash. No path ever comes from a request."""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from agent_desktop.api import Ask, Open, Route

DIST = Path(__file__).parent / "web" / "dist"
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".map": "application/json",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of the client as it is served."""

    content: bytes
    content_type: str
    tag: str


class Assets:
    """All files of `folder` that a browser may have, by their path below it."""

    def __init__(self, folder: Path = DIST) -> None:
        self._assets = dict(_read(folder))

    @property
    def built(self) -> bool:
        """Whether the client is there at all."""
        return {"desk.js", "desk.css", "sign-in.js", "office.js"} <= self._assets.keys()

    def __contains__(self, name: str) -> bool:
        return name in self._assets

    def url(self, name: str) -> str:
        """The address of a file with its hash, so that it can be kept for ever."""
        return f"/static/{name}?v={self._assets[name].tag}"

    async def serve(self, ask: Ask) -> web.Response:
        asset = self._assets.get(ask.request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        etag = f'"{asset.tag}"'
        lasting = ask.request.query.get("v") == asset.tag
        headers = {
            "ETag": etag,
            "Cache-Control": "public, max-age=31536000, immutable" if lasting else "no-cache",
        }
        if ask.request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers=headers)
        charset = "utf-8" if asset.content_type.startswith("text/") else None
        return web.Response(body=asset.content, content_type=asset.content_type, charset=charset, headers=headers)

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/static/{name:.+}",
                resource=self.serve,
                rule=Open.public,
                asks_who=False,
                summary="A file of the client",
            ),
        )


def _read(folder: Path) -> list[tuple[str, Asset]]:
    if not folder.is_dir():
        return []
    found = []
    for path in sorted(folder.rglob("*")):
        kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
        if path.is_file() and not path.is_symlink() and kind is not None:
            content = path.read_bytes()
            tag = hashlib.sha256(content).hexdigest()[:20]
            found.append((path.relative_to(folder).as_posix(), Asset(content, kind, tag)))
    return found
