"""Tables of the records, for SQLite and PostgreSQL.

Rows of `inspections` and `entries` are only ever added; a retention rule removes rows and leaves a
tombstone for each. `chain_heads` is a pointer for the writer and proves nothing. `review_states`
and `tallies` repeat what the rows hold in a form that is fast to read (`okng.records.derived`).
`sink_cursors` and `set_aside` are about the way out (`okng.records.outbox`).
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)


def _text(length: int) -> String:
    # Order of code points, as in SQLite: ranges of prefixes and of identifiers rely on it.
    return String(length).with_variant(String(length, collation="C"), "postgresql")


_DIGEST = _text(64)
_ID = _text(36)
_NAME = _text(200)


def _sparse(name: str, column: str, *others: str) -> Index:
    """An index without the rows that leave its first column empty."""
    given = text(f"{column} IS NOT NULL")
    return Index(name, column, *others, sqlite_where=given, postgresql_where=given)


inspections = Table(
    "inspections",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("time_us", BigInteger, nullable=False),
    Column("offset_min", SmallInteger, nullable=False),
    Column("station", _NAME, nullable=False),
    Column("role", String(10), nullable=False),
    Column("live_id", _ID),
    Column("serial", _NAME),
    Column("batch", _NAME),
    Column("product", _NAME),
    Column("photo_digest", _DIGEST),
    Column("photo_place", Text),
    Column("heatmap_digest", _DIGEST),
    Column("model_digest", _DIGEST, nullable=False),
    Column("model_name", _NAME, nullable=False),
    Column("operating_point", Text, nullable=False),
    Column("threshold_e9", BigInteger, nullable=False),
    Column("score_e9", BigInteger),
    Column("probabilities", Text, nullable=False),
    Column("unfamiliarity_e9", BigInteger),
    Column("verdict", String(10), nullable=False),
    Column("class_name", _NAME, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("error_code", String(60), nullable=False),
    Column("latency_us", BigInteger, nullable=False),
    Column("asked_by", _NAME, nullable=False),
    Column("idempotency_key", _NAME),
    Column("request_id", _NAME),
    Column("okng_version", String(40), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", _DIGEST, nullable=False),
    Index("ix_inspections_chain", "station", "seq", unique=True),
    # NULL differs from NULL in both databases: rows without a key never collide.
    Index("ix_inspections_key", "station", "idempotency_key", unique=True),
    # The others end in the order of pages: time, then identifier.
    Index("ix_inspections_time", "station", "role", "time_us", "id"),
    Index("ix_inspections_verdict", "station", "role", "verdict", "time_us", "id"),
    Index("ix_inspections_model", "model_digest", "time_us", "id"),
    _sparse("ix_inspections_serial", "serial", "time_us", "id"),
    _sparse("ix_inspections_batch", "batch", "time_us", "id"),
    _sparse("ix_inspections_live", "live_id"),
    _sparse("ix_inspections_photo", "photo_digest"),
    _sparse("ix_inspections_heatmap", "heatmap_digest"),
)

entries = Table(
    "entries",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("time_us", BigInteger, nullable=False),
    Column("offset_min", SmallInteger, nullable=False),
    Column("station", _NAME, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("subject", _NAME, nullable=False),
    Column("by", _NAME, nullable=False),
    Column("payload", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", _DIGEST, nullable=False),
    Index("ix_entries_chain", "station", "seq", unique=True),
    Index("ix_entries_kind", "station", "kind", "time_us", "id"),
    Index("ix_entries_subject", "subject", "kind"),
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("station", _NAME, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("table_name", String(20), nullable=False),
    Column("hash", _DIGEST, nullable=False),
    # The entry of kind `deletion` that states the rule, the time and who.
    Column("deletion_id", _ID, nullable=False),
)

chain_heads = Table(
    "chain_heads",
    metadata,
    Column("station", _NAME, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", _DIGEST, nullable=False),
)

review_states = Table(
    "review_states",
    metadata,
    Column("inspection_id", _ID, primary_key=True),
    Column("station", _NAME, nullable=False),
    Column("time_us", BigInteger, nullable=False),
    Column("verdict", String(10), nullable=False),
    # `open` waits for a review, `done` has one.
    Column("state", String(10), nullable=False),
    Column("truth", String(10), nullable=False),
    Column("label", _NAME, nullable=False),
    Index("ix_review_states_state", "state", "verdict", "time_us", "inspection_id"),
    Index("ix_review_states_label", "label", "time_us", "inspection_id"),
)

tallies = Table(
    "tallies",
    metadata,
    Column("station", _NAME, primary_key=True),
    Column("role", String(10), primary_key=True),
    Column("quarter_us", BigInteger, primary_key=True),
    Column("model_digest", _DIGEST, primary_key=True),
    Column("content", Text, nullable=False),
)

sink_cursors = Table(
    "sink_cursors",
    metadata,
    Column("sink", _NAME, primary_key=True),
    Column("station", _NAME, primary_key=True),
    # The sink has every row of the chain up to this number.
    Column("seq", BigInteger, nullable=False),
    Column("time_us", BigInteger, nullable=False),
)

set_aside = Table(
    "set_aside",
    metadata,
    Column("sink", _NAME, primary_key=True),
    Column("station", _NAME, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("row_id", _ID, nullable=False),
    Column("time_us", BigInteger, nullable=False),
    Column("code", String(60), nullable=False),
    Column("reason", Text, nullable=False),
    # `refused`, or `again` where a person asked for another try.
    Column("state", String(10), nullable=False),
)
