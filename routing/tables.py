"""Routing's tables: one per shelf, columns named like the fields of the rows."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Float, Index, Integer, String, Table, false, true

from kernel.db import Json, UtcDateTime, metadata

ID = String(150)

agents = Table(
    "agents",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("presence", String(10), nullable=False),
    Column("duty", String(10), nullable=False),
    Column("device", String(10), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("idle_since", UtcDateTime, nullable=False),
    Column("endpoint", String(80)),
    Column("pause_reason", String(40)),
    Column("next_presence", String(10)),
    Column("next_reason", String(40)),
    Column("missed", Integer, nullable=False),
    Column("not_before", UtcDateTime),
    Column("standing", String(12), nullable=False, server_default="out"),
    Column("why", String(40), nullable=False, server_default=""),
    Column("about", String(200)),
    Column("away_after", Integer),
    Column("silent", Integer, nullable=False, server_default="0"),
    Column("number", Integer, nullable=False, server_default="0"),
)

agent_tallies = Table(
    "agent_tallies",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("day", Date, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("talk_seconds", Float, nullable=False),
)

queue_rounds = Table(
    "queue_rounds",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("agent_id", String(40), nullable=False),
)

queue_recent = Table(
    "queue_recent",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("waits", Json, nullable=False),
    Column("since", Float, nullable=False),
)

given_up_places = Table(
    "given_up_places",
    metadata,
    Column("id", ID, primary_key=True),
    Column("queue_id", String(60), nullable=False),
    Column("number", String(200), nullable=False),
    Column("place", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("first", ID, nullable=False),
)

agent_states = Table(
    "agent_states",
    metadata,
    Column("id", ID, primary_key=True),
    Column("agent_id", String(40), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("standing", String(12), nullable=False),
    Column("was", String(12), nullable=False),
    Column("was_since", UtcDateTime, nullable=False),
    Column("why", String(40), nullable=False),
    Column("about", String(200)),
    Index("ix_agent_states_agent_id_at", "agent_id", "at"),
)

interactions = Table(
    "interactions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("state", String(12), nullable=False, index=True),
    Column("leg", ID, nullable=False),
    Column("channel", String(200), nullable=False),
    Column("queue_id", String(60), nullable=False),
    Column("did", String(40), nullable=False),
    Column("language", String(20), nullable=False),
    Column("arrived_at", UtcDateTime, nullable=False, index=True),
    Column("direction", String(10), nullable=False),
    Column("number", String(200)),
    Column("name", String(400)),
    Column("match", String(10)),
    Column("customer_id", String(40), index=True),
    Column("contact_id", String(40)),
    Column("candidate_ids", Json, nullable=False),
    Column("level", String(20)),
    Column("queued_at", UtcDateTime),
    Column("place", UtcDateTime),
    Column("front", Boolean, nullable=False),
    Column("offer_id", ID),
    Column("stint_id", ID),
    Column("prefer_agent", String(40)),
    Column("prefer_until", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("end_reason", String(40)),
    Column("from_fallback", Boolean, nullable=False),
    Column("again_since", UtcDateTime),
    Column("recording", Boolean, nullable=False),
    Column("recording_problem", String(20)),
    Column("step", Integer, nullable=False, server_default="0"),
    Column("in_queue_since", UtcDateTime),
    Column("tiers", Json, nullable=False, server_default="[]"),
    Column("moved_from", String(60)),
    Column("moved_why", String(40)),
    Column("outside", String(20)),
    Column("expected_wait", Float),
    Column("told", Json, nullable=False, server_default="{}"),
    Column("dismissal", Json),
    Column("last_agent", String(40)),
    Column("last_talk_at", UtcDateTime),
    Column("owner_agent", String(60)),
    Column("preferred", String(20)),
    Column("resumed", ID),
    Index("ix_interactions_number_arrived_at", "number", "arrived_at"),
)

stints = Table(
    "stints",
    metadata,
    Column("id", ID, primary_key=True),
    Column("interaction_id", ID, nullable=False, index=True),
    Column("agent_id", String(40), nullable=False, index=True),
    Column("state", String(10), nullable=False, index=True),
    Column("offered_at", UtcDateTime, nullable=False),
    Column("leg", ID, nullable=False),
    Column("channel", String(200)),
    Column("joined_at", UtcDateTime),
    Column("held_since", UtcDateTime),
    Column("held_seconds", Float, nullable=False),
    Column("talk_ended_at", UtcDateTime),
    Column("wrapping_since", UtcDateTime),
    Column("wrap_deadline", UtcDateTime),
    Column("extended", Integer, nullable=False),
    Column("done_at", UtcDateTime),
    Column("disposition_id", String(60)),
    Column("disposition_missing", Boolean, nullable=False, server_default=false()),
    Column("end_reason", String(40)),
    Column("problem", String(40)),
    Column("asked", String(10)),
    Column("asked_at", UtcDateTime),
)

offers = Table(
    "offers",
    metadata,
    Column("id", ID, primary_key=True),
    Column("interaction_id", ID, nullable=False, index=True),
    Column("agent_id", String(40), nullable=False, index=True),
    Column("endpoint", String(80), nullable=False),
    Column("state", String(10), nullable=False, index=True),
    Column("leg", ID, nullable=False),
    Column("claim", ID, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("deadline", UtcDateTime, nullable=False),
    Column("choice_id", ID, nullable=False),
    Column("rendered_at", UtcDateTime),
    Column("ring_ordered_at", UtcDateTime),
    Column("ringing_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("leg_live", Boolean, nullable=False),
    Column("reason", String(40)),
    Column("shared", Boolean, nullable=False, server_default=false()),
    Column("answered_by", String(40)),
)

choices = Table(
    "choices",
    metadata,
    Column("id", ID, primary_key=True),
    Column("interaction_id", ID, nullable=False, index=True),
    Column("agents", Json, nullable=False),
)

queues = Table(
    "queues",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("strategy", String(20), nullable=False, server_default="longest_idle"),
    Column("ring_seconds", Integer, nullable=False),
    Column("render_ms", Integer, nullable=False),
    Column("wrap_mode", String(10), nullable=False, server_default="optional"),
    Column("wrap_seconds", Integer, nullable=False),
    Column("wrap_extend_seconds", Integer, nullable=False),
    Column("wrap_extensions", Integer, nullable=False, server_default="3"),
    Column("misses_to_pause", Integer, nullable=False),
    Column("no_answer_delay", Integer, nullable=False),
    Column("reject_delay", Integer, nullable=False),
    Column("busy_delay", Integer, nullable=False),
    Column("lost_phone_seconds", Integer, nullable=False),
    Column("progress_seconds", Integer, nullable=False, server_default="5"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("everyone", Boolean, nullable=False, server_default=true()),
    Column("groups", Json, nullable=False, server_default="[]"),
    Column("members", Json, nullable=False, server_default="[]"),
    Column("skills", Json, nullable=False, server_default="{}"),
    Column("evaluation", String(10), nullable=False, server_default="all"),
    Column("steps", Json, nullable=False, server_default="[]"),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("dids", Json, nullable=False, server_default="[]"),
    Column("sticky_seconds", Integer, nullable=False, server_default="0"),
    Column("sticky_days", Integer, nullable=False, server_default="30"),
    Column("owner_seconds", Integer, nullable=False, server_default="0"),
    Column("owner_first", Boolean, nullable=False, server_default=false()),
    Column("resume_seconds", Integer, nullable=False, server_default="60"),
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("overflow", Json, nullable=False, server_default="[]"),
    Column("empty", Json, nullable=False, server_default="{}"),
    Column("announce", Json, nullable=False, server_default="{}"),
    Column("hours_id", String(60)),
    Column("closed", Json, nullable=False, server_default="{}"),
)

queue_lacks = Table(
    "queue_lacks",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("nobody_ready", UtcDateTime),
    Column("all_paused", UtcDateTime),
    Column("all_busy", UtcDateTime),
    Column("none_signed_in", UtcDateTime),
)

announcements = Table(
    "announcements",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("sounds", Json, nullable=False),
    Column("version", Integer, nullable=False),
)

skills = Table(
    "skills",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("version", Integer, nullable=False),
)

agent_groups = Table(
    "agent_groups",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("version", Integer, nullable=False),
)

profiles = Table(
    "profiles",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("skills", Json, nullable=False),
    Column("groups", Json, nullable=False),
    Column("version", Integer, nullable=False),
)

calendars = Table(
    "calendars",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("days", Json, nullable=False),
    Column("version", Integer, nullable=False),
)

hours = Table(
    "hours",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("zone", String(60), nullable=False),
    Column("weekly", Json, nullable=False),
    Column("calendars", Json, nullable=False),
    Column("version", Integer, nullable=False),
)

openings = Table(
    "openings",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("open", Boolean, nullable=False),
    Column("changes_at", UtcDateTime),
)

setup_changes = Table(
    "setup_changes",
    metadata,
    Column("id", ID, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(40), nullable=False),
    Column("edits", Json, nullable=False),
    Column("undoes", ID),
)

dispositions = Table(
    "dispositions",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("label", String(200), nullable=False),
    Column("key", String(1), nullable=False),
    Column("flags", Json, nullable=False),
    Column("position", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("labels", Json, nullable=False, server_default="{}"),
    Column("queues", Json, nullable=False, server_default="[]"),
    Column("version", Integer, nullable=False, server_default="1"),
)

phone_leases = Table(
    "phone_leases",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("reachable", Boolean, nullable=False),
    Column("agent_id", String(40)),
    Column("configured", Boolean, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("interaction_id", ID, nullable=False, index=True),
    Column("agent_id", String(40), nullable=False, index=True),
    Column("purpose", String(20), nullable=False),
    Column("state", String(10), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("leg", ID, nullable=False),
    Column("customer_leg", ID, nullable=False),
    Column("number", String(40), nullable=False),
    Column("customer_id", String(40)),
    Column("contact_id", String(40)),
    Column("permit_id", String(40), index=True),
    Column("dialed_at", UtcDateTime),
    Column("ringing_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("ended_at", UtcDateTime, index=True),
    Column("let_go_at", UtcDateTime),
    Column("outcome", String(12)),
    Column("reason", String(60)),
)

outside_dials = Table(
    "outside_dials",
    metadata,
    Column("id", ID, primary_key=True),
    Column("interaction_id", ID, nullable=False, index=True),
    Column("queue_id", String(60), nullable=False),
    Column("number", String(20), nullable=False),
    Column("state", String(10), nullable=False),
    Column("leg", ID, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("permit_id", String(40)),
    Column("dialed_at", UtcDateTime),
    Column("ringing_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("outcome", String(12)),
    Column("reason", String(60)),
)

trunks = Table(
    "trunks",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("dial", String(200), nullable=False),
    Column("caller_number", String(40), nullable=False),
    Column("ring_seconds", Integer, nullable=False),
)

lines = Table(
    "lines",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("up", Boolean, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("detail", String(400), nullable=False),
)
