"""Who did something, as far as histories need it."""

from __future__ import annotations

from typing import Protocol


class Author(Protocol):
    """Anybody with an id and a name: a member of staff, or whatever stands for one."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...
