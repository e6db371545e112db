"""Requests made from our own description, right and wrong: answers keep to it and nothing fails inside."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from tests.integration.desktop.harness import Desktop

pytestmark = pytest.mark.integration

ENDS_THE_SESSION = {"/api/sign-out", "/api/sessions/{id}", "/api/sign-in"}
NOT_MEANT = [ignored_auth, positive_data_acceptance]
"""The session is always there; and rules beyond a schema refuse some of what fits it (which reason, which priority)."""
QUOTES = "'\"; DROP TABLE customers; -- <img src=x onerror=alert(1)> {{7*7}} ${7*7} \u202e"


def try_operation(operation: Any, headers: dict[str, str]) -> None:
    @settings(
        max_examples=12,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        case.call_and_validate(headers=headers, excluded_checks=NOT_MEANT)

    run()


def without_token(document: dict[str, Any]) -> dict[str, Any]:
    """The description without the header and the session that each request of the test carries rightly."""
    for path in document["paths"].values():
        for operation in path.values():
            operation.pop("security", None)
            operation["parameters"] = [one for one in operation["parameters"] if one["in"] != "header"]
    return document


async def test_given_requests_from_the_description_then_answers_keep_to_it(desktop: Desktop) -> None:
    async with desktop.browser("ann") as browser:
        _, document = await browser.ask("GET", "/api/openapi.json")
        schema = schemathesis.openapi.from_dict(without_token(document))
        schema.config.update(base_url=desktop.url)
        headers = {"Cookie": browser.cookie, "X-CSRF-Token": browser.csrf, "Sec-Fetch-Site": "same-origin"}
        tried = 0
        for result in schema.get_all_operations():
            operation = result.ok()
            if operation.path not in ENDS_THE_SESSION:
                await asyncio.to_thread(try_operation, operation, headers)
                tried += 1

    assert tried >= 20


@pytest.mark.parametrize("path", ["/api/customers?q={}", "/api/customers/{}", "/api/tickets/{}", "/api/calls/{}/why"])
async def test_given_quotes_and_scripts_in_a_path_or_query_then_a_plain_answer(desktop: Desktop, path: str) -> None:
    async with desktop.browser("ann") as browser:
        status, _ = await browser.ask("GET", path.format(quote(QUOTES, safe="")))

    assert status in (200, 404)
