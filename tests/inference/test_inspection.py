"""The record of an inspection: what it holds, as a row and as JSON."""

import hashlib
import math
import time
import uuid
from dataclasses import FrozenInstanceError, fields, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from okng import Inspection, InspectionEngine, Judgement, modelfile
from okng.inference.inspection import TRACE, new_id
from okng.testing import draw_part, encode
from okng.verdict import OperatingPoint, Verdict

if TYPE_CHECKING:
    from okng.inference.frames import Photo

JPEG = encode(draw_part(7, size=64).photo, "JPEG")


@pytest.fixture(scope="module")
def inspections(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Inspection]:
    """Of a file, its bytes, its pixels, a file that is not there, and bytes that are no photo."""
    path = tmp_path_factory.mktemp("parts") / "a.jpg"
    path.write_bytes(JPEG)
    photos: list[Photo] = [
        path,
        JPEG,
        draw_part(7, size=64).photo,
        path.with_name("absent.jpg"),
        b"no photo",
    ]
    with InspectionEngine(exported, threads=1, station="line 3") as engine:
        return [engine.inspect(photo, heatmap=True) for photo in photos]


def test_it_names_photo_and_model(inspections: list[Inspection], exported: Path) -> None:
    """By the digests of the bytes as given, also where they are no photo; arrays have none."""
    photo, wrong = (hashlib.sha256(data).hexdigest() for data in (JPEG, b"no photo"))
    file = modelfile.read(exported)

    assert [i.photo_digest for i in inspections] == [photo, photo, None, None, wrong]
    assert {i.model_digest for i in inspections} == {file.digest}
    assert {i.operating_point for i in inspections} == {file.metadata.operating_point}
    assert {(i.station, i.okng_version) for i in inspections} == {("line 3", version("okng"))}


def test_it_holds_when_and_how_long(inspections: list[Inspection]) -> None:
    """UTC in whole milliseconds, close to now; a latency above 0."""
    for inspection in inspections:
        assert inspection.time.tzinfo is UTC
        assert inspection.time.microsecond % 1000 == 0
        assert timedelta(0) <= datetime.now(UTC) - inspection.time < timedelta(minutes=5)
        assert 0 < inspection.latency_ms < 60_000


def test_it_has_a_code_where_it_is_an_error(inspections: list[Inspection]) -> None:
    """The code of the photo's fault; none beside a verdict."""
    assert [i.error_code for i in inspections] == ["", "", "", "photo.denied", "photo.no-photo"]
    assert [i.verdict.verdict is Judgement.ERROR for i in inspections] == [
        bool(i.error_code) for i in inspections
    ]


def test_it_survives_json(inspections: list[Inspection]) -> None:
    """All but the pictures; a number that is none, and a file name that is no text."""
    odd = replace(inspections[3].verdict, path="odd\udcff.jpg")
    for before in [*inspections, replace(inspections[3], verdict=odd)]:
        after = Inspection.from_json(before.to_json())
        for field in fields(Inspection):
            if field.name != "verdict":
                assert getattr(after, field.name) == getattr(before, field.name)
        for field in fields(Verdict):
            if field.name not in {"heatmap", "evidence"}:
                old, new = (getattr(i.verdict, field.name) for i in (before, after))
                assert old == new or (math.isnan(old) and math.isnan(new))
        assert after.verdict.heatmap is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"verdict": {}}', "null"])
def test_other_json_is_refused(text: str) -> None:
    """With an error that says so."""
    with pytest.raises(ValueError, match=r"record|JSON|Expecting"):
        Inspection.from_json(text)


def test_it_is_never_changed(inspections: list[Inspection]) -> None:
    """A record stays as it was made."""
    with pytest.raises(FrozenInstanceError):
        inspections[0].error_code = "x"  # type: ignore[misc]


def test_its_row_begins_with_the_row_of_its_verdict(inspections: list[Inspection]) -> None:
    """Programs that read the columns of a verdict go on working."""
    for inspection in inspections:
        row, verdict = inspection.to_row(), inspection.verdict.to_row()
        assert list(row) == [*verdict, *TRACE]
        assert {name: row[name] for name in verdict} == verdict
    assert inspections[0].to_row()["time"] == inspections[0].time.isoformat(timespec="milliseconds")


def test_identifiers_rise_in_the_order_of_the_verdicts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As text, within one millisecond, and where the clock jumps back an hour."""
    now = time.time_ns()
    clock = iter([*range(now, now + 400), *[now - 3_600_000_000_000] * 100, now + 2_000_000])
    monkeypatch.setattr(time, "time_ns", lambda: next(clock))
    made = [new_id() for _ in range(501)]

    assert made == sorted(set(made))
    assert {uuid.UUID(text).version for text in made} == {7}
    assert {uuid.UUID(text).variant for text in made} == {uuid.RFC_4122}
    milliseconds = uuid.UUID(made[0]).int >> 80
    assert abs(milliseconds - now // 1_000_000) <= 1


def test_the_model_of_a_record_decides_again_alike(inspections: list[Inspection]) -> None:
    """The operating point on record gives the verdict on record."""
    for inspection in inspections[:3]:
        point: OperatingPoint = inspection.operating_point
        assert point.judge(inspection.verdict.defect_score) is inspection.verdict.verdict
        assert np.isclose(sum(inspection.verdict.probabilities.values()), 1)
