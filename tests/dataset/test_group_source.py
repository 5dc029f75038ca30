"""Whether a group is the user's or okng's own is stated, not read from its name."""

from pathlib import Path

from okng.dataset import Dataset, Photo, add_digests, find_photos, join_groups, read_manifest
from okng.dataset import write_manifest as write
from okng.dataset.records import GroupSource
from okng.testing import write_folder


def test_a_given_group_may_have_any_name(tmp_path: Path) -> None:
    """`part:001` and `sha256:x` in a user's table are given groups."""
    write_folder(tmp_path, good=3, defective=3, size=24)
    names = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.jpg"))
    lines = [f"{n},{n.split('/')[0]},{'part' if i % 2 else 'sha256'}:{i}"
             for i, n in enumerate(names)]  # fmt: skip
    (tmp_path / "m.csv").write_text("\n".join(["path,label,group", *lines]))
    dataset = add_digests(find_photos(tmp_path / "m.csv"))

    assert all(photo.was_given for photo in dataset.photos)


def test_derived_names_do_not_collide_with_given_ones() -> None:
    """Photos that okng joins never slip into a group of the user."""
    photos = (Photo("ok/a", "ok"), Photo("ok/b", "ok"), Photo("ok/c", "ok", group="part:ok/a"))
    found = join_groups(Dataset(Path("r"), photos, ("ok",), "ok"), [["ok/a", "ok/b"]]).photos

    assert found[0].group == found[1].group != found[2].group
    assert [p.group_source for p in found[:2]] == [GroupSource.NEAR] * 2


def test_sources_survive_the_manifest(tmp_path: Path) -> None:
    """And a manifest of an older version, without the column, is read by the names."""
    photos = tuple(Photo(f"{s}.jpg", "ok", "0" * 64, f"sha256:{s}", "train", group_source=s)
                   for s in GroupSource)  # fmt: skip
    write(Dataset(tmp_path, photos, ("ok",), "ok"), tmp_path / "m.csv")
    kept = read_manifest(tmp_path / "m.csv", tmp_path).photos
    former = "\n".join(
        line.rpartition(",")[0] for line in (tmp_path / "m.csv").read_text().splitlines()
    )
    (tmp_path / "old.csv").write_text(former + "\n")
    old = read_manifest(tmp_path / "old.csv", tmp_path).photos

    assert [photo.group_source for photo in kept] == list(GroupSource)
    assert {photo.group_source for photo in old} == {GroupSource.COPIES}
