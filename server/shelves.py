"""Which table keeps which shelf, and who saves which write: the whole list, in the order of saving."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sqlalchemy import select

from crm_core.donotcall.store import forbid_numbers
from crm_core.donotcall.writes import ForbidNumber
from crm_core.people.audit.store import save_lines
from crm_core.people.audit.writes import SaveAuditLine
from crm_core.timeline.store import flag_entries, keep_promises, save_entries
from crm_core.timeline.writes import FlagTimelineEntry, KeepPromises, SaveTimelineEntry
from cti.store import SHELVES as CTI_SHELVES
from dialer.store import release_numbers
from kernel import db
from kernel.messages import Write
from kernel.once import Answer
from recordings.rows import Recording, RecordingState
from recordings.tables import recordings
from routing import announcements, hoursrows, queuerows, rows, tables, teamwork
from routing.attempts import Attempt, Trunk
from routing.dialling import ReleaseNumber
from routing.messages import SaveChoice, SaveRecordingProblem
from routing.outsiderows import OutsideDial
from routing.recent import Recent
from routing.resuming import GivenUpPlace
from routing.setupmessages import SaveSetUpChange
from routing.standing import SaveAgentState
from routing.state import PhoneLease
from routing.store import save_choices, save_recording_problems, save_setup_changes, save_states
from routing.tallies import AgentTally, Round
from routing.tiers import Lack
from server.heartbeat import SavePulse, save_pulse
from server.store import Saver, ShelfTable

OVER = (rows.InteractionState.closed.value, rows.InteractionState.abandoned.value)
KEPT = (RecordingState.stored.value, RecordingState.lost.value, RecordingState.purged.value)


def shelf_tables() -> Mapping[str, ShelfTable]:
    """Finished rows stay in the database and are not loaded. An interaction is loaded while a stint of it is open, or
    the leg of an offer of it may live (what routing.state forgets not), a finished stint with talk in it while its
    interaction lives."""
    open_stints = tables.stints.c.state != rows.StintState.done.value
    unfinished = tables.offers.c.ended_at.is_(None) | tables.offers.c.leg_live
    wanted = (
        tables.interactions.c.state.not_in(OVER)
        | tables.interactions.c.id.in_(select(tables.stints.c.interaction_id).where(open_stints))
        | tables.interactions.c.id.in_(select(tables.offers.c.interaction_id).where(unfinished))
    )
    of_live = select(tables.interactions.c.id).where(tables.interactions.c.state.not_in(OVER))
    with_talk = tables.stints.c.joined_at.is_not(None) & tables.stints.c.interaction_id.in_(of_live)
    return {
        **{name: ShelfTable(row_type, table) for name, (row_type, table) in CTI_SHELVES.items()},
        "agents": ShelfTable(rows.Agent, tables.agents),
        "interactions": ShelfTable(rows.Interaction, tables.interactions, wanted),
        "stints": ShelfTable(rows.Stint, tables.stints, open_stints | with_talk),
        "offers": ShelfTable(rows.Offer, tables.offers, unfinished),
        "queues": ShelfTable(queuerows.Queue, tables.queues),
        "dispositions": ShelfTable(queuerows.Disposition, tables.dispositions),
        "skills": ShelfTable(teamwork.Skill, tables.skills),
        "agent_groups": ShelfTable(teamwork.Group, tables.agent_groups),
        "announcements": ShelfTable(announcements.Announcement, tables.announcements),
        "profiles": ShelfTable(teamwork.Profile, tables.profiles),
        "calendars": ShelfTable(hoursrows.Calendar, tables.calendars),
        "hours": ShelfTable(hoursrows.Hours, tables.hours),
        "openings": ShelfTable(hoursrows.Opening, tables.openings),
        "phone_leases": ShelfTable(PhoneLease, tables.phone_leases),
        "lines": ShelfTable(rows.Line, tables.lines),
        "attempts": ShelfTable(Attempt, tables.attempts, tables.attempts.c.ended_at.is_(None), vital=True),
        "trunks": ShelfTable(Trunk, tables.trunks),
        "agent_tallies": ShelfTable(AgentTally, tables.agent_tallies),
        "queue_rounds": ShelfTable(Round, tables.queue_rounds),
        "queue_recent": ShelfTable(Recent, tables.queue_recent),
        "queue_lacks": ShelfTable(Lack, tables.queue_lacks),
        "outside_dials": ShelfTable(
            OutsideDial, tables.outside_dials, tables.outside_dials.c.ended_at.is_(None), vital=True
        ),
        "given_up_places": ShelfTable(GivenUpPlace, tables.given_up_places),
        "answers": ShelfTable(Answer, db.answers),
        "recordings": ShelfTable(Recording, recordings, recordings.c.state.not_in(KEPT)),
    }


SAVERS: Mapping[type[Write], Saver] = {
    SaveTimelineEntry: Saver(save_entries),
    FlagTimelineEntry: Saver(flag_entries),
    SaveRecordingProblem: Saver(save_recording_problems),
    SavePulse: Saver(save_pulse),
    ReleaseNumber: Saver(release_numbers),
    SaveAgentState: Saver(save_states),
    SaveChoice: Saver(save_choices),
    SaveSetUpChange: Saver(save_setup_changes),
    KeepPromises: Saver(keep_promises),
    SaveAuditLine: Saver(save_lines),
}


def savers(region: str) -> Mapping[type[Write], Saver]:
    """All of them, for a platform in a country whose way of writing numbers is meant where none is said."""
    return {**SAVERS, ForbidNumber: Saver(partial(forbid_numbers, region=region))}
