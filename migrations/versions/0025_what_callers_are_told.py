"""announcements, what a queue tells its callers, what a caller was told"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.create_table(
        'announcements',
        sa.Column('id', sa.String(length=60), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('sounds', JSON, nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_announcements')),
    )
    with op.batch_alter_table('queues', schema=None) as batch_op:
        batch_op.add_column(sa.Column('announce', JSON, server_default='{}', nullable=False))
    with op.batch_alter_table('interactions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('told', JSON, server_default='{}', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('interactions', schema=None) as batch_op:
        batch_op.drop_column('told')
    with op.batch_alter_table('queues', schema=None) as batch_op:
        batch_op.drop_column('announce')
    op.drop_table('announcements')
