"""Reviewed photos as a manifest that training takes."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from okng.cli.main import app
from okng.dataset.loading.user_table import read_table
from okng.errors import DatasetError, MissingError
from okng.records import InspectionRow, Kind, Records, Row
from okng.records.payloads import Review, Truth
from okng.records.photos import PhotoStore
from okng.records.queries import InspectionFilter
from okng.station.oversight.reviewed_photos import (
    ClassNames,
    export_reviewed,
    of_station,
    reported_photos,
)
from okng.testing import draw_part
from okng.testing.station.records import entry, inspection_row

Judge = Callable[..., InspectionRow]


class Store:
    """Photos by their digests, as a photo store holds them."""

    def __init__(self) -> None:
        self.photos: dict[str, bytes] = {}

    def add(self, seed: int, form: str = "PNG") -> str:
        """Store the photo of a part; its digest."""
        file = io.BytesIO()
        Image.fromarray(draw_part(seed, size=32).photo).save(file, form)
        digest = hashlib.sha256(file.getvalue()).hexdigest()
        self.photos[digest] = file.getvalue()
        return digest

    def read(self, row: InspectionRow) -> bytes | None:
        """The photo of an inspection."""
        return self.photos.get(row.photo_digest or "")


@pytest.fixture
def store() -> Store:
    """An empty store."""
    return Store()


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """Empty records."""
    with Records(tmp_path / "records.sqlite") as records:
        yield records


@pytest.fixture
def judged(records: Records, store: Store) -> Judge:
    """Puts an inspection and, where there is a truth, its review on record."""

    def put(
        seed: int, truth: Truth | None, *, label: str = "", digest: str = "", **given: object
    ) -> InspectionRow:
        row = inspection_row(photo_digest=digest or store.add(seed), **given)
        rows: list[Row] = [row]
        if truth is not None:
            review = Review(truth=truth, label=label)
            rows.append(entry(Kind.REVIEW, subject=row.id, payload=review.text()))
        records.append(*rows).result()
        return row

    return put


def lines(manifest: Path) -> list[dict[str, str]]:
    """The manifest as rows."""
    with manifest.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_training_reads_what_was_reviewed(
    records: Records, store: Store, judged: Judge, tmp_path: Path
) -> None:
    """Labels come from persons, groups from serials; what nobody reviewed stays out."""
    judged(1, "OK", serial="S1")
    judged(2, "NG", serial="S2", label="dent")
    judged(3, "NG", serial="S2")
    judged(4, None, serial="S4")
    names = ClassNames("good", "scratch")

    result = export_reviewed(records, store.read, tmp_path / "out", names=names)
    photos = read_table(result.manifest)

    assert sorted((photo.label, photo.group) for photo in photos) == [
        ("dent", "S2"), ("good", "S1"), ("scratch", "S2"),
    ]  # fmt: skip
    assert result.labels == {"good": 1, "dent": 1, "scratch": 1}
    assert all((tmp_path / "out" / photo.path).exists() for photo in photos)


def test_the_manifest_is_split_as_a_data_set(
    records: Records, store: Store, judged: Judge, tmp_path: Path
) -> None:
    """The reader of training takes it as it is: labels, groups, and no part on two sides."""
    for seed in range(24):
        judged(seed, "OK" if seed % 2 else "NG", serial=f"S{seed // 4}-{seed % 2}")
    names = ClassNames("ok", "dent")
    manifest = export_reviewed(records, store.read, tmp_path / "out", names=names).manifest
    out = tmp_path / "split.csv"
    done = CliRunner().invoke(app, ["split", str(manifest), "--out", str(out), "--no-near"])
    assert done.exit_code == 0, done.output
    rows = lines(out)
    sides: dict[str, set[str]] = {}
    for row in rows:
        sides.setdefault(row["group"], set()).add(row["split"])

    assert len(rows) == 24
    assert {row["label"] for row in rows} == {"ok", "dent"}
    assert {row["split"] for row in rows} == {"train", "val", "test"}
    assert len(sides) == 12
    assert all(len(each) == 1 for each in sides.values())
    assert {row["sha256"] for row in rows} == set(store.photos)


def test_bytes_are_those_of_the_inspection(
    records: Records, store: Store, judged: Judge, tmp_path: Path
) -> None:
    """Each file has the digest that is on record, and the suffix of its format."""
    judged(1, "OK", digest=store.add(1, "JPEG"))
    judged(2, "NG")

    result = export_reviewed(records, store.read, tmp_path / "out")

    for line in lines(result.manifest):
        data = (tmp_path / "out" / line["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == line["sha256"]
    assert {Path(line["path"]).suffix for line in lines(result.manifest)} == {".jpg", ".png"}


def test_photos_of_the_report_are_left_out(
    records: Records, store: Store, judged: Judge, tmp_path: Path
) -> None:
    """By digest, whatever their serial; a model that saw them could not be measured by them."""
    reported = judged(1, "OK").photo_digest or ""
    judged(2, "NG")
    run = tmp_path / "run"
    run.mkdir()
    (run / "manifest.csv").write_text(
        f"path,sha256,label,group,split,group_source\na.png,{reported},ok,,test,\n"
        f"b.png,{'1' * 64},ok,,train,\n"
    )

    assert reported_photos(run) == {reported}
    result = export_reviewed(records, store.read, tmp_path / "out", reported=reported_photos(run))

    assert (result.photos, result.reported) == (1, 1)
    both = {line.photo_digest or "" for line in records.page(InspectionFilter()).rows}
    with pytest.raises(DatasetError, match="2 are test photos"):
        export_reviewed(records, store.read, tmp_path / "none", reported=both)
    with pytest.raises(DatasetError, match="test photos are not known"):
        reported_photos(tmp_path)


def test_withdrawn_review_exports_nothing(
    records: Records, store: Store, judged: Judge, tmp_path: Path
) -> None:
    """The last review counts."""
    row = judged(1, "NG")
    withdrawn = entry(Kind.REVIEW, subject=row.id, payload=Review(truth=None).text())
    records.append(withdrawn).result()

    with pytest.raises(DatasetError, match="no reviewed photo"):
        export_reviewed(records, store.read, tmp_path / "out")


def test_photo_inspected_twice_is_one_photo(
    records: Records, store: Store, judged: Judge, tmp_path: Path
) -> None:
    """Where the two reviews contradict each other, it is left out and counted."""
    twice, contradicted = store.add(1), store.add(2)
    for truth in ("OK", "OK"):
        judged(1, truth, digest=twice)
    for truth in ("OK", "NG"):
        judged(2, truth, digest=contradicted)

    result = export_reviewed(records, store.read, tmp_path / "out")

    assert [line["sha256"] for line in lines(result.manifest)] == [twice]
    assert (result.repeated, result.conflicts) == (1, 1)


def test_photo_that_is_gone_is_counted(
    records: Records, store: Store, judged: Judge, tmp_path: Path
) -> None:
    """Retention may have deleted it."""
    judged(1, "OK")
    judged(2, "NG", digest="0" * 64)

    result = export_reviewed(records, store.read, tmp_path / "out")

    assert (result.photos, result.missing) == (1, 1)


def test_folder_with_something_in_it_is_refused(
    records: Records, store: Store, tmp_path: Path
) -> None:
    """Two exports do not mix."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.png").touch()

    with pytest.raises(DatasetError, match="not empty"):
        export_reviewed(records, store.read, tmp_path / "out")


def test_command_writes_what_training_takes(
    tmp_path: Path, exported: Path, photos_of_a_day: Path
) -> None:
    """Labels are classes of the live model; without its run, test photos must be asked for."""
    place = ["--data", str(photos_of_a_day)]
    out = str(tmp_path / "reviewed")
    refused = CliRunner().invoke(app, ["records", "export-photos", out, *place])
    assert refused.exit_code == 2

    done = CliRunner().invoke(
        app, ["records", "export-photos", out, *place, "--live", str(exported), "--with-test"]
    )

    assert done.exit_code == 0, done.output
    assert [photo.label for photo in read_table(tmp_path / "reviewed" / "manifest.csv")] == ["dent"]
    assert f"okng train {Path(out) / 'manifest.csv'} --ok ok" in done.output


@pytest.fixture
def photos_of_a_day(tmp_path: Path) -> Path:
    """The folder of a station with one reviewed photo, and one that is not reviewed."""
    folder = tmp_path / "station"
    folder.mkdir()
    store = PhotoStore(folder / "photos")
    with Records(folder / "records.sqlite") as records:
        for seed, reviewed in ((1, True), (2, False)):
            file = io.BytesIO()
            Image.fromarray(draw_part(seed, size=32).photo).save(file, "PNG")
            place = store.put(file.getvalue())
            row = inspection_row(photo_digest=place.digest, photo_place=place.path)
            text = Review(truth="NG").text()
            more = [entry(Kind.REVIEW, subject=row.id, payload=text)] if reviewed else []
            records.append(row, *more).result()
    return folder


def test_reviews_of_a_station_alone_need_no_name(records: Records, judged: Judge) -> None:
    """That of its settings may have changed."""
    judged(1, None, station="line-3")

    assert of_station(records, "station-1") == InspectionFilter(reviewed=True)


def test_reviews_of_one_of_several_stations(records: Records, judged: Judge) -> None:
    """They may inspect other products; a name that none of them has is refused with theirs."""
    judged(1, None, station="line-3")
    judged(2, None, station="line-4")

    assert of_station(records, "line-4") == InspectionFilter(reviewed=True, station="line-4")
    with pytest.raises(MissingError) as caught:
        of_station(records, "station-1")
    assert caught.value.allowed == "line-3, line-4"
