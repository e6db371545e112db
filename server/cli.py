"""Where the `trunkline` command begins."""

from __future__ import annotations

import gc


def main() -> None:
    """Load what the command needs, and run it. Nothing of what is loaded is ever garbage: looking for some meanwhile
    would take a fifth of the time, and later stall the event loop."""
    gc.disable()
    try:
        from server import commandline

        commandline.load()
    finally:
        gc.freeze()
        gc.enable()
    commandline.main()
