"""What lets records live for years: opening, schedule, rules of retention, backup, restore."""

from okng.records.upkeep.retention import Retained, RetentionRule, retain, retain_photos
from okng.records.upkeep.schedule import retain_as_set
from okng.records.upkeep.station_records import (
    StationRecords,
    database_of,
    heads_folder,
    keys_folder,
    photo_store,
    reach,
    station_records,
)

__all__ = [
    "Retained",
    "RetentionRule",
    "StationRecords",
    "database_of",
    "heads_folder",
    "keys_folder",
    "photo_store",
    "reach",
    "retain",
    "retain_as_set",
    "retain_photos",
    "station_records",
]
