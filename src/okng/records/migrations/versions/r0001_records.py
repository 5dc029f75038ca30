"""Inspections, entries, tombstones, heads of chains, and what is derived."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Bring the tables to this revision."""
    _chain_heads()
    _entries()
    _inspections()
    _indexes_of_inspections()
    _review_states()
    _tallies()
    _tombstones()


def _chain_heads() -> None:
    op.create_table(
        "chain_heads",
        sa.Column("station", _text(200), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", _text(64), nullable=False),
        sa.PrimaryKeyConstraint("station", name=op.f("pk_chain_heads")),
    )


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("id", _text(36), nullable=False),
        sa.Column("time_us", sa.BigInteger(), nullable=False),
        sa.Column("offset_min", sa.SmallInteger(), nullable=False),
        sa.Column("station", _text(200), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject", _text(200), nullable=False),
        sa.Column("by", _text(200), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", _text(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
    )
    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.create_index("ix_entries_chain", ["station", "seq"], unique=True)
        batch_op.create_index("ix_entries_kind", ["station", "kind", "time_us", "id"], unique=False)
        batch_op.create_index("ix_entries_subject", ["subject", "kind"], unique=False)


def _inspections() -> None:
    op.create_table(
        "inspections",
        sa.Column("id", _text(36), nullable=False),
        sa.Column("time_us", sa.BigInteger(), nullable=False),
        sa.Column("offset_min", sa.SmallInteger(), nullable=False),
        sa.Column("station", _text(200), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("live_id", _text(36), nullable=True),
        sa.Column("serial", _text(200), nullable=True),
        sa.Column("batch", _text(200), nullable=True),
        sa.Column("product", _text(200), nullable=True),
        sa.Column("photo_digest", _text(64), nullable=True),
        sa.Column("photo_place", sa.Text(), nullable=True),
        sa.Column("heatmap_digest", _text(64), nullable=True),
        sa.Column("model_digest", _text(64), nullable=False),
        sa.Column("model_name", _text(200), nullable=False),
        sa.Column("operating_point", sa.Text(), nullable=False),
        sa.Column("threshold_e9", sa.BigInteger(), nullable=False),
        sa.Column("score_e9", sa.BigInteger(), nullable=True),
        sa.Column("probabilities", sa.Text(), nullable=False),
        sa.Column("unfamiliarity_e9", sa.BigInteger(), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("class_name", _text(200), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("error_code", sa.String(length=60), nullable=False),
        sa.Column("latency_us", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", _text(200), nullable=False),
        sa.Column("idempotency_key", _text(200), nullable=True),
        sa.Column("request_id", _text(200), nullable=True),
        sa.Column("okng_version", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", _text(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspections")),
    )


def _indexes_of_inspections() -> None:
    with op.batch_alter_table("inspections", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inspections_batch",
            ["batch", "time_us", "id"],
            unique=False,
            sqlite_where=sa.text("batch IS NOT NULL"),
            postgresql_where=sa.text("batch IS NOT NULL"),
        )
        batch_op.create_index("ix_inspections_chain", ["station", "seq"], unique=True)
        batch_op.create_index(
            "ix_inspections_heatmap",
            ["heatmap_digest"],
            unique=False,
            sqlite_where=sa.text("heatmap_digest IS NOT NULL"),
            postgresql_where=sa.text("heatmap_digest IS NOT NULL"),
        )
        batch_op.create_index("ix_inspections_key", ["station", "idempotency_key"], unique=True)
        batch_op.create_index(
            "ix_inspections_live",
            ["live_id"],
            unique=False,
            sqlite_where=sa.text("live_id IS NOT NULL"),
            postgresql_where=sa.text("live_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_inspections_model", ["model_digest", "time_us", "id"], unique=False
        )
        batch_op.create_index(
            "ix_inspections_photo",
            ["photo_digest"],
            unique=False,
            sqlite_where=sa.text("photo_digest IS NOT NULL"),
            postgresql_where=sa.text("photo_digest IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_inspections_serial",
            ["serial", "time_us", "id"],
            unique=False,
            sqlite_where=sa.text("serial IS NOT NULL"),
            postgresql_where=sa.text("serial IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_inspections_time", ["station", "role", "time_us", "id"], unique=False
        )
        batch_op.create_index(
            "ix_inspections_verdict", ["station", "role", "verdict", "time_us", "id"], unique=False
        )


def _review_states() -> None:
    op.create_table(
        "review_states",
        sa.Column("inspection_id", _text(36), nullable=False),
        sa.Column("station", _text(200), nullable=False),
        sa.Column("time_us", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("truth", sa.String(length=10), nullable=False),
        sa.Column("label", _text(200), nullable=False),
        sa.PrimaryKeyConstraint("inspection_id", name=op.f("pk_review_states")),
    )
    with op.batch_alter_table("review_states", schema=None) as batch_op:
        batch_op.create_index(
            "ix_review_states_label", ["label", "time_us", "inspection_id"], unique=False
        )
        batch_op.create_index(
            "ix_review_states_state", ["state", "verdict", "time_us", "inspection_id"], unique=False
        )


def _tallies() -> None:
    op.create_table(
        "tallies",
        sa.Column("station", _text(200), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("quarter_us", sa.BigInteger(), nullable=False),
        sa.Column("model_digest", _text(64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "station", "role", "quarter_us", "model_digest", name=op.f("pk_tallies")
        ),
    )


def _tombstones() -> None:
    op.create_table(
        "tombstones",
        sa.Column("station", _text(200), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("table_name", sa.String(length=20), nullable=False),
        sa.Column("hash", _text(64), nullable=False),
        sa.Column("deletion_id", _text(36), nullable=False),
        sa.PrimaryKeyConstraint("station", "seq", name=op.f("pk_tombstones")),
    )
