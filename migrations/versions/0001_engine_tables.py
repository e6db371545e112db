"""Tables of the engine: journal, calls, routing, recordings, permits"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _agents()
    _dead_letters()
    _deadlines()
    _dial_permits()
    _dispositions()
    _engine_pulse()
    _interactions()
    _journal()
    _journal_keys()
    _legs()
    _lines()
    _offers()
    _phone_leases()
    _phones()
    _queues()
    _recordings()
    _stints()


def downgrade() -> None:
    op.drop_table('stints')
    op.drop_table('recordings')
    op.drop_table('queues')
    op.drop_table('phones')
    op.drop_table('phone_leases')
    op.drop_table('offers')
    op.drop_table('lines')
    op.drop_table('legs')
    op.drop_table('journal_keys')
    op.drop_table('journal')
    op.drop_table('interactions')
    op.drop_table('engine_pulse')
    op.drop_table('dispositions')
    op.drop_table('dial_permits')
    op.drop_table('deadlines')
    op.drop_table('dead_letters')
    op.drop_table('agents')


def _agents() -> None:
    op.create_table('agents',
    sa.Column('id', sa.String(length=150), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('presence', sa.String(length=10), nullable=False),
    sa.Column('duty', sa.String(length=10), nullable=False),
    sa.Column('device', sa.String(length=10), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('idle_since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('endpoint', sa.String(length=80), nullable=True),
    sa.Column('pause_reason', sa.String(length=40), nullable=True),
    sa.Column('next_presence', sa.String(length=10), nullable=True),
    sa.Column('next_reason', sa.String(length=40), nullable=True),
    sa.Column('missed', sa.Integer(), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agents'))
    )


def _dead_letters() -> None:
    op.create_table('dead_letters',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('type', sa.String(length=60), nullable=False),
    sa.Column('body', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dead_letters'))
    )
    with op.batch_alter_table('dead_letters', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dead_letters_seq'), ['seq'], unique=False)


def _deadlines() -> None:
    op.create_table('deadlines',
    sa.Column('id', sa.String(length=150), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('type', sa.String(length=60), nullable=False),
    sa.Column('body', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deadlines'))
    )


def _dial_permits() -> None:
    op.create_table('dial_permits',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('asked_by', sa.String(length=40), nullable=False),
    sa.Column('interaction_id', sa.String(length=150), nullable=True),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('checks', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('previous', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('used_seq', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_dial_permits')),
    sa.UniqueConstraint('id', name=op.f('uq_dial_permits_id'))
    )
    with op.batch_alter_table('dial_permits', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dial_permits_number'), ['number'], unique=False)


def _dispositions() -> None:
    op.create_table('dispositions',
    sa.Column('id', sa.String(length=60), nullable=False),
    sa.Column('label', sa.String(length=200), nullable=False),
    sa.Column('key', sa.String(length=1), nullable=False),
    sa.Column('flags', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dispositions'))
    )


def _engine_pulse() -> None:
    op.create_table('engine_pulse',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_engine_pulse'))
    )


def _interactions() -> None:
    op.create_table('interactions',
    sa.Column('id', sa.String(length=150), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('leg', sa.String(length=150), nullable=False),
    sa.Column('channel', sa.String(length=200), nullable=False),
    sa.Column('queue_id', sa.String(length=60), nullable=False),
    sa.Column('did', sa.String(length=40), nullable=False),
    sa.Column('language', sa.String(length=20), nullable=False),
    sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('direction', sa.String(length=10), nullable=False),
    sa.Column('number', sa.String(length=200), nullable=True),
    sa.Column('name', sa.String(length=400), nullable=True),
    sa.Column('match', sa.String(length=10), nullable=True),
    sa.Column('customer_id', sa.String(length=40), nullable=True),
    sa.Column('contact_id', sa.String(length=40), nullable=True),
    sa.Column('candidate_ids', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('level', sa.String(length=20), nullable=True),
    sa.Column('queued_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('place', sa.DateTime(timezone=True), nullable=True),
    sa.Column('front', sa.Boolean(), nullable=False),
    sa.Column('offer_id', sa.String(length=150), nullable=True),
    sa.Column('stint_id', sa.String(length=150), nullable=True),
    sa.Column('prefer_agent', sa.String(length=40), nullable=True),
    sa.Column('prefer_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('end_reason', sa.String(length=40), nullable=True),
    sa.Column('from_fallback', sa.Boolean(), nullable=False),
    sa.Column('recording', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interactions'))
    )
    with op.batch_alter_table('interactions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_interactions_arrived_at'), ['arrived_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_interactions_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_interactions_state'), ['state'], unique=False)


def _journal() -> None:
    op.create_table('journal',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('cause', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('type', sa.String(length=60), nullable=False),
    sa.Column('subject', sa.String(length=150), nullable=True),
    sa.Column('body', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('error', sa.String(length=80), nullable=True),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_journal'))
    )
    with op.batch_alter_table('journal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_journal_subject'), ['subject'], unique=False)


def _journal_keys() -> None:
    op.create_table('journal_keys',
    sa.Column('subject', sa.String(length=150), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.PrimaryKeyConstraint('subject', name=op.f('pk_journal_keys'))
    )


def _legs() -> None:
    op.create_table('legs',
    sa.Column('id', sa.String(length=150), nullable=False),
    sa.Column('role', sa.String(length=10), nullable=False),
    sa.Column('interaction_id', sa.String(length=150), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('channel', sa.String(length=200), nullable=False),
    sa.Column('endpoint', sa.String(length=200), nullable=False),
    sa.Column('linked', sa.String(length=150), nullable=False),
    sa.Column('bridge', sa.String(length=150), nullable=False),
    sa.Column('partner', sa.String(length=150), nullable=False),
    sa.Column('place', sa.String(length=10), nullable=True),
    sa.Column('stale', sa.Boolean(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_legs'))
    )
    with op.batch_alter_table('legs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_legs_interaction_id'), ['interaction_id'], unique=False)


def _lines() -> None:
    op.create_table('lines',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('up', sa.Boolean(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('detail', sa.String(length=400), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lines'))
    )


def _offers() -> None:
    op.create_table('offers',
    sa.Column('id', sa.String(length=150), nullable=False),
    sa.Column('interaction_id', sa.String(length=150), nullable=False),
    sa.Column('agent_id', sa.String(length=40), nullable=False),
    sa.Column('endpoint', sa.String(length=80), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('leg', sa.String(length=150), nullable=False),
    sa.Column('claim', sa.String(length=150), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deadline', sa.DateTime(timezone=True), nullable=False),
    sa.Column('why', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('rendered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ring_ordered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ringing_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('leg_live', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offers'))
    )
    with op.batch_alter_table('offers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_offers_agent_id'), ['agent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_offers_interaction_id'), ['interaction_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_offers_state'), ['state'], unique=False)


def _phone_leases() -> None:
    op.create_table('phone_leases',
    sa.Column('id', sa.String(length=80), nullable=False),
    sa.Column('reachable', sa.Boolean(), nullable=False),
    sa.Column('agent_id', sa.String(length=40), nullable=True),
    sa.Column('configured', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_phone_leases'))
    )


def _phones() -> None:
    op.create_table('phones',
    sa.Column('id', sa.String(length=200), nullable=False),
    sa.Column('device', sa.String(length=10), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_phones'))
    )


def _queues() -> None:
    op.create_table('queues',
    sa.Column('id', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('ring_seconds', sa.Integer(), nullable=False),
    sa.Column('render_ms', sa.Integer(), nullable=False),
    sa.Column('wrap_seconds', sa.Integer(), nullable=False),
    sa.Column('wrap_extend_seconds', sa.Integer(), nullable=False),
    sa.Column('misses_to_pause', sa.Integer(), nullable=False),
    sa.Column('no_answer_delay', sa.Integer(), nullable=False),
    sa.Column('reject_delay', sa.Integer(), nullable=False),
    sa.Column('busy_delay', sa.Integer(), nullable=False),
    sa.Column('lost_phone_seconds', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_queues'))
    )


def _recordings() -> None:
    op.create_table('recordings',
    sa.Column('id', sa.String(length=150), nullable=False),
    sa.Column('interaction_id', sa.String(length=150), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('file', sa.String(length=200), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seconds', sa.Float(), nullable=True),
    sa.Column('bytes', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recordings'))
    )
    with op.batch_alter_table('recordings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recordings_interaction_id'), ['interaction_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_recordings_started_at'), ['started_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_recordings_state'), ['state'], unique=False)


def _stints() -> None:
    op.create_table('stints',
    sa.Column('id', sa.String(length=150), nullable=False),
    sa.Column('interaction_id', sa.String(length=150), nullable=False),
    sa.Column('agent_id', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('leg', sa.String(length=150), nullable=False),
    sa.Column('channel', sa.String(length=200), nullable=True),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('held_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('held_seconds', sa.Float(), nullable=False),
    sa.Column('talk_ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('wrapping_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('wrap_deadline', sa.DateTime(timezone=True), nullable=True),
    sa.Column('extended', sa.Integer(), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('disposition_id', sa.String(length=60), nullable=True),
    sa.Column('end_reason', sa.String(length=40), nullable=True),
    sa.Column('problem', sa.String(length=40), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stints'))
    )
    with op.batch_alter_table('stints', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stints_agent_id'), ['agent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stints_interaction_id'), ['interaction_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stints_state'), ['state'], unique=False)
