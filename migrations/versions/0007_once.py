"""Requests carried out once: answers of commands, and things made"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('answers',
    sa.Column('id', sa.String(length=150), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('hour', sa.String(length=13), nullable=False),
    sa.Column('reply', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answers'))
    )
    op.create_table('requests_done',
    sa.Column('id', sa.String(length=150), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('ref', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_requests_done'))
    )
    with op.batch_alter_table('requests_done', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_requests_done_at'), ['at'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('requests_done', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_requests_done_at'))

    op.drop_table('requests_done')
    op.drop_table('answers')
