"""A card number typed into whatever an agent can write is in no table of the database, on either kind."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from crm_core.activities.drafts import Begun, DraftService
from crm_core.donotcall.service import DoNotCallService
from crm_core.tickets.models import NewTicket
from migrations.tables import metadata
from tests.integration.crm.conftest import Crm

pytestmark = pytest.mark.integration

CARD, SHOWN = "4111 1111 1111 1111", "**** **** **** 1111"


async def everything(crm: Crm) -> str:
    """All that the database holds."""
    found = []
    async with crm.db.connect() as connection:
        for table in metadata.sorted_tables:
            found += [str(tuple(row)) for row in await connection.execute(select(table))]
    return "\n".join(found)


async def test_given_a_card_number_typed_anywhere_then_no_table_holds_it(crm: Crm) -> None:
    customer = await crm.customer()
    note = await crm.notes.add(customer, f"paid with {CARD}, call 600 111 222", crm.ana)
    ticket = await crm.tickets.create(
        NewTicket(
            customer_id=customer, interaction_id=None, subject=f"Card {CARD}", category=CARD, product=CARD,
            priority="normal", description=f"It is {CARD}",
        ),
        crm.ana,
    )  # fmt: skip
    drafts = DraftService(crm.db, crm.clock)
    await drafts.set("customer", customer, Begun(CARD, f'{{"subject": "{CARD}"}}', "", customer), crm.ana)
    await DoNotCallService(crm.db, "ES", crm.clock).add("+34600999888", crm.ana.id, f"gave {CARD}")

    assert note["body"] == f"paid with {SHOWN}, call 600 111 222"
    assert (ticket["subject"], ticket["description"]) == (f"Card {SHOWN}", f"It is {SHOWN}")
    draft = await drafts.get("customer", customer, crm.ana)
    assert draft is not None
    assert (draft["note"], draft["ticket"]) == (SHOWN, f'{{"subject": "{SHOWN}"}}')
    kept = await everything(crm)
    assert CARD not in kept
    assert CARD.replace(" ", "") not in kept
    assert kept.count(SHOWN) >= 8
