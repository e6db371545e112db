"""Set-up that enters by the inbox, so that a replay decides with the set-up of the time. Whatever people change is
checked as a whole before it holds, and kept with what was before, so that it can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kernel import codec
from kernel.errors import NotFound, Refused
from kernel.handling import Handles, on
from kernel.messages import Command
from kernel.shelf import Shelf
from kernel.turn import Turn
from routing.announcements import Announcement
from routing.announcing import plan_all
from routing.hoursrows import Calendar, Hours
from routing.outcomes import OUTCOMES, Outcomes
from routing.queuerows import Queue
from routing.setupcheck import SetUp, check
from routing.setupmessages import ChangeSetUp, QueueConfigured, SaveSetUpChange, SetUpDispositions, SetUpQueue
from routing.setupvalues import as_was, made, unknown_kind
from routing.state import MAIN_QUEUE, State
from routing.teamwork import Edit, Edited, Group, Profile, Skill
from routing.tiers import Tier, carried
from routing.trail import compared, note
from routing.widening import move_callers, widen_all

Kept = Skill | Group | Profile | Announcement | Calendar | Hours | Queue
ROWS: Mapping[str, type[Kept]] = {
    "skill": Skill,
    "group": Group,
    "profile": Profile,
    "announcement": Announcement,
    "calendar": Calendar,
    "hours": Hours,
    "queue": Queue,
}
"""What is set up, row by row: the kinds of an Edit, beside the list of outcomes."""


class Setup(Handles):
    """Takes set-up into the shelves: facts of the start, and what an administrator changes."""

    def __init__(self, state: State, outcomes: Outcomes) -> None:
        self._state = state
        self._outcomes = outcomes
        self._shelves: dict[str, Shelf[Any]] = {
            "skill": state.skills,
            "group": state.groups,
            "profile": state.profiles,
            "announcement": state.announcements,
            "calendar": state.calendars,
            "hours": state.hours,
            "queue": state.queues,
        }

    @on(QueueConfigured)
    def _configured(self, fact: QueueConfigured, turn: Turn) -> None:
        new, old = codec.build(Queue, fact.queue), self._state.queues.get(str(fact.queue["id"]))
        self._state.queues.put(new if old is None else replace(new, version=old.version + 1))

    @on(SetUpQueue)
    def _change_queue(self, command: SetUpQueue, turn: Turn) -> None:
        old = self._state.queues.get(command.queue_id)
        if old is None or not old.active:
            raise NotFound("no_such_queue", "There is no such queue.", queue_id=command.queue_id)
        version = old.version if command.version is None else command.version
        edited = self._edit(Edit("queue", old.id, command.changes, version), command, turn)
        if edited is not None and command.version is None:  # of a journal from before there were versions
            self._state.queues.put(replace(self._state.queues[old.id], version=old.version))
        self._take([edited], command, turn)
        turn.reply = {"version": self._state.queues[old.id].version}

    @on(ChangeSetUp)
    def _change(self, command: ChangeSetUp, turn: Turn) -> None:
        edited = [self._edit(one, command, turn) for one in command.edits]
        change = self._take(edited, command, turn, command.undoes)
        if command.undoes is not None and change is not None:
            note(turn, command, "setup_undone", command.undoes, change=change)
        versions = {f"{one.kind}/{one.id}": self._version(one) for one in command.edits}
        turn.reply = {"change": change, "versions": versions}

    @on(SetUpDispositions)
    def _change_outcomes(self, command: SetUpDispositions, turn: Turn) -> None:
        edit = Edit(OUTCOMES, OUTCOMES, {OUTCOMES: list(command.dispositions)}, command.version)
        self._take([self._edit(edit, command, turn)], command, turn)
        turn.reply = {"version": self._outcomes.version}

    # ── one row ─────────────────────────────────────────────────────────────────────────────────────────

    def _edit(self, edit: Edit, command: Command, turn: Turn) -> Edited | None:
        """The row as `edit` wants it; None when that is what there is."""
        if edit.kind == OUTCOMES:
            return self._outcomes.edit(edit, command, turn)
        if edit.kind not in ROWS:
            unknown_kind(edit.kind, edit.id)
        shelf, old = self._shelves[edit.kind], self._there(edit)
        self._refuse_changed(edit, old)
        new = self._made(edit, shelf.get(edit.id), turn)
        if new == old:
            return None
        if new is None:
            shelf.drop(edit.id)
        else:
            shelf.put(new)
        found = Edited(edit.kind, edit.id, _plain(old), _plain(new))
        _tell(found, self._there(edit) is None, command, turn)
        return found

    def _there(self, edit: Edit) -> Any:
        """The row, None also where it is a queue that was removed."""
        found = self._shelves[edit.kind].get(edit.id)
        return None if isinstance(found, Queue) and not found.active else found

    def _version(self, edit: Edit) -> int:
        if edit.kind == OUTCOMES:
            return self._outcomes.version
        found = self._there(edit)
        return 0 if found is None else int(found.version)

    def _refuse_changed(self, edit: Edit, old: Kept | None) -> None:
        if old is None and (edit.values is None or edit.version or edit.was is not None):
            if edit.kind == "queue":
                raise NotFound("no_such_queue", "There is no such queue.", queue_id=edit.id)
            raise NotFound("no_such_setup", f"There is no {edit.kind} {edit.id}.", kind=edit.kind, name=edit.id)
        version = 0 if old is None else old.version
        if edit.version in (None, version) and (edit.was is None or (old is not None and as_was(edit.was, old))):
            return
        if edit.kind == "queue":
            words = "Somebody else changed this queue meanwhile. Look at what is there now, then save again."
            raise Refused("queue_changed", words, version=version, current=_plain(old))
        words = f"Somebody else changed the {edit.kind} {edit.id}. Look at what is there now, then save again."
        raise Refused("setup_changed", words, version=version, current=_plain(old))

    def _made(self, edit: Edit, was: Any, turn: Turn) -> Any:
        """The row as it is to be. A version grows also over a row's removal, so none is ever another's."""
        if edit.values is None:
            return self._removed(edit, was)
        old = self._there(edit)  # of a queue made again only the version goes on
        before = codec.plain(old) if old is not None else {"version": turn.seq if was is None else was.version}
        now = {"active": True} if edit.kind == "queue" else {}
        kept = {"id": edit.id, "version": before["version"]}
        new: Any = made(ROWS[edit.kind], f"{edit.kind} {edit.id}", {**before, **edit.values, **kept, **now})
        if isinstance(new, Profile) and not new.skills and not new.groups:
            return None
        return new if was is None or new == was else replace(new, version=was.version + 1)

    def _removed(self, edit: Edit, was: Any) -> Queue | None:
        if edit.kind != "queue":
            return None
        if edit.id == MAIN_QUEUE:
            words = "Callers whose number leads nowhere else come to this queue, so it cannot be removed."
            raise Refused("default_queue_stays", words, queue_id=edit.id)
        removed: Queue = replace(was, active=False, version=was.version + 1)
        return removed

    # ── all of them ─────────────────────────────────────────────────────────────────────────────────────

    def _take(self, edited: list[Edited | None], command: Command, turn: Turn, undoes: str | None = None) -> str | None:
        """The rows are on their shelves: refuse the turn if they cannot be together, else let them hold."""
        changed = [one for one in edited if one is not None]
        if not changed:
            return None
        self._check(changed)
        for one in changed:
            if one.kind == "queue" and one.after is not None:
                carry_tiers(self._state, one)
                (widen_all if one.after["active"] else move_callers)(self._state, one.id, turn)
                plan_all(self._state, one.id, turn)
        change = f"su-{turn.seq:012x}"
        turn.save(SaveSetUpChange(id=change, at=turn.at, actor=command.actor, edits=tuple(changed), undoes=undoes))
        return change

    def _check(self, changed: list[Edited]) -> None:
        state = self._state
        touched = frozenset((one.kind, one.id) for one in changed)
        removed = frozenset((one.kind, one.id) for one in changed if _gone(one))
        queues = {one.id: one for one in state.queues if one.active}
        skills, groups = {one.id: one for one in state.skills}, {one.id: one for one in state.groups}
        outcomes = [one for one in state.dispositions if one.active]
        others = any(one.kind == OUTCOMES for one in changed)
        profiles = {one.id: one for one in state.profiles}
        told = {one.id: one for one in state.announcements}
        hours, calendars = {one.id: one for one in state.hours}, {one.id: one for one in state.calendars}
        more: dict[str, Any] = {"announcements": told, "hours": hours, "calendars": calendars}
        check(SetUp(skills, groups, profiles, queues, touched, removed, outcomes, others, **more))


def _gone(edited: Edited) -> bool:
    return edited.after is None or not edited.after.get("active", True)


def _plain(row: Kept | None) -> dict[str, Any] | None:
    return None if row is None else codec.plain(row)


def _tell(found: Edited, removed: bool, command: Command, turn: Turn) -> None:
    """The line of the audit trail."""
    if found.before is None:
        note(turn, command, f"{found.kind}_created", found.id, name=(found.after or {}).get("name"))
    elif removed:
        note(turn, command, f"{found.kind}_removed", found.id, name=found.before.get("name"))
    else:
        own = {name: value for name, value in (found.after or {}).items() if name != "version"}
        note(turn, command, f"{found.kind}_changed", found.id, changed=compared(found.before, own))


def carry_tiers(state: State, edited: Edited) -> None:
    """The overflow tiers of a queue are others now: those that came for its callers are known by what they say."""
    before, after = ((found or {}).get("overflow", []) for found in (edited.before, edited.after))
    if before == after:
        return
    old, new = (codec.build(tuple[Tier, ...], one) for one in (before, after))
    for caller in [one for one in state.interactions if one.queue_id == edited.id and one.tiers]:
        state.put_interaction(caller, tiers=carried(old, new, caller.tiers))
