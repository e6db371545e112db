"""whose database it is: the platform that read it last"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'engine_owner',
        sa.Column('id', sa.String(length=40), nullable=False),
        sa.Column('token', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_engine_owner')),
    )


def downgrade() -> None:
    op.drop_table('engine_owner')
