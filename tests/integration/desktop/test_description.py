"""Requests made from our own description, right and wrong: answers keep to it and nothing fails inside."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.integration.desktop.harness import Desktop
from tests.support.described import description_holds

pytestmark = pytest.mark.integration

ENDS_THE_SESSION = {"/api/sign-out", "/api/sessions/{id}", "/api/sign-in"}
QUOTES = "'\"; DROP TABLE customers; -- <img src=x onerror=alert(1)> {{7*7}} ${7*7} \u202e"


async def test_given_requests_from_the_description_then_answers_keep_to_it(desktop: Desktop) -> None:
    async with desktop.browser("ann") as browser:

        async def headers() -> dict[str, str]:
            return {"Cookie": browser.cookie, "X-CSRF-Token": browser.csrf, "Sec-Fetch-Site": "same-origin"}

        _, document = await browser.ask("GET", "/api/openapi.json")
        tried = await description_holds(document, desktop.url, headers, ENDS_THE_SESSION.__contains__, 12)

    assert tried >= 20


@pytest.mark.parametrize("path", ["/api/customers?q={}", "/api/customers/{}", "/api/tickets/{}", "/api/calls/{}/why"])
async def test_given_quotes_and_scripts_in_a_path_or_query_then_a_plain_answer(desktop: Desktop, path: str) -> None:
    async with desktop.browser("ann") as browser:
        status, _ = await browser.ask("GET", path.format(quote(QUOTES, safe="")))

    assert status in (200, 404)
