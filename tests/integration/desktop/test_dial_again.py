"""A dial that is asked for again after a kill: what was decided before is the answer, at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent_desktop.deskview import DIAL_WHY
from agent_desktop.records import DialFate
from routing.dialling import DialNumber
from tests.integration.desktop.harness import Desktop

pytestmark = pytest.mark.integration

NUMBER = "+34600111222"
TEXTS = Path("agent_desktop/web/src/i18n")


@pytest.mark.timeout(9)
@pytest.mark.parametrize(
    ("fate", "status", "answer"),
    [
        (DialFate("pe-1", None, None), 200, {"attempt_id": "at-1", "permit_id": "pe-1"}),
        (DialFate("pe-1", "unknown", "leg_gone"), 200, {"attempt_id": "at-1", "permit_id": "pe-1"}),
        (DialFate(None, "cancelled", "agent_hung_up"), 200, {"attempt_id": "at-1"}),
        (DialFate(None, "failed", "restarted"), 503, "permit_not_kept"),
        (DialFate(None, "refused", "do_not_call"), 409, "do_not_call"),
        (DialFate(None, "refused", "number_emergency"), 422, "number_emergency"),
        (DialFate(None, "refused", "permit_not_kept"), 503, "permit_not_kept"),
    ],
)
async def test_given_a_dial_decided_before_when_asked_again_then_that_is_the_answer(
    desktop: Desktop, fate: DialFate, status: int, answer: object
) -> None:
    """No event comes any more: who waited for one would be told nothing for ten seconds, hence the limit."""
    desktop.engine.answers[DialNumber] = "at-1"
    desktop.records.dials["at-1"] = fate
    async with desktop.browser("ann") as ann:
        found, body = await ann.ask("POST", "/api/dial", {"number": NUMBER, "confirm": ["night"]})
    assert (found, body["error"]["id"] if status >= 400 else body) == (status, answer)


async def test_given_a_dial_refused_for_the_first_time_then_all_is_told_although_the_refusal_is_kept_already(
    desktop: Desktop,
) -> None:
    details = {"warnings": ["night"]}
    refused = {
        **{"type": "DialRefused", "attempt_id": "at-1", "status": 409, "error": "confirm_first"},
        **{"message": "It is night there.", "details": details},
    }

    def refuse(_command: DialNumber) -> str:
        desktop.records.dials["at-1"] = DialFate(None, "refused", "confirm_first")
        desktop.engine.tell(refused)
        return "at-1"

    desktop.engine.answers[DialNumber] = refuse
    async with desktop.browser("ann") as ann:
        status, body = await ann.ask("POST", "/api/dial", {"number": NUMBER})
    assert (status, body["error"]["message"]) == (409, "It is night there.")
    assert body["error"]["details"] == details


@pytest.mark.parametrize("language", ["en", "es", "zh", "ru"])
def test_every_reason_that_the_desk_may_give_has_its_words(language: str) -> None:
    texts = json.loads((TEXTS / f"{language}.json").read_text())
    said = {key.partition("_why.")[2].partition("_")[2] for key in texts if key.startswith("dial_why.")}
    assert said == DIAL_WHY
