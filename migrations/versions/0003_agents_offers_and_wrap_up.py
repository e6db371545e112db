"""Agents' states and their history, queues' strategy and wrap-up mode, offers made to several"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('agent_states',
    sa.Column('id', sa.String(length=150), nullable=False),
    sa.Column('agent_id', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('standing', sa.String(length=12), nullable=False),
    sa.Column('was', sa.String(length=12), nullable=False),
    sa.Column('was_since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('why', sa.String(length=40), nullable=False),
    sa.Column('about', sa.String(length=200), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agent_states'))
    )
    with op.batch_alter_table('agent_states', schema=None) as batch_op:
        batch_op.create_index('ix_agent_states_agent_id_at', ['agent_id', 'at'], unique=False)

    with op.batch_alter_table('agents', schema=None) as batch_op:
        batch_op.add_column(sa.Column('standing', sa.String(length=12), server_default='out', nullable=False))
        batch_op.add_column(sa.Column('why', sa.String(length=40), server_default='', nullable=False))
        batch_op.add_column(sa.Column('about', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('away_after', sa.Integer(), nullable=True))

    with op.batch_alter_table('dispositions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('labels', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default='{}', nullable=False))
        batch_op.add_column(sa.Column('queues', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default='[]', nullable=False))

    with op.batch_alter_table('offers', schema=None) as batch_op:
        batch_op.add_column(sa.Column('shared', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('answered_by', sa.String(length=40), nullable=True))

    with op.batch_alter_table('queues', schema=None) as batch_op:
        batch_op.add_column(sa.Column('strategy', sa.String(length=20), server_default='longest_idle', nullable=False))
        batch_op.add_column(sa.Column('wrap_mode', sa.String(length=10), server_default='optional', nullable=False))
        batch_op.add_column(sa.Column('wrap_extensions', sa.Integer(), server_default='3', nullable=False))

    with op.batch_alter_table('stints', schema=None) as batch_op:
        batch_op.add_column(sa.Column('disposition_missing', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('stints', schema=None) as batch_op:
        batch_op.drop_column('disposition_missing')

    with op.batch_alter_table('queues', schema=None) as batch_op:
        batch_op.drop_column('wrap_extensions')
        batch_op.drop_column('wrap_mode')
        batch_op.drop_column('strategy')

    with op.batch_alter_table('offers', schema=None) as batch_op:
        batch_op.drop_column('answered_by')
        batch_op.drop_column('shared')

    with op.batch_alter_table('dispositions', schema=None) as batch_op:
        batch_op.drop_column('queues')
        batch_op.drop_column('labels')

    with op.batch_alter_table('agents', schema=None) as batch_op:
        batch_op.drop_column('away_after')
        batch_op.drop_column('about')
        batch_op.drop_column('why')
        batch_op.drop_column('standing')

    with op.batch_alter_table('agent_states', schema=None) as batch_op:
        batch_op.drop_index('ix_agent_states_agent_id_at')

    op.drop_table('agent_states')
