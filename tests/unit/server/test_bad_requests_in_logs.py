"""A request that is none is logged by its kind, without its bytes."""

from __future__ import annotations

import pytest
from aiohttp.http_exceptions import BadHttpMessage

from server.logs import quiet_bad_requests

pytestmark = pytest.mark.unit


def test_given_a_bad_request_then_its_kind_and_not_its_text() -> None:
    error = BadHttpMessage("trunkline=a-secret-cookie")
    event = quiet_bad_requests(None, "error", {"event": "bad", "exc_info": (type(error), error, None)})

    assert event == {"event": "bad", "error": "BadHttpMessage"}


def test_given_another_error_then_it_is_told_whole() -> None:
    error = ValueError("x")
    event = {"event": "bad", "exc_info": (ValueError, error, None)}

    assert quiet_bad_requests(None, "error", dict(event)) == event
