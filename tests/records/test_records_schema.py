"""A database is created, upgraded or refused when it is opened."""

import functools
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from okng.accounts.tables import ACCOUNT_TABLES
from okng.errors import RecordsError
from okng.records import Records, migrations, schema
from okng.records.database import connect
from okng.records.network_shares import file_system, refuse_network_share
from okng.records.schema import open_schema
from okng.records.tables import metadata
from okng.testing.station.records import inspection_row

FOLDER = Path(migrations.__file__).parent


def test_migrations_make_the_tables_of_this_version(url: str) -> None:
    """A migrated database has the tables, columns and indexes of the code, and no others."""
    database = connect(url)
    open_schema(database.write)
    with database.read.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, metadata)
    database.dispose()

    assert difference == []
    assert {table.name for table in ACCOUNT_TABLES} <= metadata.tables.keys()


def test_the_list_of_revisions_is_that_of_the_files() -> None:
    """The fast check of the version names the last revision."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    script = ScriptDirectory.from_config(config)

    assert [each.revision for each in script.walk_revisions()][::-1] == list(migrations.REVISIONS)


def test_a_newer_schema_is_refused(url: str) -> None:
    """Its rows could mean something that this version does not handle."""
    Records(url).close()
    _sql(url, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(RecordsError, match="9999") as caught:
        Records(url)
    assert caught.value.code == "records.schema"


def test_tables_of_something_else_are_refused(tmp_path: Path) -> None:
    """A database that has such a table, but no version, is not touched."""
    with closing(sqlite3.connect(tmp_path / "r.sqlite")) as connection:
        connection.execute("CREATE TABLE inspections (id)")

    with pytest.raises(RecordsError) as caught:
        Records(tmp_path / "r.sqlite")
    assert caught.value.code == "records.schema"


def test_an_older_schema_is_upgraded_after_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows stay; beside the file lies its state before."""
    row, file = inspection_row(), tmp_path / "r.sqlite"
    with Records(file) as records:
        records.append(row).result(10)
    # The state before, as an older version would have left it: its name is one that came before.
    monkeypatch.setattr(schema, "REVISIONS", ("0000", *migrations.REVISIONS))
    upgraded: list[bool] = []
    monkeypatch.setattr(schema, "_upgrade", lambda _connection: upgraded.append(True))
    _sql(f"sqlite:///{file}", "UPDATE alembic_version SET version_num = '0000'")
    with Records(file) as records:
        assert records.inspection(row.id) == row

    (copy,) = tmp_path.glob("r.sqlite.before-0000-*")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT id FROM inspections").fetchall() == [(row.id,)]
    assert upgraded == [True]


MOUNTS = r"""
22 1 8:1 / / rw - ext4 /dev/sda1 rw
23 22 0:5 / {folder}/share rw - cifs //server/share rw
24 22 0:6 / {folder}/with\040blank rw shared:1 - nfs4 server:/x rw
25 23 8:2 / {folder}/share/local rw - xfs /dev/sdb rw
"""


@pytest.mark.parametrize(
    ("name", "kind"),
    [("share", "cifs"), ("with blank", "nfs4"), ("share/local", "xfs"), ("sharex", "ext4")],
)
def test_the_file_system_is_that_of_the_nearest_mount(tmp_path: Path, name: str, kind: str) -> None:
    """Also where a mount lies within another, or its name holds a blank."""
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS.format(folder=tmp_path).lstrip())

    assert file_system(tmp_path / name / "r.sqlite", mounts) == kind


def test_sqlite_on_a_network_share_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its write-ahead log would be damaged there."""
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS.format(folder=tmp_path).lstrip())
    monkeypatch.setattr(
        schema, "refuse_network_share", functools.partial(refuse_network_share, mounts=mounts)
    )

    with pytest.raises(RecordsError, match="cifs") as caught:
        Records(tmp_path / "share" / "r.sqlite")
    assert caught.value.code == "records.network-share"


def test_without_a_list_of_mounts_nothing_is_refused(tmp_path: Path) -> None:
    """Windows and macOS have none."""
    refuse_network_share(tmp_path / "r.sqlite", tmp_path / "missing")


def _sql(url: str, statement: str) -> None:
    database = connect(url)
    with database.write.begin() as connection:
        connection.execute(text(statement))
    database.dispose()
