"""Who is calling, decided from who has the number. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core.customers.models import Holder, Match, MatchKind
from crm_core.customers.numbers import Number, NumberKind

MAX_HOLDERS = 100
MAX_CANDIDATES = 20


def decide(number: Number, holders: Sequence[Holder]) -> Match:
    """Known only when exactly one customer has the number and it is nobody's switchboard.

    `holders` may be cut at MAX_HOLDERS; a list that long is never known, since more may follow. Candidates whose
    extension was dialled come first.
    """
    if number.kind is NumberKind.WITHHELD:
        return Match(MatchKind.WITHHELD)
    if not holders:
        return Match(MatchKind.UNKNOWN)
    ranked = sorted(holders, key=lambda h: (not _same_extension(h, number), h.customer_id))
    customers = list(dict.fromkeys(h.customer_id for h in ranked))
    if len(customers) > 1 or any(h.shared for h in holders) or len(holders) >= MAX_HOLDERS:
        return Match(MatchKind.MAYBE, candidate_ids=tuple(customers[:MAX_CANDIDATES]))
    one = holders[0]
    people = {h.contact_id for h in holders}
    return Match(
        MatchKind.KNOWN,
        customer_id=one.customer_id,
        contact_id=one.contact_id if len(people) == 1 else None,
        level=one.level,
        language=one.language,
        owner_id=one.owner_id,
    )


def _same_extension(holder: Holder, number: Number) -> bool:
    return number.extension is not None and holder.extension == number.extension
