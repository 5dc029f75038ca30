"""Reviewed photos as training data: a folder with a manifest that `okng train` takes.

Photos that a report was measured on are left out: a model that has seen them could no longer be
measured with them.
"""

import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from okng.errors import DatasetError, MissingError, PhotoError
from okng.files import write_atomic
from okng.modelfile import Metadata
from okng.preprocess import open_photo
from okng.records import InspectionRow, Records
from okng.records.photos import PhotoStore
from okng.records.queries import InspectionFilter, LatestReview
from okng.runs.layout import MANIFEST, RunFolder

ReadPhoto = Callable[[InspectionRow], bytes | None]
"""Bytes of the photo of an inspection; None if it is not stored, or not any more."""
COLUMNS = ("path", "label", "group", "inspection", "sha256")
"""Columns of the manifest; the last two are for people, training does not need them."""
FOLDER = "photos"
DEFECTIVE = "defective"
"""Label of a defective part whose type nobody named, where the model knows several or none."""
_PAGE = 500  # rows of one query


class ClassNames(NamedTuple):
    """Labels for reviews that name no class.

    Attributes:
        good: of good parts.
        defective: of defective parts.
    """

    good: str = "ok"
    defective: str = DEFECTIVE

    @classmethod
    def of(cls, metadata: Metadata) -> "ClassNames":
        """Those of a model, so that its next version has the same classes."""
        defects = [name for name in metadata.classes if name != metadata.ok_class]
        # With several types of defects nobody knows which one it is.
        return cls(metadata.ok_class or "ok", defects[0] if len(defects) == 1 else DEFECTIVE)


@dataclass(slots=True)
class ExportedPhotos:
    """What was exported.

    Attributes:
        manifest: the table of path, label, group, inspection and sha256.
        labels: photos by label.
        reported: photos left out, as the report of the live model was measured on them.
        missing: photos left out, as they are not stored, or not any more.
        conflicts: photos left out, as two reviews of the same photo contradict each other.
        repeated: photos that are in already, from another inspection.
    """

    manifest: Path
    labels: dict[str, int] = field(default_factory=dict)
    reported: int = 0
    missing: int = 0
    conflicts: int = 0
    repeated: int = 0

    @property
    def photos(self) -> int:
        """Photos that were exported."""
        return sum(self.labels.values())


class _Reviewed(NamedTuple):
    row: InspectionRow
    label: str
    truth: str


def of_station(records: Records, name: str) -> InspectionFilter:
    """Reviewed inspections of one station, where several share a database.

    A station alone needs no name: that of its settings may have changed since.

    Args:
        records: of one station, or of several, which may inspect different products.
        name: of the station.

    Raises:
        MissingError: there are several stations, and none of this name.
        RecordsError: the records cannot be read.
    """
    stations = records.stations()
    if len(stations) < 2:
        return InspectionFilter(reviewed=True)
    if name not in stations:
        raise MissingError(
            f"The records hold no station {name!r}",
            where="name",
            allowed=", ".join(stations),
            hint="Name the station whose reviews count.",
        )
    return InspectionFilter(reviewed=True, station=name)


def export_reviewed(
    records: Records,
    read: ReadPhoto,
    out: Path,
    *,
    wanted: InspectionFilter = InspectionFilter(reviewed=True),  # noqa: B008 - frozen
    names: ClassNames = ClassNames(),  # noqa: B008 - frozen
    reported: Collection[str] = (),
) -> ExportedPhotos:
    """Write reviewed photos and their manifest.

    Photos of one serial are one group, so that no split parts them.

    Args:
        records: that hold the reviews.
        read: gives the bytes of a photo.
        out: folder, new or empty.
        wanted: which inspections; those without a review do not count.
        names: labels where a review names none.
        reported: SHA-256 of photos that are left out, in hex; see `reported_photos`.

    Raises:
        DatasetError: the folder holds something, or no photo is left.
        RecordsError: the records cannot be read.
    """
    if out.exists() and any(out.iterdir()):
        raise DatasetError(
            "The folder for the photos is not empty", where=out, hint="Give a new folder."
        )
    (out / FOLDER).mkdir(parents=True, exist_ok=True)
    result = ExportedPhotos(out / MANIFEST)
    lines = [
        _written(each, data, out, result)
        for each in _chosen(records, wanted, names, frozenset(reported), result)
        if (data := _stored(each, read, result)) is not None
    ]
    if not lines:
        raise _nothing_left(out, result)
    write_atomic(result.manifest, _table(lines))
    return result


def _nothing_left(out: Path, result: ExportedPhotos) -> DatasetError:
    left_out = [
        f"{count} {reason}"
        for count, reason in (
            (result.reported, "are test photos of the live model's report"),
            (result.missing, "are not stored"),
            (result.conflicts, "have reviews that contradict each other"),
        )
        if count
    ]
    return DatasetError(
        f"There is no reviewed photo to export{': ' if left_out else ''}{', '.join(left_out)}",
        where=out,
        hint="Review inspections first; store photos with `records.photos`.",
    )


def stored_in(store: PhotoStore) -> ReadPhoto:
    """Reads photos of inspections from a store; None for those that are gone."""

    def read(row: InspectionRow) -> bytes | None:
        if row.photo_place is None or store.size(row.photo_place) is None:
            return None
        return store.get(row.photo_place)

    return read


def reported_photos(run: Path) -> frozenset[str]:
    """SHA-256 of the photos that the report of a run was measured on.

    Args:
        run: the folder of a run, or the model file in it.

    Raises:
        DatasetError: there is no manifest of the run.
    """
    folder = run if run.is_dir() else run.parent
    path = RunFolder(folder).manifest
    try:
        with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
            return frozenset(
                line["sha256"] for line in csv.DictReader(file) if line["split"] == "test"
            )
    except (OSError, KeyError) as exc:
        raise DatasetError(
            "The manifest of the run cannot be read, so its test photos are not known",
            where=path,
            hint="Give the folder of the run, or export with the test photos.",
        ) from exc


def _chosen(
    records: Records,
    wanted: InspectionFilter,
    names: ClassNames,
    reported: frozenset[str],
    result: ExportedPhotos,
) -> Iterator[_Reviewed]:
    """One inspection of each photo, the newest first; no photo twice."""
    reviewed: dict[str, list[_Reviewed]] = {}
    for row, review in _rows(records, wanted):
        each = _Reviewed(row, _label(review, names), review.truth)
        # one photo may have been judged several times; without a digest each row is one
        reviewed.setdefault(row.photo_digest or row.id, []).append(each)
    for digest, rows in reviewed.items():
        if digest in reported:  # the next training must not see what the report was made of
            result.reported += 1
        elif len({each.truth for each in rows}) > 1:  # nobody knows which person was right
            result.conflicts += 1
        else:
            result.repeated += len(rows) - 1
            yield rows[0]


def _rows(
    records: Records, wanted: InspectionFilter
) -> Iterator[tuple[InspectionRow, LatestReview]]:
    cursor: str | None = None
    while True:
        page = records.page(wanted, _PAGE, cursor)
        for row in page.rows:
            if row.id in page.reviews:
                yield row, page.reviews[row.id]
        cursor = page.next
        if cursor is None:
            return


def _label(review: LatestReview, names: ClassNames) -> str:
    if review.truth == "OK":
        return review.label or names.good
    return review.label or names.defective


def _stored(each: _Reviewed, read: ReadPhoto, result: ExportedPhotos) -> bytes | None:
    data = read(each.row)
    if data is None:
        result.missing += 1
    return data


def _written(each: _Reviewed, data: bytes, out: Path, result: ExportedPhotos) -> Mapping[str, str]:
    row = each.row
    path = f"{FOLDER}/{row.photo_digest or row.id}{_suffix(data)}"
    write_atomic(out / path, data)
    result.labels[each.label] = result.labels.get(each.label, 0) + 1
    return {
        "path": path,
        "label": each.label,
        "group": row.serial or "",
        "inspection": row.id,
        "sha256": row.photo_digest or "",
    }


def _suffix(data: bytes) -> str:
    """By the format of the bytes, not by a name that a client gave."""
    try:
        return _SUFFIXES.get(open_photo(data).form.file_format, ".png")
    except PhotoError:
        return ".jpg"  # training lists it as unreadable, with the reason


def _table(lines: list[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode("utf-8", "surrogateescape")


_SUFFIXES = {
    "JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "BMP": ".bmp", "DIB": ".bmp", "TIFF": ".tif",
    "WEBP": ".webp", "AVIF": ".avif", "HEIF": ".heic", "PPM": ".ppm",
}  # fmt: skip
