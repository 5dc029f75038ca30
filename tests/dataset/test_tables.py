"""okng.dataset.loading.user_table: a manifest that a user wrote."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from okng.dataset import Photo, find_photos
from okng.errors import DatasetError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six photos in a folder of their own."""
    (tmp_path / "pics").mkdir()
    for number in range(6):
        (tmp_path / "pics" / f"{number}.jpg").touch()
    return tmp_path


def table(number_of_ok: int = 3) -> pd.DataFrame:
    """A manifest without faults."""
    labels = ["ok"] * number_of_ok + ["ng"] * (6 - number_of_ok)
    return pd.DataFrame({"path": [f"pics/{n}.jpg" for n in range(6)], "label": labels})


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_all_columns(folder: Path, suffix: str) -> None:
    """Path, label, group and split arrive, from CSV and from Parquet; gaps are empty."""
    groups = pd.Series(["p1", "p1", None, None, "p2", None], dtype=object)
    rows = table().assign(group=groups, split=pd.Series(["test", *[None] * 5], dtype=object))
    file = folder / f"manifest.{suffix}"
    rows.to_csv(file, index=False) if suffix == "csv" else rows.to_parquet(file)
    dataset = find_photos(file)
    assert dataset.root == folder
    assert dataset.photos[0] == Photo("pics/0.jpg", "ok", "", "p1", "test")
    assert [photo.group for photo in dataset.photos] == ["p1", "p1", "", "", "p2", ""]
    assert [photo.split for photo in dataset.photos] == ["test", "", "", "", "", ""]


def test_parquet_of_categories(folder: Path) -> None:
    """Category columns, as pandas users have them, can be read."""
    table().astype("category").to_parquet(folder / "m.parquet")
    assert len(find_photos(folder / "m.parquet")) == 6


def test_all_faults_at_once(folder: Path) -> None:
    """Every fault is in one error with its line, so that one correction is enough."""
    rows = table().assign(split=["", "exam", "", "", "", "Valid"])
    rows.loc[2, "label"] = ""
    rows.loc[3, "path"] = "pics/none.jpg"
    rows.loc[4, "path"] = "pics/0.jpg"
    rows.to_csv(folder / "m.csv", index=False)
    with pytest.raises(DatasetError, match="faults: 4") as caught:
        find_photos(folder / "m.csv")
    for fault in (
        "line 3: unknown split 'exam'",
        "line 4: no label",
        "line 5: there is no file pics/none.jpg",
        "line 6: pics/0.jpg is already in line 2",
    ):
        assert fault in caught.value.message


def test_missing_column_and_file(folder: Path) -> None:
    """A missing column does not hide the other faults."""
    (folder / "m.csv").write_text("path,class\nnone.jpg,ok\n")
    with pytest.raises(DatasetError, match=r"no column label(.|\n)*no file none.jpg"):
        find_photos(folder / "m.csv")


@pytest.mark.parametrize("content", ["", "path,label\n"])
def test_empty_table(folder: Path, content: str) -> None:
    """A manifest without rows is refused."""
    (folder / "m.csv").write_text(content)
    with pytest.raises(DatasetError, match="there is no row"):
        find_photos(folder / "m.csv")


def test_short_and_long_rows(folder: Path) -> None:
    """A row with too few values has empty ones, and surplus values do no harm."""
    lines = [f"pics/{n}.jpg,{'ok' if n < 3 else 'ng'}" for n in range(6)]
    (folder / "m.csv").write_text("\n".join(["path,label,group", lines[0] + ",p,x", *lines[1:]]))
    assert [photo.group for photo in find_photos(folder / "m.csv").photos] == ["p"] + [""] * 5


@pytest.mark.parametrize("name", ["m.csv", "m.parquet"])
def test_no_table_at_all(folder: Path, name: str) -> None:
    """Other bytes under the name of a table are refused."""
    (folder / name).write_bytes(b"\xff\xfe\x00 not a table \xe9")
    with pytest.raises(DatasetError, match="cannot be read as"):
        find_photos(folder / name)


def test_parquet_without_pandas(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pandas is missing the error says what to install."""
    table().to_parquet(folder / "m.parquet")
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(DatasetError, match=r"pip install 'okng\[evaluate\]'"):
        find_photos(folder / "m.parquet")
