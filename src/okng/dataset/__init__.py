"""Dataset: folders as users have them -> manifest with groups and splits, and decoded photos."""

from okng.dataset.changes import check_unchanged, photo_changes
from okng.dataset.class_counts import check_counts, check_enough, rare_types, set_rare_aside
from okng.dataset.classes import OkChoice
from okng.dataset.decoded_photos import load_photos
from okng.dataset.digest import add_digests
from okng.dataset.groups import group_by, join_groups
from okng.dataset.left_out import in_words, left_out_rows
from okng.dataset.loading.folder_layout import find_photos
from okng.dataset.loading.user_table import read_columns
from okng.dataset.manifest import is_own_manifest, read_manifest, write_manifest
from okng.dataset.records import Dataset, LeftOut, Photo, Reason, Unreadable
from okng.dataset.split import assign_splits, make_folds, new_split, repair_split

__all__ = [
    "Dataset",
    "LeftOut",
    "OkChoice",
    "Photo",
    "Reason",
    "Unreadable",
    "add_digests",
    "assign_splits",
    "check_counts",
    "check_enough",
    "check_unchanged",
    "find_photos",
    "group_by",
    "in_words",
    "is_own_manifest",
    "join_groups",
    "left_out_rows",
    "load_photos",
    "make_folds",
    "new_split",
    "photo_changes",
    "rare_types",
    "read_columns",
    "read_manifest",
    "repair_split",
    "set_rare_aside",
    "write_manifest",
]
