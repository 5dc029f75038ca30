"""Tables of the accounts, beside those of the records.

No secret stands in them: passwords as Argon2id, keys and session identifiers as SHA-256. Those two
are random (256 bits), so that a fast hash cannot be guessed backwards.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from okng.records.tables import metadata

_DIGEST = String(64)
_NAME = String(200)

users = Table(
    "users",
    metadata,
    Column("name", _NAME, primary_key=True),
    Column("printed_name", _NAME, nullable=False),
    Column("role", String(20), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    # Set by an admin and to be replaced by the user before anything else.
    Column("must_change", Boolean, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("password_us", BigInteger, nullable=False),
    Column("login_us", BigInteger),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("prefix", String(20), primary_key=True),
    Column("name", _NAME, nullable=False),
    Column("digest", _DIGEST, nullable=False),
    Column("scopes", String(100), nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("created_by", _NAME, nullable=False),
    Column("expires_us", BigInteger),
    Column("used_us", BigInteger),
    Column("revoked_us", BigInteger),
    Index("ix_api_keys_digest", "digest", unique=True),
    Index("ix_api_keys_name", "name"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", _DIGEST, primary_key=True),
    Column("user_name", _NAME, ForeignKey("users.name"), nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("used_us", BigInteger, nullable=False),
    Index("ix_sessions_user_name", "user_name"),
)

login_failures = Table(
    "login_failures",
    metadata,
    # A digest: people type passwords where the name belongs, and unknown names are counted, too.
    Column("name_digest", _DIGEST, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_us", BigInteger, nullable=False),
    Column("locked_until_us", BigInteger, nullable=False),
)

setup_codes = Table(
    "setup_codes",
    metadata,
    Column("digest", _DIGEST, primary_key=True),
    Column("expires_us", BigInteger, nullable=False),
)

ACCOUNT_TABLES = [users, api_keys, sessions, login_failures, setup_codes]
