"""dialling: attempts, trunk, permits sealed after their commit, do-not-call

The table of permits is made anew: no version before this one ever granted a permit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

TABLES = ('trunks', 'do_not_call_version', 'do_not_call', 'dialled_numbers', 'attempts', 'dial_permits')


def upgrade() -> None:
    op.drop_table('dial_permits')
    _permits()
    _attempts()
    _lists()
    op.bulk_insert(
        sa.table('do_not_call_version', sa.column('id', sa.String), sa.column('version', sa.BigInteger)),
        [{'id': 'all', 'version': 0}],
    )


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)
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


def _permits() -> None:
    op.create_table('dial_permits',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('attempt_id', sa.String(length=40), nullable=False),
    sa.Column('interaction_id', sa.String(length=150), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('asked_by', sa.String(length=40), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=True),
    sa.Column('salt', sa.String(length=40), nullable=True),
    sa.Column('commitment', sa.String(length=64), nullable=False),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('checks', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('previous', sa.String(length=64), nullable=True),
    sa.Column('hash', sa.String(length=64), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dial_permits')),
    sa.UniqueConstraint('attempt_id', name=op.f('uq_dial_permits_attempt_id')),
    sa.UniqueConstraint('seq', name=op.f('uq_dial_permits_seq'))
    )
    with op.batch_alter_table('dial_permits', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dial_permits_interaction_id'), ['interaction_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_dial_permits_number'), ['number'], unique=False)


def _attempts() -> None:
    op.create_table('attempts',
    sa.Column('id', sa.String(length=150), nullable=False),
    sa.Column('interaction_id', sa.String(length=150), nullable=False),
    sa.Column('agent_id', sa.String(length=40), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('leg', sa.String(length=150), nullable=False),
    sa.Column('customer_leg', sa.String(length=150), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('customer_id', sa.String(length=40), nullable=True),
    sa.Column('contact_id', sa.String(length=40), nullable=True),
    sa.Column('permit_id', sa.String(length=40), nullable=True),
    sa.Column('dialed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ringing_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(length=12), nullable=True),
    sa.Column('reason', sa.String(length=60), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attempts'))
    )
    with op.batch_alter_table('attempts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attempts_agent_id'), ['agent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attempts_ended_at'), ['ended_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_attempts_interaction_id'), ['interaction_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attempts_permit_id'), ['permit_id'], unique=False)

    op.create_table('dialled_numbers',
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('attempt_id', sa.String(length=40), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_dialled_numbers'))
    )
    with op.batch_alter_table('dialled_numbers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dialled_numbers_attempt_id'), ['attempt_id'], unique=False)

    op.create_table('trunks',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('dial', sa.String(length=200), nullable=False),
    sa.Column('caller_number', sa.String(length=40), nullable=False),
    sa.Column('ring_seconds', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trunks'))
    )


def _lists() -> None:
    op.create_table('do_not_call',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('list', sa.String(length=60), nullable=False),
    sa.Column('pattern', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('added_by', sa.String(length=40), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_do_not_call')),
    sa.UniqueConstraint('list', 'pattern', name=op.f('uq_do_not_call_list_pattern'))
    )
    with op.batch_alter_table('do_not_call', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_do_not_call_pattern'), ['pattern'], unique=False)

    op.create_table('do_not_call_version',
    sa.Column('id', sa.String(length=10), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_do_not_call_version'))
    )
