"""the folded reason of a do-not-call entry, by which it is found"""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

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
        connection.execute(words, [{'entry': one.id, 'folded': folded(one.reason)} for one in reasons])


_LETTERS = str.maketrans({'ø': 'o', 'ł': 'l', 'đ': 'd', 'æ': 'ae', 'œ': 'oe', 'ı': 'i', 'þ': 'th', 'ð': 'd'})


def folded(text: str) -> str:
    """As `crm_core.customers.names.key` was at this version: what it becomes later is none of this one's business."""
    plain = unicodedata.normalize('NFKD', text.casefold().translate(_LETTERS))
    kept = ''.join(' ' if not _counts(char) else char for char in plain if unicodedata.category(char) != 'Mn')
    return ' '.join(unicodedata.normalize('NFC', kept.casefold()).split())[:600].rstrip()


def _counts(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char) in ('Mc', 'Nd')


def downgrade() -> None:
    with op.batch_alter_table('do_not_call', schema=None) as batch_op:
        batch_op.drop_column('words')
