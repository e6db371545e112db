"""The platform killed at each step of a call that an agent makes: asked once, dialled once at most, under one permit
(P3), what was said of it is kept (P4), and the agent is told what came of it."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from dialer.chain.store import verify
from kernel.clock import SteadyClock
from kernel.db import connect, readonly
from tests.integration.server.test_fault_points import DIALS, QUEUE, STEP, kept_up, watched
from tests.support.counts import counted
from tests.support.floor import after
from tests.support.floor.people import NO_ANSWER, Person
from tests.support.sim_process import SimProcess
from tests.support.waiting import until
from tests.system.desk.process import LUCIA, PASSWORD, PlatformProcess

FIRST = (
    "permit_kept",
    "after_commit:DialOut",
    "action_sent:DialOut",
    "before_answer:dial",
    "mid_transaction:FinishWrapUp",
)
MESSAGES = (
    *("DialNumber", "AskPermit", "PermitGranted", "RingDialler", "AgentLegRinging", "AgentLegUp", "DialOut"),
    *("CustomerDialled", "CustomerRinging", "CustomerUp", "Joined", "HangUpCall", "FinishWrapUp"),
)
MORE = (
    *(f"{point}:{about}" for point in ("before_commit", "mid_transaction", "after_commit") for about in MESSAGES),
    *(f"{point}:{about}" for point in ("after_publish", "after_send") for about in MESSAGES),
    *(
        "action_sent:RingDialler",
        "note_saved",
        "before_answer:create",
        "before_answer:hang_up",
        "before_answer:wrap_up",
    ),
)
ON_POSTGRESQL = ("permit_kept", "mid_transaction:FinishWrapUp")
"""Points where it matters what a database makes of a connection that is gone; all of them in the soak."""
FEW = (*((words, "sqlite") for words in FIRST), *((words, "postgresql") for words in ON_POSTGRESQL))
MANY = (
    *((words, "sqlite") for words in MORE if words not in FIRST),
    *((words, "postgresql") for words in dict.fromkeys((*FIRST, *MORE)) if words not in ON_POSTGRESQL),
)
CERTAIN = ("CustomerDialled", "CustomerRinging", "CustomerUp", "Joined", "HangUpCall", "FinishWrapUp", "note_saved")
"""What happens after the number was dialled for sure."""
TOLD = {
    ("failed", "restarted"),
    ("failed", "leg_gone"),
    ("failed", "agent_phone"),
    ("unknown", "leg_gone"),
    ("unknown", "never_came"),
    ("dropped", None),
    ("cancelled", None),
}
"""Outcome and reason of a dial that came to nothing; of `failed` the desk says that nobody was called."""
MADE = ("", "permit_not_kept")
"""Answers to who asked when an attempt was kept: the desk must say what came of it. Any other says so by itself."""
DIAL = {"number": LUCIA, "confirm": ["night"]}


def test_every_point_of_a_dial_is_tried() -> None:
    assert set(DIALS) <= {words.partition(":")[0] for words in FIRST}


test_every_point_of_a_dial_is_tried.pytestmark = [pytest.mark.integration]  # type: ignore[attr-defined]


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("words", "database_url"), counted(FEW, MANY), indirect=["database_url"])
async def test_killed_in_a_call_out_nobody_is_dialled_twice(words: str, tmp_path: Path, database_url: str) -> None:
    """Ask for one dial, again under the same key while nobody answers; talk and wrap up where it came to that."""
    async with SimProcess(tmp_path, phones=2) as switch:
        platform = PlatformProcess(switch, tmp_path, database_url=database_url)
        await platform.prepare(("ana",), QUEUE)
        await platform.start(TESTING="true", FAULT_POINT=words)
        ana = Person(platform.url, "ana", PASSWORD)
        try:
            async with kept_up(platform) as deaths, watched(switch) as seen:
                await signs_in(ana, switch)
                answer = await asks_for_one_dial(ana)
                talked = await comes_to_an_end(ana, answer)
                told = told_of(ana.desk["dial"])

                async def nothing_left() -> bool:
                    return await switch.channels() == []

                await until(nothing_left, STEP, "no channel is left")
                await until(lambda: deaths == [-signal.SIGKILL], STEP, f"the platform passes {words}")
                await platform.ready()
        finally:
            await ana.close()
            await platform.stop()
        legs, numbers = await switch.originated(), await switch.dialled()
    assert seen == [], "two legs of one phone"
    assert len(legs) == len(set(legs)), "a leg was ordered twice"
    assert numbers in ([], [LUCIA]), "dialled once at most"
    print(f"{words}: answered {answer}, told {told}, dialled {len(numbers)}, talked {talked}")
    assert told in ({("reached", None)} if talked else TOLD if answer in MADE else {None})
    assert await outcomes(platform.database_url) == ([] if told is None else [told[0]]), "the desk says what is kept"
    assert numbers == [] or (told is not None and told[0] != "failed"), "nobody was called, where the desk says so"
    assert numbers or not talked
    assert numbers or not any(one in words for one in CERTAIN), "the kill came after the number was dialled"
    assert await permits(platform.database_url) <= 1
    assert await after.lost(platform.database_url, [ana.kept]) == []
    assert await platform.replayed() == []


async def signs_in(ana: Person, switch: SimProcess) -> None:
    async def phone(endpoint: str, secret: str) -> None:
        await switch.phone(endpoint, "answer", after=0.2)

    await ana.sign_in(phone)


async def asks_for_one_dial(ana: Person, number: str = LUCIA) -> str:
    """The id of the error that it was answered with in the end; empty when it was none."""
    answers: list[str] = []

    async def answered() -> bool:
        status, answer = await ana.ask("POST", "/api/dial", {**DIAL, "number": number}, key="dial-once-0001")
        if status != NO_ANSWER:
            answers.append(answer["error"]["id"] if status >= 400 else "")
        return status != NO_ANSWER

    await until(answered, STEP, "an answer")
    return answers[-1]


async def comes_to_an_end(ana: Person, answer: str) -> bool:
    """Talk, end it and wrap up; or the dial ends by itself, and the desk says so. Returns whether they talked."""

    def over() -> bool:
        dial = ana.desk.get("dial")
        told = bool(dial["ended_at"]) if dial else answer not in MADE
        return ana.connected and told and ana.me["duty"] == "idle"

    def talks() -> bool:
        return ana.connected and ana.stint == "joined"

    try:
        await until(lambda: talks() or over(), STEP, "they talk, or it is over")
    except AssertionError as error:
        raise AssertionError(f"{error}; answered {answer}, desk {ana.connected}: {ana.desk}") from None
    if not talks():
        return False

    async def ended() -> bool:
        if talks():
            await ana.does("hang-up")
        return ana.connected and ana.stint == "" and over()

    await until(ended, STEP, "wrapped up")
    return True


def told_of(dial: dict[str, Any] | None) -> tuple[str, str | None] | None:
    return None if dial is None else (dial["outcome"], dial["why"])


async def outcomes(database_url: str) -> list[str]:
    """Of each attempt that is kept."""
    database = connect(database_url)
    try:
        async with readonly(database) as connection:
            return list(await connection.scalars(text("SELECT outcome FROM attempts")))
    finally:
        await database.dispose()


async def permits(database_url: str) -> int:
    """How many there are; every dial has its own, and the number is held by none of them any more."""
    database = connect(database_url)
    try:
        verdict = await verify(database, SteadyClock().now())
        assert (verdict.broken, verdict.missing) == (None, ())
        async with readonly(database) as connection:

            async def count(query: str) -> int:
                return int((await connection.execute(text(query))).scalar_one())

            held = (
                "SELECT count(*) FROM dialled_numbers d JOIN attempts a ON a.id = d.attempt_id WHERE a.ended_at IS NULL"
            )
            assert await count(held) == 0, "the number is free again"
            assert await count("SELECT count(*) FROM attempts WHERE ended_at IS NULL") == 0
            return await count("SELECT count(*) FROM dial_permits")
    finally:
        await database.dispose()
