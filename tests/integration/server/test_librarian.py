"""Look-ups outside the engine's loop: each order is answered by one fact, whatever happens."""

from __future__ import annotations

import asyncio
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_core.customers.models import NewCustomer
from crm_core.customers.service import CustomerService
from cti.orders import HangUp
from kernel.clock import SteadyClock
from kernel.db import connect
from kernel.messages import Fact
from recordings.messages import FindRecording, RecordingFound, RecordingMissing
from routing.messages import CallerIdentified, IdentifyCaller
from routing.rows import Match
from server import librarian
from server.librarian import Librarian
from server.records import talks_of
from tests.support.waiting import until

pytestmark = pytest.mark.integration

F = TypeVar("F", bound=Fact)


class Desk:
    """A librarian, and the facts it brought."""

    def __init__(self, database: AsyncEngine, folder: Path) -> None:
        self.facts: list[Fact] = []
        self.customers = CustomerService(database, "ES", SteadyClock())
        self.folder = folder
        self.librarian = Librarian(self.customers, talks_of(database), folder, self._take)

    def _take(self, fact: Fact) -> bool:
        self.facts.append(fact)
        return True

    async def brings(self, kind: type[F]) -> F:
        await until(lambda: len(self.facts) == 1, what=kind.__name__)
        fact = self.facts.pop()
        assert isinstance(fact, kind)
        return fact

    async def identifies(self, number: str | None) -> CallerIdentified:
        assert self.librarian.send(IdentifyCaller(order_id="id-1", interaction_id="ix-1", number=number))
        return await self.brings(CallerIdentified)

    def finds(self, file: str = "ix-1.wav") -> None:
        order = FindRecording(order_id="f-1", recording_id="rec-1", interaction_id="ix-1", file=file)
        assert self.librarian.send(order)


@pytest_asyncio.fixture
async def desk(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(librarian, "SETTLE", (0.01, 0.05, 0.3))
    monkeypatch.setattr(librarian, "AGAIN", (0.01, 0.05, 0.3))
    database = connect(sqlite_url)
    folder = tmp_path / "recordings"
    folder.mkdir()
    made = Desk(database, folder)
    yield made
    await made.librarian.stop()
    await database.dispose()


def write_sound(path: Path, frames: int = 8000) -> None:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * frames)


async def test_a_known_number_brings_its_customer(desk: Desk) -> None:
    made = await desk.customers.create(NewCustomer(name="Lucía Fernández", number="+34600111222"))
    found = await desk.identifies("600 111 222")
    assert (found.match, found.customer_id, found.failed) == (Match.known, made["id"], False)


@pytest.mark.parametrize(
    ("number", "match"),
    [("+34600999888", Match.unknown), (None, Match.withheld), ("anonymous", Match.withheld), ("\0\ud800", None)],
)
async def test_whatever_the_number_is_there_is_one_answer(desk: Desk, number: str | None, match: Match | None) -> None:
    found = await desk.identifies(number)
    assert not found.failed
    assert found.match in ((Match.unknown, Match.withheld) if match is None else (match,))


async def test_a_look_up_that_fails_once_is_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await desk.customers.create(NewCustomer(name="Lucía Fernández", number="+34600111222"))
    true, tries = desk.customers.identify, []

    async def shaky(number: str | None) -> object:
        tries.append(number)
        if len(tries) < 3:
            raise OSError("the database is away")
        return await true(number)

    monkeypatch.setattr(desk.customers, "identify", shaky)
    found = await desk.identifies("+34600111222")
    assert (found.customer_id, found.failed, len(tries)) == (made["id"], False, 3)


async def test_a_look_up_that_fails_says_so_and_the_call_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(librarian, "AGAIN", (0.01, 0.05))
    database = connect(f"sqlite+aiosqlite:///{tmp_path}/empty.db")
    desk = Desk(database, tmp_path)
    found = await desk.identifies("+34600111222")
    assert (found.match, found.failed) == (Match.unknown, True)
    await database.dispose()


async def test_a_recording_that_is_there_is_measured(desk: Desk) -> None:
    write_sound(desk.folder / "ix-1.wav")
    desk.finds()
    found = await desk.brings(RecordingFound)
    assert (found.recording_id, found.seconds, found.bytes) == ("rec-1", 1.0, 16_044)


async def test_a_recording_that_comes_late_is_found(desk: Desk) -> None:
    desk.finds()
    await asyncio.sleep(0.03)  # after the first look
    write_sound(desk.folder / "ix-1.wav", 4000)
    assert (await desk.brings(RecordingFound)).seconds == 0.5


@pytest.mark.parametrize(("content", "reason"), [(None, "no_file"), (b"no sound", "unreadable"), (b"", "unreadable")])
async def test_what_is_no_recording_is_said(desk: Desk, content: bytes | None, reason: str) -> None:
    if content is not None:
        (desk.folder / "ix-1.wav").write_bytes(content)
    desk.finds()
    assert (await desk.brings(RecordingMissing)).reason == reason


async def test_a_recording_of_nothing_is_said(desk: Desk) -> None:
    write_sound(desk.folder / "ix-1.wav", 0)
    desk.finds()
    assert (await desk.brings(RecordingMissing)).reason == "empty"


async def test_a_name_that_leads_out_of_the_folder_finds_nothing(desk: Desk) -> None:
    write_sound(desk.folder.parent / "secret.wav")
    desk.finds("../secret.wav")
    assert (await desk.brings(RecordingMissing)).reason == "no_file"


async def test_orders_of_others_are_left_alone_and_stopping_leaves_no_task(desk: Desk) -> None:
    before = asyncio.all_tasks()
    assert not desk.librarian.send(HangUp(order_id="h", leg="l", interaction_id="ix-1"))
    desk.finds()
    await desk.librarian.stop()
    assert asyncio.all_tasks() == before
    assert desk.facts == []
