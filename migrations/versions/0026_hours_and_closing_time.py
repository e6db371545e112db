"""hours, calendars, what becomes of callers of a closed queue; why a caller is turned away, and what they are told"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    with op.batch_alter_table('interactions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('dismissal', JSON, nullable=True))
    with op.batch_alter_table('queues', schema=None) as batch_op:
        batch_op.add_column(sa.Column('hours_id', sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column('closed', JSON, server_default='{}', nullable=False))
    op.create_table(
        'calendars',
        sa.Column('id', sa.String(length=60), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('days', JSON, nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_calendars')),
    )
    op.create_table(
        'hours',
        sa.Column('id', sa.String(length=60), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('zone', sa.String(length=60), nullable=False),
        sa.Column('weekly', JSON, nullable=False),
        sa.Column('calendars', JSON, nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_hours')),
    )
    op.create_table(
        'openings',
        sa.Column('id', sa.String(length=60), nullable=False),
        sa.Column('open', sa.Boolean(), nullable=False),
        sa.Column('changes_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_openings')),
    )


def downgrade() -> None:
    for table in ('openings', 'hours', 'calendars'):
        op.drop_table(table)
    with op.batch_alter_table('queues', schema=None) as batch_op:
        batch_op.drop_column('closed')
        batch_op.drop_column('hours_id')
    with op.batch_alter_table('interactions', schema=None) as batch_op:
        batch_op.drop_column('dismissal')
