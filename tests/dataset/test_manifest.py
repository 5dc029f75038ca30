"""The manifest reads back as it was written."""

from pathlib import Path

import pytest

from okng.dataset import Dataset, Photo, read_manifest, write_manifest
from okng.errors import DatasetError


def test_any_file_name_survives(tmp_path: Path) -> None:
    """Commas, quotes, line ends and umlauts are names like any other."""
    names = ["a,b.jpg", 'c"d.jpg', "e\nf.jpg", "größe.jpg"]
    photos = tuple(Photo(n, "ok" if i else "bad", "0" * 64, "g", "train")
                   for i, n in enumerate(names))  # fmt: skip
    dataset = Dataset(tmp_path, photos, ("ok", "bad"), "ok")
    write_manifest(dataset, tmp_path / "manifest.csv")

    assert read_manifest(tmp_path / "manifest.csv", tmp_path) == dataset


def test_another_table_is_refused(tmp_path: Path) -> None:
    """A file of another kind ends in a clear error."""
    (tmp_path / "manifest.csv").write_text("a,b\n1,2\n")

    with pytest.raises(DatasetError, match="manifest cannot be read"):
        read_manifest(tmp_path / "manifest.csv", tmp_path)
