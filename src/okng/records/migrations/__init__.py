"""Revisions of the schema, in order. A change of a table comes with a revision of its own.

To add one: change the table; run `python scripts/new_revision.py NAME`; read what it wrote to
`versions/`; add its identifier to `REVISIONS`. A test compares the migrated database with the
tables, those of `okng.accounts` included: both share one MetaData and this one line of revisions.
"""

REVISIONS = ("0001", "0002", "0003")
"""Identifiers, oldest first; the last one is the schema of this version."""
