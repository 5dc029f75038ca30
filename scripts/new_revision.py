"""Writes a revision of the schema from the difference between migrations and tables.

Usage: new_revision.py NAME
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from okng.records import migrations
from okng.records.database import connect
from okng.records.schema import open_schema
from okng.records.tables import metadata


def main(name: str) -> None:
    """Migrate an empty database, compare it with the tables, and write what is missing."""
    try:
        from okng.accounts import tables  # noqa: F401, PLC0415 - joins the same MetaData
    except ModuleNotFoundError:
        print("okng.accounts is not there; its tables are left out", file=sys.stderr)
    folder = Path(migrations.__file__).parent
    number = f"{len(list((folder / 'versions').glob('r*.py'))) + 1:04d}"
    with tempfile.TemporaryDirectory() as scratch:
        database = connect(Path(scratch) / "r.sqlite")
        if migrations.REVISIONS:
            open_schema(database.write)
        with database.write.begin() as connection:
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(folder))
            config.set_main_option("file_template", f"r{number}_%%(slug)s")
            command.revision(config, name, autogenerate=True, rev_id=number)
        database.dispose()
    print(f"{len(metadata.tables)} tables; read the new file, and add {number!r} to REVISIONS")


if __name__ == "__main__":
    main(sys.argv[1])
