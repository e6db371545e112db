"""who was considered for a caller, out of the offers' rows"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.create_table(
        'choices',
        sa.Column('id', sa.String(length=150), nullable=False),
        sa.Column('interaction_id', sa.String(length=150), nullable=False),
        sa.Column('agents', JSON, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_choices')),
    )
    with op.batch_alter_table('choices', schema=None) as batch_op:
        batch_op.create_index(op.f('ix_choices_interaction_id'), ['interaction_id'], unique=False)
    op.execute('INSERT INTO choices (id, interaction_id, agents) SELECT id, interaction_id, why FROM offers')
    with op.batch_alter_table('offers', schema=None) as batch_op:
        batch_op.add_column(sa.Column('choice_id', sa.String(length=150), nullable=True))
    op.execute('UPDATE offers SET choice_id = id')
    with op.batch_alter_table('offers', schema=None) as batch_op:
        batch_op.alter_column('choice_id', existing_type=sa.String(length=150), nullable=False)
        batch_op.drop_column('why')


def downgrade() -> None:
    with op.batch_alter_table('offers', schema=None) as batch_op:
        batch_op.add_column(sa.Column('why', JSON, nullable=True))
    op.execute("UPDATE offers SET why = coalesce((SELECT agents FROM choices WHERE choices.id = offers.choice_id), '[]')")
    with op.batch_alter_table('offers', schema=None) as batch_op:
        batch_op.alter_column('why', existing_type=JSON, nullable=False)
        batch_op.drop_column('choice_id')
    op.drop_table('choices')
