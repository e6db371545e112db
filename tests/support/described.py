"""Requests made from our own description of the API, right and wrong, sent to whichever platform runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings


async def description_holds(
    document: dict[str, Any],
    url: str,
    headers: Callable[[], Awaitable[Mapping[str, str]]],
    leaves_out: Callable[[str], bool],
    examples: int,
) -> int:
    """Every operation but those at paths that are left out, for they end the session that is used; so many requests
    each. Returns how many operations were tried."""
    import schemathesis  # as slow to load as the platform, and wanted by these tests alone

    schema = schemathesis.openapi.from_dict(_without_session(document))
    schema.config.update(base_url=url)
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if not leaves_out(operation.path):
            await asyncio.to_thread(_try, operation, dict(await headers()), examples)
            tried += 1
    return tried


def _try(operation: Any, headers: dict[str, str], examples: int) -> None:
    from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

    # The session is always there; and rules beyond a schema refuse some of what fits it: which reason goes with which
    # presence, which priority there is.
    not_meant = [ignored_auth, positive_data_acceptance]

    @settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        case.call_and_validate(headers=headers, excluded_checks=not_meant)

    run()


def _without_session(document: dict[str, Any]) -> dict[str, Any]:
    """Without the header and the cookie that every request of the test carries rightly."""
    for path in document["paths"].values():
        for operation in path.values():
            operation.pop("security", None)
            operation["parameters"] = [one for one in operation["parameters"] if one["in"] != "header"]
    return document
