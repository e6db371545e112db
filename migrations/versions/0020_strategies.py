"""what the strategies go by: what agents did today, whose turn it is, and the agents' numbers in records of choices"""

import zlib
from base64 import b64decode
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
AGENTS = sa.table('agents', sa.column('id', sa.String), sa.column('name', sa.String), sa.column('number', sa.Integer))
CHOICES = sa.table('choices', sa.column('id', sa.String), sa.column('agents', JSON))
PASSED = {'idle_for_less_time', 'no_fewer_calls', 'no_less_talk', 'later_in_the_round', 'further_down', 'not_drawn',
          'rung_later', 'lower_skill'}
"""Reasons, at this version, of those who could have had the caller."""


def upgrade() -> None:
    with op.batch_alter_table('agents', schema=None) as batch_op:
        batch_op.add_column(sa.Column('number', sa.Integer(), server_default='0', nullable=False))
    connection = op.get_bind()
    people = connection.execute(sa.select(AGENTS.c.id).order_by(AGENTS.c.id)).scalars().all()
    numbered = sa.update(AGENTS).where(AGENTS.c.id == sa.bindparam('person')).values(number=sa.bindparam('nth'))
    if people:
        connection.execute(numbered, [{'person': one, 'nth': nth} for nth, one in enumerate(people)])
    with op.batch_alter_table('queues', schema=None) as batch_op:
        batch_op.add_column(sa.Column('progress_seconds', sa.Integer(), server_default='5', nullable=False))
    op.create_table(
        'agent_tallies',
        sa.Column('id', sa.String(length=40), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('calls', sa.Integer(), nullable=False),
        sa.Column('talk_seconds', sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_agent_tallies')),
    )
    op.create_table(
        'queue_rounds',
        sa.Column('id', sa.String(length=60), nullable=False),
        sa.Column('agent_id', sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_queue_rounds')),
    )


def downgrade() -> None:
    _write_choices_out()
    op.drop_table('queue_rounds')
    op.drop_table('agent_tallies')
    with op.batch_alter_table('queues', schema=None) as batch_op:
        batch_op.drop_column('progress_seconds')
    with op.batch_alter_table('agents', schema=None) as batch_op:
        batch_op.drop_column('number')


def _write_choices_out() -> None:
    """Each agent of each choice by name again, as versions before this one read them."""
    connection = op.get_bind()
    roster = {row.number: row for row in connection.execute(sa.select(AGENTS))}
    put = sa.update(CHOICES).where(CHOICES.c.id == sa.bindparam('choice')).values(agents=sa.bindparam('list'))
    last = ''
    while True:
        some = sa.select(CHOICES).where(CHOICES.c.id > last).order_by(CHOICES.c.id).limit(100)
        rows = connection.execute(some).all()
        if not rows:
            return
        last = rows[-1].id
        for row in rows:
            if isinstance(row.agents, dict):
                connection.execute(put, {'choice': row.id, 'list': _listed(row.agents, roster)})


def _listed(kept: dict[str, Any], roster: dict[int, Any]) -> list[dict[str, Any]]:
    found = []
    for nth, (number, reason, idle, _) in enumerate(kept['ranked']):
        found.append((number, 'chosen' if nth < kept['chosen'] else 'passed', reason, idle))
    for reason, text in kept['sets'].items():
        packed = text.startswith('z')
        bits = int.from_bytes(zlib.decompress(b64decode(text[1:])), 'little') if packed else int(text, 16)
        verdict = 'passed' if reason in PASSED else 'rejected'
        found += [(number, verdict, reason, 0.0) for number in range(bits.bit_length()) if bits >> number & 1]
    names = ('agent_id', 'name', 'verdict', 'reason', 'idle_seconds')
    return [
        dict(zip(names, (roster[number].id, roster[number].name, *rest), strict=True))
        for number, *rest in found
        if number in roster
    ]
