"""The list of outcomes (dispositions): set as a whole, under one version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from typing import Any

from kernel import codec
from kernel.errors import Invalid, Refused
from kernel.handling import Handles, on
from kernel.messages import Command
from kernel.shelf import Shelf
from kernel.turn import Turn
from routing.queuerows import Disposition
from routing.setupmessages import ChangeSetUp, DispositionsConfigured
from routing.setupvalues import made, wrong
from routing.state import State
from routing.teamwork import Edit, Edited
from routing.trail import compared, note

OUTCOMES = "dispositions"
"""Their kind among the edits of a set-up, and their id: there is one list."""
DEFAULT_DISPOSITIONS = (
    Disposition("resolved", "Resolved", "1", ("human_answered", "customer_contact", "completed"), 1),
    Disposition("follow_up", "Follow-up needed", "2", ("human_answered", "customer_contact"), 2),
    Disposition("call_back", "Call back promised", "3", ("human_answered", "customer_contact", "callback"), 3),
    Disposition("sale", "Sale or interest", "4", ("human_answered", "customer_contact", "sale"), 4),
    Disposition("not_interested", "Not interested", "5", ("human_answered", "customer_contact", "not_interested"), 5),
    Disposition("wrong_number", "Wrong number", "6", ("human_answered", "unworkable"), 6),
    Disposition("silent", "Nobody spoke", "7", (), 7),
    Disposition("do_not_call", "Asked not to be called", "8", ("human_answered", "customer_contact", "do_not_call"), 8),
)


class Outcomes(Handles):
    """Takes the list into the shelf."""

    def __init__(self, state: State) -> None:
        self._shelf: Shelf[Disposition] = state.dispositions

    @property
    def version(self) -> int:
        return list_version(one.version for one in self._shelf)

    @on(DispositionsConfigured)
    def _configured(self, fact: DispositionsConfigured, turn: Turn) -> None:
        self._put([codec.build(Disposition, one) for one in fact.dispositions], self.version)
        turn.reply = {"version": self.version}

    def edit(self, edit: Edit, command: Command, turn: Turn) -> Edited | None:
        """The list as `edit` wants it; None when that is what there is. With a change taken back, or by a file,
        outcomes that were removed come back if they say what they said."""
        version, before = self.version, self._as_set()
        if edit.was is not None:
            edit = replace(edit, version=version if _same(edit.was, before) else -1)
        if edit.version not in (None, version):
            words = "Somebody else changed the outcomes meanwhile. Look at what is there now, then save again."
            raise Refused("dispositions_changed", words, version=version, current=before)
        rows = _rows(edit.values or {})
        if edit.version is not None:
            back = isinstance(command, ChangeSetUp)
            _refuse_used(self._shelf, {row.id for row in rows if not (back and self._was(row))})
        was = {one.id: one for one in self._shelf if one.active}
        self._put(rows, version if edit.version is None else version + 1)
        after = self._as_set()
        if after == before:
            return None
        _tell(was, {one.id: one for one in self._shelf if one.active}, command, turn)
        return Edited(
            OUTCOMES, OUTCOMES, {OUTCOMES: before, "version": version}, {OUTCOMES: after, "version": self.version}
        )

    def _was(self, row: Disposition) -> bool:
        old = self._shelf.get(row.id)
        return old is not None and (old.label, set(old.flags)) == (row.label, set(row.flags))

    def _put(self, rows: list[Disposition], version: int) -> None:
        rows = [replace(one, version=version) for one in rows]
        kept = {row.id for row in rows}
        gone = [replace(old, active=False, version=version) for old in self._shelf if old.id not in kept and old.active]
        for row in (*rows, *gone):
            old = self._shelf.get(row.id)
            if old is None or replace(row, version=old.version) != old:
                self._shelf.put(row)

    def _as_set(self) -> list[dict[str, Any]]:
        """Those that can be chosen, in order, as people set them."""
        found = sorted((one for one in self._shelf if one.active), key=lambda one: (one.position, one.id))
        own = ("position", "active", "version")
        return [{name: value for name, value in codec.plain(one).items() if name not in own} for one in found]


def _rows(values: Mapping[str, Any]) -> list[Disposition]:
    wanted = values.get(OUTCOMES, ())
    if not isinstance(wanted, list | tuple) or not all(isinstance(one, dict) for one in wanted):
        wrong(OUTCOMES, OUTCOMES, "it is a list of outcomes.")
    return [
        made(Disposition, f"outcome {one.get('id', place)}", {"position": place, **one})
        for place, one in enumerate(wanted, 1)
    ]


def _same(was: Mapping[str, Any], now: list[dict[str, Any]]) -> bool:
    """Whether two lists say the same. `was` may be of a time at which outcomes had fewer fields."""
    try:
        return _rows(was) == _rows({OUTCOMES: now})
    except Invalid:
        return False


def list_version(versions: Iterable[int]) -> int:
    """The version of the list of dispositions, of those of its rows, the ones not offered any more too."""
    return max(versions, default=1)


def _refuse_used(rows: Iterable[Disposition], wanted: Set[str]) -> None:
    """Old calls go on naming outcomes that are offered no more: another under such an id would change what they say."""
    used = sorted(one.id for one in rows if not one.active)
    taken = [id for id in used if id in wanted]
    if taken:
        words = f"The id {taken[0]} is that of an outcome that was removed, and old calls name it. Take another id."
        raise Refused("outcome_id_used", words, ids=taken, used=used)


def _tell(old: dict[str, Disposition], new: dict[str, Disposition], command: Command, turn: Turn) -> None:
    """One line of the audit trail for all of them: those that came, went or changed, by id."""
    changed = [
        f"{id}.{text}"
        for id in sorted(old.keys() & new.keys())
        for text in compared(codec.plain(old[id]), codec.plain(replace(new[id], version=old[id].version)))
    ]
    added, removed = sorted(new.keys() - old.keys()), sorted(old.keys() - new.keys())
    note(turn, command, "dispositions_changed", OUTCOMES, added=added, removed=removed, changed=changed)
