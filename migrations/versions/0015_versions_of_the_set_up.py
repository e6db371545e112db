"""versions of the set-up: two people's changes do not overwrite each other"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ('queues', 'dispositions'):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column('version', sa.Integer(), server_default='1', nullable=False))


def downgrade() -> None:
    for table in ('queues', 'dispositions'):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column('version')
