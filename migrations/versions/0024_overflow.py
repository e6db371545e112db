"""where a queue sends callers on: its overflow tiers, its rules for when nobody is there, and since when nobody is"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
FACTORS = ('nobody_ready', 'all_paused', 'all_busy', 'none_signed_in')


def upgrade() -> None:
    with op.batch_alter_table('queues', schema=None) as batch_op:
        batch_op.add_column(sa.Column('overflow', JSON, server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('empty', JSON, server_default='{}', nullable=False))
    op.create_table(
        'queue_lacks',
        sa.Column('id', sa.String(length=60), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in FACTORS),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_queue_lacks')),
    )


def downgrade() -> None:
    op.drop_table('queue_lacks')
    with op.batch_alter_table('queues', schema=None) as batch_op:
        batch_op.drop_column('empty')
        batch_op.drop_column('overflow')
