"""what a caller heard last of what we had said"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('legs', schema=None) as batch_op:
        batch_op.add_column(sa.Column('said', sa.String(length=150), server_default='', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('legs', schema=None) as batch_op:
        batch_op.drop_column('said')
