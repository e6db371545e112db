"""Finds the machine's own Debian mirror in its apt sources, so that no mirror is ever named here.
Pure but for `read_sources`."""

from dataclasses import dataclass
from pathlib import Path

SECURITY_SUFFIX = "-security"


@dataclass(frozen=True, slots=True)
class AptSource:
    """One archive that apt fetches binary packages from."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]


def parse_one_line(text: str) -> list[AptSource]:
    """Read the `deb [options] uri suite component...` format of `*.list` files."""
    found = []
    for raw in text.splitlines():
        line = raw.split("#", 1)[0].strip()
        if not line.startswith(("deb ", "deb\t")):
            continue
        rest = line[3:].strip()
        if rest.startswith("["):
            rest = rest.partition("]")[2].strip()
        words = rest.split()
        if len(words) >= 2:
            found.append(AptSource(words[0], (words[1],), tuple(words[2:])))
    return found


def _fields(stanza: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line.startswith("#"):
            continue
        if line[:1] in (" ", "\t") and name:
            fields[name] += " " + line.strip()
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields


def parse_deb822(text: str) -> list[AptSource]:
    """Read the stanzas of `*.sources` files."""
    found = []
    for stanza in "\n".join(line.rstrip() for line in text.splitlines()).split("\n\n"):
        fields = _fields(stanza)
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() == "no":
            continue
        suites = tuple(fields.get("suites", "").split())
        components = tuple(fields.get("components", "").split())
        found += [AptSource(uri, suites, components) for uri in fields.get("uris", "").split()]
    return found


def choose_mirror(sources: list[AptSource], codename: str) -> str | None:
    """The archive that holds the main part of this machine's own release, or the first that is no security archive."""
    plain = [s for s in sources if not any(suite.endswith(SECURITY_SUFFIX) for suite in s.suites)]
    main = [s for s in plain if "main" in s.components]
    own = [s for s in main if codename in s.suites]
    for source in own or main:
        return source.uri.rstrip("/")
    return None


def read_sources(apt_dir: Path) -> list[AptSource]:
    """Every source under an `/etc/apt`; a `mirror+file:` list stands for its first mirror."""
    found = []
    lists = [apt_dir / "sources.list", *sorted((apt_dir / "sources.list.d").glob("*.list"))]
    for path in lists:
        if path.is_file():
            found += parse_one_line(path.read_text(errors="replace"))
    for path in sorted((apt_dir / "sources.list.d").glob("*.sources")):
        found += parse_deb822(path.read_text(errors="replace"))
    return [AptSource(_follow(source.uri), source.suites, source.components) for source in found]


def _follow(uri: str) -> str:
    if not uri.startswith("mirror+file:"):
        return uri
    listed = Path("/" + uri.removeprefix("mirror+file:").lstrip("/"))
    for line in listed.read_text(errors="replace").splitlines() if listed.is_file() else []:
        if words := line.split("#", 1)[0].split():
            return words[0]
    return uri
