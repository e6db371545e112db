"""the folded reason of a do-not-call entry, by which it is found"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_core.customers.names import key

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

ENTRIES = sa.table('do_not_call', sa.column('id', sa.String), sa.column('reason', sa.String), sa.column('words', sa.String))


def upgrade() -> None:
    with op.batch_alter_table('do_not_call', schema=None) as batch_op:
        batch_op.add_column(sa.Column('words', sa.String(length=600), server_default='', nullable=False))
    connection = op.get_bind()
    reasons = connection.execute(sa.select(ENTRIES.c.id, ENTRIES.c.reason).where(ENTRIES.c.reason != '')).all()
    words = sa.update(ENTRIES).where(ENTRIES.c.id == sa.bindparam('entry')).values(words=sa.bindparam('folded'))
    if reasons:
        connection.execute(words, [{'entry': one.id, 'folded': key(one.reason)} for one in reasons])


def downgrade() -> None:
    with op.batch_alter_table('do_not_call', schema=None) as batch_op:
        batch_op.drop_column('words')
