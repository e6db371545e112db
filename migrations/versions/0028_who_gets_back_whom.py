"""sticky and owner agents, and places that are given back to who calls again"""

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None

CALLS = (
    ('last_agent', sa.String(length=40)),
    ('last_talk_at', sa.DateTime(timezone=True)),
    ('owner_agent', sa.String(length=60)),
    ('preferred', sa.String(length=20)),
    ('resumed', sa.String(length=150)),
)
QUEUES = (
    ('sticky_seconds', sa.Integer(), '0'),
    ('sticky_days', sa.Integer(), '30'),
    ('owner_seconds', sa.Integer(), '0'),
    ('owner_first', sa.Boolean(), sa.false()),
    ('resume_seconds', sa.Integer(), '60'),
)


def upgrade() -> None:
    with op.batch_alter_table('interactions', schema=None) as batch_op:
        for name, kind in CALLS:
            batch_op.add_column(sa.Column(name, kind, nullable=True))
        batch_op.create_index(
            batch_op.f('ix_interactions_number_arrived_at'), ['number', 'arrived_at'], unique=False
        )
    with op.batch_alter_table('queues', schema=None) as batch_op:
        for name, kind, default in QUEUES:
            batch_op.add_column(sa.Column(name, kind, server_default=default, nullable=False))
    op.create_table(
        'given_up_places',
        sa.Column('id', sa.String(length=150), nullable=False),
        sa.Column('queue_id', sa.String(length=60), nullable=False),
        sa.Column('number', sa.String(length=200), nullable=False),
        sa.Column('place', sa.DateTime(timezone=True), nullable=False),
        sa.Column('until', sa.DateTime(timezone=True), nullable=False),
        sa.Column('first', sa.String(length=150), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_given_up_places')),
    )


def downgrade() -> None:
    op.drop_table('given_up_places')
    with op.batch_alter_table('queues', schema=None) as batch_op:
        for name, _, _ in reversed(QUEUES):
            batch_op.drop_column(name)
    with op.batch_alter_table('interactions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_interactions_number_arrived_at'))
        for name, _ in reversed(CALLS):
            batch_op.drop_column(name)
