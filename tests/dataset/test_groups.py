"""okng.dataset.groups: which photos show one part, as users tell it."""

from pathlib import Path

import pytest

from okng.dataset import Dataset, Photo, group_by, join_groups
from okng.errors import ConfigError


def dataset(*photos: Photo) -> Dataset:
    """Photos of one class."""
    return Dataset(Path("root"), photos, ("ok",), "ok")


def groups(found: Dataset) -> dict[str, str]:
    """Path -> group."""
    return {photo.path: photo.group for photo in found.photos}


PHOTOS = dataset(
    Photo("ok/a/part1_left.jpg", "ok"), Photo("ok/b/part1_right.jpg", "ok"),
    Photo("ok/b/part2_left.jpg", "ok"), Photo("ok/b/other.jpg", "ok"),
)  # fmt: skip


def test_pattern_names_the_part() -> None:
    """The first bracket is the part; photos that do not match stay alone."""
    assert list(groups(group_by(PHOTOS, r"(part\d+)_")).values()) == ["part1", "part1", "part2", ""]
    assert list(groups(group_by(PHOTOS, r"part\d+_l")).values()) == ["part1_l", "", "part2_l", ""]


def test_folder_is_the_part() -> None:
    """Each photo's own folder."""
    assert list(groups(group_by(PHOTOS, "folder")).values()) == ["ok/a", "ok/b", "ok/b", "ok/b"]


def test_column_is_the_part() -> None:
    """A column of the manifest goes before a pattern; empty values stay alone."""
    serial = {"ok/a/part1_left.jpg": "7", "ok/b/other.jpg": "7", "ok/b/part2_left.jpg": ""}
    found = group_by(PHOTOS, "serial", {"path": {}, "serial": serial})

    assert list(groups(found).values()) == ["7", "", "", "7"]


def test_groups_that_photos_have_are_joined() -> None:
    """What is known of a part from two sides is one group, under the name it had."""
    photos = dataset(
        Photo("ok/1_a.jpg", "ok", group="x"), Photo("ok/1_b.jpg", "ok"),
        Photo("ok/2_a.jpg", "ok", group="x"), Photo("ok/2_b.jpg", "ok"),
    )  # fmt: skip

    assert len(set(groups(group_by(photos, r"/(\d)_")).values())) == 1


def test_rule_that_matches_nothing_is_an_error() -> None:
    """With the known columns and a path to look at."""
    with pytest.raises(ConfigError, match=r"no photo(.|\n)*path, label(.|\n)*part1_left"):
        group_by(PHOTOS, "seriell", {"path": {}, "label": {}})


def test_bad_pattern_is_an_error() -> None:
    """With what is wrong with it."""
    with pytest.raises(ConfigError, match="not valid: missing"):
        group_by(PHOTOS, "(part")


def test_joined_groups_keep_a_name() -> None:
    """The first of the given ones; a new one is named after its first photo."""
    photos = dataset(
        *(Photo(f"ok/{n}", "ok", group=g) for n, g in enumerate(["", "b", "a", "", ""]))
    )
    found = groups(join_groups(photos, [["ok/1", "ok/0"], ["ok/2", "ok/0"], ["ok/3", "ok/4"]]))

    assert list(found.values()) == ["a", "a", "a", "part:ok/3", "part:ok/3"]


def test_unknown_paths_are_passed_over() -> None:
    """And a photo alone is no group."""
    assert set(groups(join_groups(PHOTOS, [["absent", "ok/b/other.jpg"]])).values()) == {""}
