"""The tree of folders below a root: photos, other files, system folders; and folder names."""

from okng.dataset.tree.exports import refuse_export, tables_in
from okng.dataset.tree.nesting import descend, refuse_nested
from okng.dataset.tree.scanning import Folder, Scan, is_photo_name, scan
from okng.dataset.tree.splits import split_of

__all__ = [
    "Folder", "Scan", "descend", "is_photo_name", "refuse_export", "refuse_nested", "scan",
    "split_of", "tables_in",
]  # fmt: skip
