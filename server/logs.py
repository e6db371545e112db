"""Structured logs; one processor masks personal data and secrets, whoever logs them."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import structlog
from aiohttp.http_exceptions import HttpProcessingError

PERSONAL = frozenset(
    {
        "number",
        "name",
        "caller",
        "caller_number",
        "caller_name",
        "email",
        "login",
        "text",
        "body",
        "note",
        "digit",
    }
)
SECRET = re.compile(r"secret|password|token|cookie|authorization|csrf", re.IGNORECASE)


def mask(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Replace what a log must not hold: personal values keep their last two characters, secrets nothing."""
    for key, value in event.items():
        if SECRET.search(key):
            event[key] = "***"
        elif key in PERSONAL and value:
            event[key] = f"***{str(value)[-2:]}"
    return event


def quiet_bad_requests(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """What is no HTTP at all is told by its kind: the library's text repeats what came, cookies included."""
    found = event.get("exc_info")
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, HttpProcessingError):
        event.pop("exc_info")
        event["error"] = type(error).__name__
    return event


def set_up_logs(level: str, form: str) -> None:
    """Send everything, standard `logging` included, through structlog to standard error. Tracebacks are plain: pretty
    ones show every local variable, personal data and secrets with it, and hold the event loop up for a second each."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        mask,
        quiet_bad_requests,
    ]
    last: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    tail = [structlog.processors.format_exc_info, last] if form == "json" else [last]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *tail],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("aiohttp.access", "engineio", "socketio", "aiosqlite", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
