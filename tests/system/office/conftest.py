"""The office's pages in Chromium, as they are built."""

from __future__ import annotations

import pytest

from tests.support.client import why_old


@pytest.fixture(scope="session", autouse=True)
def client_is_new() -> None:
    """No test of an old client: it would pass, or fail, for what is not there any more."""
    if old := why_old():
        pytest.fail(old, pytrace=False)
