"""drafts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('drafts',
    sa.Column('scope', sa.String(length=10), nullable=False),
    sa.Column('ref', sa.String(length=150), nullable=False),
    sa.Column('owner', sa.String(length=60), nullable=False),
    sa.Column('customer_id', sa.String(length=40), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('ticket', sa.Text(), nullable=False),
    sa.Column('disposition', sa.String(length=120), nullable=False),
    sa.Column('staff_id', sa.String(length=60), nullable=False),
    sa.Column('staff_name', sa.String(length=200), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_drafts_customer_id_customers'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('scope', 'ref', 'owner', name=op.f('pk_drafts'))
    )
    with op.batch_alter_table('drafts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_drafts_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index('ix_drafts_staff_id', ['staff_id'], unique=False)
        batch_op.create_index('ix_drafts_updated_at', ['updated_at'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('drafts', schema=None) as batch_op:
        batch_op.drop_index('ix_drafts_updated_at')
        batch_op.drop_index('ix_drafts_staff_id')
        batch_op.drop_index(batch_op.f('ix_drafts_customer_id'))

    op.drop_table('drafts')
