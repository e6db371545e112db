"""callers who are sent on: since when they wait in their queue, which of its tiers came, where they were and why not"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
NEW = (
    ('in_queue_since', sa.DateTime(timezone=True), None),
    ('tiers', JSON, '[]'),
    ('moved_from', sa.String(length=60), None),
    ('moved_why', sa.String(length=40), None),
)


def upgrade() -> None:
    with op.batch_alter_table('interactions', schema=None) as batch_op:
        for name, kind, default in NEW:
            batch_op.add_column(sa.Column(name, kind, server_default=default, nullable=default is None))
    op.execute('UPDATE interactions SET in_queue_since = queued_at WHERE ended_at IS NULL')


def downgrade() -> None:
    with op.batch_alter_table('interactions', schema=None) as batch_op:
        for name, _, _ in reversed(NEW):
            batch_op.drop_column(name)
