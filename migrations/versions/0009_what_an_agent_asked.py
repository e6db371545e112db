"""what an agent asked of the switch, until it confirms it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('stints', schema=None) as batch_op:
        batch_op.add_column(sa.Column('asked', sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('stints', schema=None) as batch_op:
        batch_op.drop_column('asked_at')
        batch_op.drop_column('asked')
