"""People: second step, mail address, versions, teams' leads; where sessions are used"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
EMPTY = sa.text("'[]'")
STAFF = ("words", "leads", "version", "email", "email_key", "must_change", "signed_in_at", "subject", "totp_secret", "totp_at", "totp_step")
SESSIONS = ("stage", "method", "places")


def upgrade() -> None:
    op.create_table('recovery_codes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('staff_id', sa.String(length=60), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_recovery_codes_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_codes'))
    )
    op.create_index(op.f('ix_recovery_codes_staff_id'), 'recovery_codes', ['staff_id'], unique=False)
    op.add_column('teams', sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    op.add_column('staff', sa.Column('words', sa.String(length=700), server_default='', nullable=False))
    op.execute("UPDATE staff SET words = lower(name) || ' ' || login_key")
    op.add_column('staff', sa.Column('leads', JSON, server_default=EMPTY, nullable=False))
    op.add_column('staff', sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    op.add_column('staff', sa.Column('email', sa.String(length=254), nullable=True))
    op.add_column('staff', sa.Column('email_key', sa.String(length=300), nullable=True))
    op.add_column('staff', sa.Column('must_change', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('staff', sa.Column('signed_in_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('staff', sa.Column('subject', sa.String(length=400), nullable=True))
    op.add_column('staff', sa.Column('totp_secret', sa.String(length=300), nullable=True))
    op.add_column('staff', sa.Column('totp_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('staff', sa.Column('totp_step', sa.BigInteger(), nullable=True))
    op.create_index(op.f('ix_staff_email_key'), 'staff', ['email_key'], unique=True)
    op.create_index(op.f('ix_staff_subject'), 'staff', ['subject'], unique=True)
    op.add_column('sessions', sa.Column('stage', sa.String(length=10), server_default='open', nullable=False))
    op.add_column('sessions', sa.Column('method', sa.String(length=20), server_default='password', nullable=False))
    op.add_column('sessions', sa.Column('places', JSON, server_default=EMPTY, nullable=False))
    op.create_index('ix_audit_action_seq', 'audit', ['action', 'seq'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_audit_action_seq', table_name='audit')
    for name in SESSIONS:
        op.drop_column('sessions', name)
    op.drop_index(op.f('ix_staff_subject'), table_name='staff')
    op.drop_index(op.f('ix_staff_email_key'), table_name='staff')
    for name in STAFF:
        op.drop_column('staff', name)
    op.drop_column('teams', 'version')
    op.drop_table('recovery_codes')
