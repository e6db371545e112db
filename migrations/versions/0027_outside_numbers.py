"""outside numbers that are called for callers who wait, and where a caller was served"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None

TIMES = ('dialed_at', 'ringing_at', 'answered_at', 'ended_at')


def upgrade() -> None:
    with op.batch_alter_table('interactions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('outside', sa.String(length=20), nullable=True))
    op.create_table(
        'outside_dials',
        sa.Column('id', sa.String(length=150), nullable=False),
        sa.Column('interaction_id', sa.String(length=150), nullable=False),
        sa.Column('queue_id', sa.String(length=60), nullable=False),
        sa.Column('number', sa.String(length=20), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('leg', sa.String(length=150), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('permit_id', sa.String(length=40), nullable=True),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in TIMES),
        sa.Column('outcome', sa.String(length=12), nullable=True),
        sa.Column('reason', sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_outside_dials')),
    )
    with op.batch_alter_table('outside_dials', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outside_dials_interaction_id'), ['interaction_id'])


def downgrade() -> None:
    op.drop_table('outside_dials')
    with op.batch_alter_table('interactions', schema=None) as batch_op:
        batch_op.drop_column('outside')
