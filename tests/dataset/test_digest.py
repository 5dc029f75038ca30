"""Byte-identical photos become one group."""

import shutil
from dataclasses import replace
from pathlib import Path

from okng.dataset import add_digests, find_photos
from okng.testing import write_folder


def test_copies_share_a_group_and_others_have_none(tmp_path: Path) -> None:
    """The same bytes under two names are one part."""
    root = write_folder(tmp_path, good=4, defective=4, size=24)
    shutil.copy(root / "ok" / "part0000_0.jpg", root / "ok" / "copy.jpg")

    groups = {p.path: p.group for p in add_digests(find_photos(root)).photos}

    assert groups["ok/copy.jpg"] == groups["ok/part0000_0.jpg"] != ""
    assert sum(bool(group) for group in groups.values()) == 2


def test_given_groups_with_a_common_photo_become_one(tmp_path: Path) -> None:
    """What the user did not see, the bytes tell."""
    root = write_folder(tmp_path, good=4, defective=4, size=24)
    shutil.copy(root / "ok" / "part0000_0.jpg", root / "ok" / "copy.jpg")
    found = find_photos(root)
    names = {"ok/copy.jpg": "A", "ok/part0000_0.jpg": "B", "ok/part0001_0.jpg": "B"}
    given = replace(
        found, photos=tuple(replace(p, group=names.get(p.path, "")) for p in found.photos)
    )

    groups = {p.path: p.group for p in add_digests(given).photos}

    assert len({groups[path] for path in names}) == 1


def test_digest_depends_on_contents_and_labels_only(tmp_path: Path) -> None:
    """Renaming photos leaves the digest, moving one to another class does not."""
    root = write_folder(tmp_path, good=4, defective=4, size=24)
    before = add_digests(find_photos(root)).digest
    (root / "ok" / "part0000_0.jpg").rename(root / "ok" / "zzz.jpg")
    renamed = add_digests(find_photos(root)).digest
    (root / "ok" / "zzz.jpg").rename(root / "defective" / "zzz.jpg")

    assert before == renamed != add_digests(find_photos(root)).digest
