"""A fake switch, and an AmiSwitch that is connected to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

import pytest_asyncio

from cti.ami import AmiSettings, AmiSwitch
from kernel.messages import Fact
from tests.integration.cti.fake_ami import FakeAmi, fake_ami
from tests.support.waiting import until

F = TypeVar("F", bound=Fact)


class Ear:
    """A sink that keeps the facts; `full` makes it refuse them."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.full = False

    def __call__(self, fact: Fact) -> bool:
        if not self.full:
            self.facts.append(fact)
        return not self.full

    def of(self, kind: type[F]) -> list[F]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    async def hears(self, kind: type[F], count: int = 1, within: float = 5.0) -> F:
        """The `count`-th fact of that kind."""
        await until(lambda: len(self.of(kind)) >= count, within, kind.__name__)
        return self.of(kind)[count - 1]


def quick(port: int, **changes: object) -> AmiSettings:
    """Settings with short limits, so that faults show soon."""
    fast: dict[str, object] = {
        "port": port,
        "secret": "s3cret",
        "ping_interval": 0.2,
        "beat_timeout": 0.4,
        "action_timeout": 0.5,
        "backoff_first": 0.02,
        "backoff_refused": 0.1,
        "connect_timeout": 1.0,
        "boot_timeout": 0.5,
    }
    return AmiSettings(**{**fast, **changes})  # type: ignore[arg-type]


@pytest_asyncio.fixture
async def ami() -> AsyncIterator[FakeAmi]:
    async with fake_ami() as server:
        yield server


@pytest_asyncio.fixture
async def ear() -> Ear:
    return Ear()


@pytest_asyncio.fixture
async def switch(ami: FakeAmi, ear: Ear) -> AsyncIterator[AmiSwitch]:
    """Connected; its snapshot was heard. No task of it is left at the end."""
    before = asyncio.all_tasks()
    made = AmiSwitch(quick(ami.port), ear)
    await made.start()
    await until(lambda: made.status.state == "up", what="the link")
    yield made
    await made.stop()
    left = {task for task in asyncio.all_tasks() - before if task.get_name().startswith(("ami-", "order-"))}
    assert left == set()
