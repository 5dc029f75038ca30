"""Manifests as Excel, Windows and strangers write them."""

import unicodedata
from pathlib import Path

import pytest

from okng.dataset import find_photos, read_columns
from okng.errors import DatasetError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two photos of each class."""
    for name in ("ok", "ng"):
        (tmp_path / "p" / name).mkdir(parents=True)
        for number in range(2):
            (tmp_path / "p" / name / f"{number}.png").touch()
    return tmp_path


def rows(form: str) -> str:
    """A line for each photo, as `form` makes it of path, path with back-slashes, and label."""
    photos = [(f"p/{name}/{number}.png", name) for name in ("ok", "ng") for number in range(2)]
    return "\r\n".join(form.format(p=p, w=p.replace("/", "\\"), n=n) for p, n in photos) + "\r\n"


@pytest.mark.parametrize(("head", "form", "encoding"), [
    ("path;label", "{p};{n}", "utf-8-sig"),
    ("sep=;\r\npath;label", "{p};{n}", "utf-8"),
    ("path\tlabel", "{p}\t{n}", "utf-16"),
    ("path\tlabel", "{p}\t{n}", "utf-16-le"),
    ("path|label", "{p}|{n}", "utf-8"),
    ("path,label", "{w},{n}", "utf-8"),
    ("path, label", "{p}, {n} ", "utf-8"),
    ("Path,LABEL,größe", "{p},{n},ä", "cp1252"),
    ("label,path", "{n},P/{n}/0.PNG", "utf-8"),
    ("label;path;note", '{n};"{p}";"a, b, c"', "utf-8"),
])  # fmt: skip
def test_every_way_of_writing_a_table(root: Path, head: str, form: str, encoding: str) -> None:
    """Separators, encodings, back-slashes, spaces and case of names are read as they are meant."""
    text = f"{head}\r\n{rows(form)},\r\n" if "," in head else f"{head}\r\n{rows(form)}"
    if "/0.PNG" in form:
        text = "\r\n".join(dict.fromkeys(text.split("\r\n")))
    (root / "m.csv").write_bytes(text.encode(encoding))
    dataset = find_photos(root / "m.csv")

    assert {photo.path for photo in dataset.photos} <= {
        f"p/{name}/{number}.png" for name in ("ok", "ng") for number in range(2)
    }
    assert dataset.classes == ("ok", "ng")


def test_composed_names_find_decomposed_files(root: Path) -> None:
    """A table in NFC finds files of a Mac in NFD, and columns are found by them."""
    (root / unicodedata.normalize("NFD", "größe.png")).touch()
    (root / "m.csv").write_text("path,label,shift\ngröße.png,ok,7\np/ng/0.png,ng,8\n", "utf-8")
    photos = find_photos(root / "m.csv").photos

    assert all((root / photo.path).is_file() for photo in photos)
    assert read_columns(root / "m.csv")["shift"] == {photos[0].path: "7", photos[1].path: "8"} or (
        set(read_columns(root / "m.csv")["shift"]) == {photo.path for photo in photos}
    )


def test_bytes_of_an_old_share_are_found(root: Path) -> None:
    """A table in UTF-8 finds a file whose name is stored in Latin-1."""
    with open(bytes(root) + b"/gr\xf6\xdfe.png", "wb"):  # noqa: PTH123 - a name of bytes
        pass
    (root / "m.csv").write_text("path,label\ngröße.png,ok\np/ng/0.png,ng\n", "utf-8")

    assert len(find_photos(root / "m.csv")) == 2


@pytest.mark.parametrize(("head", "words"), [
    ("filename,class", "rename 'filename' to path"), ("pfad,ergebnis", "rename 'ergebnis' to"),
    ("p/ok/0.png,ok", "put the line path,label first"), ("a,b", "the columns are 'a', 'b'"),
])  # fmt: skip
def test_missing_columns_name_what_is_there(root: Path, head: str, words: str) -> None:
    """The error shows the columns and the likely ones."""
    (root / "m.csv").write_text(f"{head}\n{rows('{p},{n}')}", "utf-8")
    with pytest.raises(DatasetError) as caught:
        find_photos(root / "m.csv")
    assert words in caught.value.message


def test_photos_one_folder_below_are_hinted_at(root: Path) -> None:
    """Who forgot the folder is told its name."""
    (root / "m.csv").write_text("path,label\nok/0.png,ok\nng/0.png,ng\n", "utf-8")
    with pytest.raises(DatasetError, match=r"p/ok/0\.png exists"):
        find_photos(root / "m.csv")
