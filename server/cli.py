"""Where the `trunkline` command begins."""

from __future__ import annotations

import gc

BETWEEN = (10_000, 10, 50)
"""New objects between two looks at the youngest for garbage in cycles; looks between two at the older; and at all.
There is little of it, and each look at all that lives stalls the event loop."""


def main() -> None:
    """Load what the command needs, and run it. Nothing of what is loaded is ever garbage: looking for some meanwhile
    would take a fifth of the time, and later stall the event loop."""
    gc.disable()
    gc.set_threshold(*BETWEEN)
    try:
        from server import commandline

        commandline.load()
    finally:
        gc.freeze()
        gc.enable()
    commandline.main()
