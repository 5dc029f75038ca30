"""Records in and out: tables for other programs, import into another database, backups."""

from okng.records.transfer.backup import (
    back_up,
    check_database,
    reading,
    refuse_damaged,
    refuse_missing,
    restore,
)
from okng.records.transfer.export import Exported, ExportFormat, export, export_database
from okng.records.transfer.importing import Imported, import_export

__all__ = [
    "ExportFormat",
    "Exported",
    "Imported",
    "back_up",
    "check_database",
    "export",
    "export_database",
    "import_export",
    "reading",
    "refuse_damaged",
    "refuse_missing",
    "restore",
]
