"""Where something of the set-up is wrong, as errors say it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Set

from kernel.errors import Invalid, Problem, Refused, at_fields

Use = tuple[str, str, str]
"""Where something is named: kind and id of the row, its field, the name."""


def at_place(place: str, field: str, id: str, words: str, **params: str | int) -> dict[str, object]:
    """Details of a problem: `place` is kind and id of the row, `field` its field."""
    return {"place": place, "field": field, **params, **at_fields(**{field: Problem(id, words, params)})}


def nothing_missing(kind: str, there: Container[str], uses: Iterable[Use], removed: Set[tuple[str, str]]) -> None:
    """Whatever is named is there: raises Invalid with the place, Refused where it is removed while it is in use."""
    missing = [use for use in uses if use[2] not in there]
    gone = [name for _, _, name in missing if (kind, name) in removed]
    if gone:
        used_by = sorted({place for place, _, name in missing if name == gone[0]})
        words = f"The {kind} {gone[0]} is in use by {', '.join(used_by)}. Take it out there first."
        raise Refused("setup_in_use", words, kind=kind, name=gone[0], used_by=used_by)
    for place, field, name in missing:
        words = f"{place}: there is no {kind} {name}. Make it first, or mend the name."
        raise Invalid("setup_unknown", words, **at_place(place, field, "setup_unknown", words, kind=kind, name=name))
