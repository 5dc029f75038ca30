"""Tables of the records, for SQLite and PostgreSQL.

Rows of `inspections` and `entries` are only ever added; a retention rule removes rows and leaves a
tombstone for each. `chain_heads` is a pointer for the writer and proves nothing.
"""

from sqlalchemy import BigInteger, Column, Index, MetaData, SmallInteger, String, Table, Text

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

_DIGEST = String(64)
_ID = String(36)
_NAME = String(200)

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
    Index("ix_inspections_time", "station", "time_us", "id"),
    Index("ix_inspections_serial", "serial", "time_us"),
    Index("ix_inspections_verdict", "station", "verdict", "time_us"),
    Index("ix_inspections_live", "live_id"),
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
    Index("ix_entries_kind", "station", "kind", "time_us"),
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
