"""how long callers waited lately, by queue, and how long each was expected to wait"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    with op.batch_alter_table('interactions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('expected_wait', sa.Float(), nullable=True))
    op.create_table(
        'queue_recent',
        sa.Column('id', sa.String(length=60), nullable=False),
        sa.Column('waits', JSON, nullable=False),
        sa.Column('since', sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_queue_recent')),
    )


def downgrade() -> None:
    op.drop_table('queue_recent')
    with op.batch_alter_table('interactions', schema=None) as batch_op:
        batch_op.drop_column('expected_wait')
