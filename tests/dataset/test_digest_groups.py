"""okng.dataset.digest: which photos are one part, and what happens to a class of broken ones."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from okng.dataset import Dataset, Photo, add_digests
from okng.errors import DatasetError

OK_AND_NG = {"a": "ok", "b": "ok", "c": "ok", "x": "ng", "y": "ng", "z": "ng"}


def photos(root: Path, labels: dict[str, str], groups: dict[str, str] | None = None) -> Dataset:
    """A data set of tiny photos; the first letter of a file decides its content."""
    for name in labels:
        Image.fromarray(np.full((4, 4, 3), ord(name[0]), np.uint8)).save(root / f"{name}.png")
    rows = tuple(Photo(f"{n}.png", lab, "", (groups or {}).get(n, "")) for n, lab in labels.items())
    return Dataset(root, rows, ("ok", "ng"), "ok")


def test_chains_of_groups_are_joined(tmp_path: Path) -> None:
    """Groups linked by copies become one, named like the first of them; the rest stays."""
    given = {"a": "shaft", "b": "shaft", "b2": "part7", "c": "part7", "c2": "lid", "x": "other"}
    dataset = add_digests(photos(tmp_path, OK_AND_NG | {"b2": "ok", "c2": "ok", "c3": "ok"}, given))
    groups = {Path(photo.path).stem: photo.group for photo in dataset.photos}
    assert {groups[name] for name in ("a", "b", "b2", "c", "c2", "c3")} == {"lid"}
    assert groups["x"] == "other"
    assert groups["y"] == groups["z"] == ""


def test_group_of_copies_is_named_by_digest(tmp_path: Path) -> None:
    """The name shows where the group comes from, and is the same on every machine."""
    dataset = add_digests(photos(tmp_path, OK_AND_NG | {"a2": "ng"}))
    first = dataset.photos[0]
    assert first.group == f"sha256:{first.sha256[:12]}"


def test_emptied_class_is_an_error(tmp_path: Path) -> None:
    """A class whose photos are all broken stops the run, with the reasons."""
    dataset = photos(tmp_path, OK_AND_NG)
    for name in "xyz":
        (tmp_path / f"{name}.png").write_bytes(b"")
    with pytest.raises(DatasetError, match=r"ng has 0(.|\n)*x\.png: The file is empty"):
        add_digests(dataset)
