"""Imports every module that defines tables, so that the metadata is whole: for alembic and for tests."""

from __future__ import annotations

import importlib

from kernel.db import metadata

MODULES = (
    "kernel.db",
    "cti.tables",
    "crm_core.people.tables",
    "crm_core.people.audit.tables",
    "crm_core.customers.tables",
    "crm_core.tickets.tables",
    "crm_core.activities.tables",
    "crm_core.timeline.tables",
    "crm_core.donotcall.tables",
    "crm_core.once.tables",
    "routing.tables",
    "recordings.tables",
    "dialer.tables",
)

for _name in MODULES:
    importlib.import_module(_name)

__all__ = ["MODULES", "metadata"]
