"""who serves which queue: skills, groups, profiles; changes of the set-up with what was before"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
OF_QUEUES = (
    ('everyone', sa.Boolean(), sa.true()),
    ('groups', JSON, '[]'),
    ('members', JSON, '[]'),
    ('skills', JSON, '{}'),
    ('evaluation', sa.String(length=10), 'all'),
    ('steps', JSON, '[]'),
    ('priority', sa.Integer(), '0'),
    ('dids', JSON, '[]'),
    ('active', sa.Boolean(), sa.true()),
)


def upgrade() -> None:
    for table in ('skills', 'agent_groups'):
        op.create_table(
            table,
            sa.Column('id', sa.String(length=60), nullable=False),
            sa.Column('name', sa.String(length=200), nullable=False),
            sa.Column('version', sa.Integer(), nullable=False),
            sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{table}')),
        )
    op.create_table(
        'profiles',
        sa.Column('id', sa.String(length=40), nullable=False),
        sa.Column('skills', JSON, nullable=False),
        sa.Column('groups', JSON, nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_profiles')),
    )
    op.create_table(
        'setup_changes',
        sa.Column('id', sa.String(length=150), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor', sa.String(length=40), nullable=False),
        sa.Column('edits', JSON, nullable=False),
        sa.Column('undoes', sa.String(length=150), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_setup_changes')),
    )
    with op.batch_alter_table('queues', schema=None) as batch_op:
        for name, kind, default in OF_QUEUES:
            batch_op.add_column(sa.Column(name, kind, server_default=default, nullable=False))
    with op.batch_alter_table('interactions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('step', sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('interactions', schema=None) as batch_op:
        batch_op.drop_column('step')
    with op.batch_alter_table('queues', schema=None) as batch_op:
        for name, _, _ in reversed(OF_QUEUES):
            batch_op.drop_column(name)
    for table in ('setup_changes', 'profiles', 'agent_groups', 'skills'):
        op.drop_table(table)
