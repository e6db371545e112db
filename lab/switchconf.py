"""The configuration of one lab Asterisk: what an administrator would have, with the kit's files included. Pure but
for reading its templates."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import jinja2

from lab.ports import Ports

TRUNK_ADDRESS = "127.0.0.2"
SPANISH_ADDRESS = "127.0.0.3"
"""Of a trunk whose callers speak Spanish."""
OBSERVER = "lab"
STAND_IN = "stand-in"
TEMPLATES = Path(__file__).parent / "conf"


@dataclass(frozen=True, slots=True)
class Places:
    """The directories of an instance as Asterisk sees them; `data` is None where it has none of its own."""

    etc: PurePosixPath
    run: PurePosixPath
    lib: PurePosixPath
    spool: PurePosixPath
    log: PurePosixPath
    data: PurePosixPath | None = None


def switch_files(ports: Ports, places: Places, observer_secret: str) -> dict[str, str]:
    """Each file of the instance's configuration directory that is not the kit's, by name."""
    templates = jinja2.Environment(  # noqa: S701 - configuration files, not HTML
        loader=jinja2.FileSystemLoader(TEMPLATES), undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )
    values = {"ports": ports, "places": places, "observer": OBSERVER, "stand_in": STAND_IN}
    values |= {"observer_secret": observer_secret, "trunk_address": TRUNK_ADDRESS}
    values |= {"spanish_address": SPANISH_ADDRESS}
    return {name: templates.get_template(name).render(values) for name in templates.list_templates()}
