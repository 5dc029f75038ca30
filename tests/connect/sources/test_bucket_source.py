"""Photos in a bucket are parts, each once, and are put where their verdict says."""

from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from uuid import uuid4

import fsspec
import pytest

from okng.connect.contracts import Around, Source
from okng.connect.part import Outcome, Part
from okng.connect.sources.bucket import AfterObject, BucketSettings
from okng.errors import ConnectError
from okng.testing.station.records import inspection_row

AROUND = Around("plant", "line-1")
VERDICTS = {b"good": "OK", b"bad": "NG"}


@pytest.fixture
def bucket() -> Iterator[str]:
    """A bucket in memory with two photos and a file that is none."""
    url = f"memory://{uuid4().hex}"
    for name, data in (("b.png", b"bad"), ("a.jpg", b"good"), ("notes.txt", b"no photo")):
        _write(url, name, data)
    yield url
    fsspec.filesystem("memory").rm(url.removeprefix("memory:/"), recursive=True)


def _write(url: str, name: str, data: bytes) -> None:
    fsspec.filesystem("memory").pipe_file(f"{url.removeprefix('memory:/')}/{name}", data)


def _names(url: str) -> list[str]:
    store, root = fsspec.core.url_to_fs(url)
    return sorted(path.removeprefix(root).lstrip("/") for path in store.find(root))


def _source(url: str, after: AfterObject = AfterObject.MOVE) -> Source:
    return BucketSettings(url=url, after=after, every=0.1).source(AROUND)


def _judge(part: Part) -> None:
    assert isinstance(part.photo, bytes)
    part.answered(Outcome(inspection_row(verdict=VERDICTS[part.photo])))


def _run(source: Source, count: int = 2, longer: float = 0.0) -> list[Part]:
    """Parts until there are that many, or a look more where `longer` seconds follow."""
    source.open()
    parts = []
    for part in source.parts():
        _judge(part)
        parts.append(part)
        if len(parts) == count:
            Timer(longer, source.close).start()
    return parts


def test_photos_are_parts_and_are_sorted(bucket: str) -> None:
    """Each photo is judged once and moved below its verdict; other files stay."""
    parts = _run(_source(bucket))

    assert [part.photo for part in parts] == [b"good", b"bad"]
    assert _names(bucket) == ["ng/b.png", "notes.txt", "ok/a.jpg"]


def test_photos_can_be_deleted(bucket: str) -> None:
    """With `delete` judged photos are gone."""
    _run(_source(bucket, AfterObject.DELETE))

    assert _names(bucket) == ["notes.txt"]


def test_photos_can_stay(bucket: str) -> None:
    """With `leave` each photo is one part, although it is listed again and again."""
    parts = _run(_source(bucket, AfterObject.LEAVE), longer=0.5)

    assert len(parts) == 2
    assert "a.jpg" in _names(bucket)


def test_a_restart_gives_the_same_keys(bucket: str) -> None:
    """After a restart the station knows the parts by their keys, and judges nothing twice."""
    first = _run(_source(bucket, AfterObject.LEAVE))
    again = _run(_source(bucket, AfterObject.LEAVE))

    assert [part.key for part in first] == [part.key for part in again]


def test_a_photo_that_is_written_anew_is_another_part(bucket: str) -> None:
    """The key holds the version of an object, not only its name."""
    first = _run(_source(bucket, AfterObject.LEAVE))
    _write(bucket, "a.jpg", b"bad")
    again = _run(_source(bucket, AfterObject.LEAVE))

    assert first[0].key != again[0].key
    assert first[1].key == again[1].key


def test_photos_that_come_later(bucket: str) -> None:
    """The next look finds what was written meanwhile."""
    source = _source(bucket)
    Timer(0.15, _write, (bucket, "late.png", b"good")).start()
    parts = _run(source, 3)

    assert len(parts) == 3


def test_without_a_record_a_photo_comes_again(bucket: str) -> None:
    """Nothing is on record: the photo stays, and is a part at the next look."""
    source = _source(bucket)
    source.open()
    parts = source.parts()
    first = next(parts)
    first.answered(Outcome(None, ConnectError("the database is down")))
    second = next(parts)
    _judge(second)
    third = next(parts)
    _judge(third)
    source.close()
    list(parts)

    assert first.key == third.key
    assert _names(bucket) == ["ng/b.png", "notes.txt", "ok/a.jpg"]


def test_a_photo_that_cannot_be_read_is_rejected(bucket: str) -> None:
    """An object that is gone between listing and reading is a part with a fault, and no photo."""
    source = _source(bucket)
    source.open()
    parts = source.parts()
    first = next(parts)
    _judge(first)
    fsspec.filesystem("memory").rm_file(f"{bucket.removeprefix('memory:/')}/b.png")
    second = next(parts)
    source.close()
    second.answered(Outcome(None, second.fault))

    assert second.photo is None
    assert isinstance(second.fault, ConnectError)


def test_a_folder_is_a_bucket_too(tmp_path: Path) -> None:
    """Fsspec reaches folders; sub-folders are looked into, and kept when photos are moved."""
    (tmp_path / "in/shift").mkdir(parents=True)
    (tmp_path / "in/shift/1.png").write_bytes(b"bad")
    settings = BucketSettings(
        url=f"file://{tmp_path}/in", sort_into=f"file://{tmp_path}/out", every=0.1
    )
    _run(settings.source(AROUND), 1)

    assert (tmp_path / "out/ng/shift/1.png").read_bytes() == b"bad"


def test_a_store_that_is_unknown() -> None:
    """A kind of store without a package is an error with the next step."""
    with pytest.raises(ConnectError, match="nostore") as caught:
        BucketSettings(url="nostore://x").check(AROUND)

    assert "s3fs" in str(caught.value.hint)


def test_the_check_counts_photos(bucket: str) -> None:
    """`okng run --check` lists the bucket, and changes nothing."""
    match = dict(BucketSettings(url=bucket).check(AROUND))

    assert match["photos"] == "2"
    assert len(_names(bucket)) == 3
