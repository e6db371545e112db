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


@pytest.mark.parametrize("language", ["en", "es", "zh", "ru"])
def test_every_reason_that_the_desk_may_give_has_its_words(language: str) -> None:
    texts = json.loads((TEXTS / f"{language}.json").read_text())
    said = {key.partition("_why.")[2].partition("_")[2] for key in texts if key.startswith("dial_why.")}
    assert said == DIAL_WHY
