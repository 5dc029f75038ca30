"""okng.dataset.manifest: odd file names, other readers, and damaged files."""

from pathlib import Path

import pandas as pd
import pytest

from okng.dataset import Dataset, Photo, read_manifest, write_manifest
from okng.errors import DatasetError

NAMES = [
    "ok/a,b;c.jpg", 'ok/say "hi".jpg', "ok/日本.png", "ng/two\nlines.jpg", "ng/return\rin it.jpg",
    " ng/space .jpg", "ng/#'=1+1.jpg", "ng/\udcff.jpg",
]  # fmt: skip


def dataset(root: Path, names: list[str]) -> Dataset:
    """Photos with every column filled."""
    photos = tuple(Photo(n, "ok" if n[0] == "o" else "ng", "ab" * 32, "g 1", "val") for n in names)
    return Dataset(root, photos, ("ok", "ng"), "ok")


def test_odd_names_come_back(tmp_path: Path) -> None:
    """A bare carriage return and bytes that are no UTF-8 survive as well."""
    written = dataset(tmp_path, NAMES)
    write_manifest(written, tmp_path / "manifest.csv")
    assert read_manifest(tmp_path / "manifest.csv", tmp_path) == written


def test_columns_are_stable(tmp_path: Path) -> None:
    """Other people's scripts find these columns, in this order, in UTF-8 with plain line ends."""
    write_manifest(dataset(tmp_path, ["ok/Größe.jpg", "ng/1.jpg"]), tmp_path / "m.csv")
    lines = (tmp_path / "m.csv").read_bytes().decode("utf-8").split("\n")
    assert lines[0] == "path,sha256,label,group,split,group_source"
    assert lines[1] == f"ok/Größe.jpg,{'ab' * 32},ok,g 1,val,"


def test_pandas_reads_it(tmp_path: Path) -> None:
    """The usual reader sees the same names."""
    names = [name for name in NAMES if "\udcff" not in name]
    write_manifest(dataset(tmp_path, names), tmp_path / "m.csv")
    assert pd.read_csv(tmp_path / "m.csv")["path"].tolist() == names


@pytest.mark.parametrize("content", [None, "", "path,sha256,label,group,split\na,b\n", '"a'])
def test_damaged_manifest_is_refused(tmp_path: Path, content: str | None) -> None:
    """A missing, empty or cut manifest is an error that names it."""
    if content is not None:
        (tmp_path / "m.csv").write_text(content)
    with pytest.raises(DatasetError, match="manifest cannot be read") as caught:
        read_manifest(tmp_path / "m.csv", tmp_path)
    assert caught.value.where == tmp_path / "m.csv"
