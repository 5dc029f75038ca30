"""Cursors of sinks in the chains of stations, and deliveries that were refused."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Bring the tables to this revision."""
    _set_aside()
    _sink_cursors()


def _set_aside() -> None:
    op.create_table(
        "set_aside",
        sa.Column("sink", _text(200), nullable=False),
        sa.Column("station", _text(200), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("row_id", _text(36), nullable=False),
        sa.Column("time_us", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("sink", "station", "seq", name=op.f("pk_set_aside")),
    )


def _sink_cursors() -> None:
    op.create_table(
        "sink_cursors",
        sa.Column("sink", _text(200), nullable=False),
        sa.Column("station", _text(200), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("time_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sink", "station", name=op.f("pk_sink_cursors")),
    )
