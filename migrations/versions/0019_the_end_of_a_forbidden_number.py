"""a do-not-call entry is found by the beginning and by the end of its number"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

PLAIN = sa.String(length=20)
ORDERED = PLAIN.with_variant(sa.VARCHAR(length=20, collation='C'), 'postgresql')
ENTRIES = sa.table('do_not_call', sa.column('id', sa.String), sa.column('pattern', sa.String), sa.column('reversed', sa.String))
PAGE = 5000


def upgrade() -> None:
    with op.batch_alter_table('do_not_call', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reversed', ORDERED, server_default='', nullable=False))
        batch_op.alter_column('pattern', type_=ORDERED, existing_type=PLAIN, existing_nullable=False)
    _turn()
    with op.batch_alter_table('do_not_call', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_do_not_call_reversed'), ['reversed'], unique=False)


def _turn() -> None:
    connection, last = op.get_bind(), ''
    some = sa.select(ENTRIES.c.id, ENTRIES.c.pattern).order_by(ENTRIES.c.id).limit(PAGE)
    turned = sa.update(ENTRIES).where(ENTRIES.c.id == sa.bindparam('entry')).values(reversed=sa.bindparam('turned'))
    while rows := connection.execute(some.where(ENTRIES.c.id > last)).all():
        connection.execute(turned, [{'entry': one.id, 'turned': one.pattern[::-1]} for one in rows])
        last = rows[-1].id


def downgrade() -> None:
    with op.batch_alter_table('do_not_call', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_do_not_call_reversed'))
        batch_op.alter_column('pattern', type_=PLAIN, existing_type=ORDERED, existing_nullable=False)
        batch_op.drop_column('reversed')
