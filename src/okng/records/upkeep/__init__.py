"""What keeps records usable for years: rules of retention, backup, restore."""

from okng.records.upkeep.retention import Retained, RetentionRule, retain, retain_photos

__all__ = ["Retained", "RetentionRule", "retain", "retain_photos"]
