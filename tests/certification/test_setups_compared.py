"""A certificate counts exactly the verdicts that differ."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import okng
from okng import onnx_runtime
from okng.certification import Certificate, Setup, certify
from okng.config import Runtime
from okng.errors import ConfigError, DatasetError, ModelFileError
from okng.events import Silent
from okng.inference.paths import NamedPhoto
from okng.modelfile import ModelFile
from okng.testing import RecordingProgress

HERE = Setup(runtime=Runtime.ONNXRUNTIME, threads=2, batch=2)
THERE = Setup(runtime=Runtime.OPENVINO, threads=1, batch=2)
Greys = Callable[..., list[NamedPhoto]]
Shift = Callable[[float], None]


@pytest.fixture
def broken(tmp_path: Path) -> NamedPhoto:
    """A file that is no photo."""
    path = tmp_path / "broken.png"
    path.write_bytes(b"no photo")
    return NamedPhoto(path, Path(path.name))


def _certified(file: ModelFile, photos: list[NamedPhoto], **given: Any) -> Certificate:
    return certify(file, photos, Silent(), **{"setups": (HERE, THERE), **given})


def test_equal_scores_make_a_certificate_that_holds(
    file: ModelFile, greys: Greys, shifted: Shift
) -> None:
    """Every photo is compared in every setup, whether or not it fills a batch."""
    shifted(0.0)
    certificate = _certified(file, greys(40, 100, 200))

    assert certificate.holds
    assert [row.setup for row in certificate.rows] == [HERE, THERE]
    assert [(row.photos, row.full_batches) for row in certificate.rows] == [(3, 2), (3, 2)]
    assert certificate.largest_difference == 0


def test_a_verdict_that_differs_is_counted_and_named(
    file: ModelFile, greys: Greys, shifted: Shift
) -> None:
    """127 of 255 is just below the threshold of 0.5; the others are far from it."""
    shifted(0.01)
    certificate = _certified(file, greys(40, 127, 200))
    here, there = certificate.rows

    assert not certificate.holds
    assert (here.differing, there.differing) == (0, 1)
    assert [change.photo for change in there.changed] == ["8px-1-127.png"]
    assert (there.changed[0].reference, there.changed[0].verdict) == ("OK", "NG")
    assert there.changed[0].difference == pytest.approx(0.01, abs=1e-6)
    assert there.largest_score_difference == pytest.approx(0.01, abs=1e-6)


def test_a_score_that_moves_within_its_verdict_is_no_difference(
    file: ModelFile, greys: Greys, shifted: Shift
) -> None:
    """It is told as a difference of scores, beside the distance to the nearest limit."""
    shifted(0.001)
    certificate = _certified(file, greys(120, 140))

    assert certificate.holds
    assert certificate.largest_difference == pytest.approx(0.001, abs=1e-6)
    assert certificate.nearest_limit == pytest.approx(0.5 - 120 / 255, abs=1e-6)


@pytest.mark.parametrize(("by", "narrow"), [(0.001, False), (0.003, True)])
def test_a_score_nearer_to_its_limit_than_scores_differ_is_narrow(
    file: ModelFile, greys: Greys, shifted: Shift, by: float, narrow: bool
) -> None:
    """128 of 255 is 0.00196 above the threshold: NG in both setups, in one of them by chance."""
    shifted(by)
    certificate = _certified(file, greys(40, 128))

    assert certificate.holds
    assert certificate.nearest_score == pytest.approx(128 / 255 - 0.5, abs=1e-6)
    assert certificate.nearest_unfamiliarity is None
    assert certificate.is_narrow is narrow


def test_an_unfamiliarity_nearer_to_its_limit_is_narrow(
    file: ModelFile, greys: Greys, shifted: Shift
) -> None:
    """It has a distance and a difference of its own."""
    shifted(0.0)
    made = _certified(file, greys(40, 200))
    rows = tuple(
        row.model_copy(update={"largest_unfamiliarity_difference": 1e-4}) for row in made.rows
    )

    for nearest, narrow in ((1e-3, False), (1e-5, True)):
        changes = {"rows": rows, "nearest_unfamiliarity": nearest}
        assert made.model_copy(update=changes).is_narrow is narrow


def test_review_counts_as_a_verdict(file: ModelFile, greys: Greys, shifted: Shift) -> None:
    """A band from 0.4: a score that rises into it goes to a person."""
    shifted(0.01)
    point = file.metadata.operating_point.model_copy(update={"review_low": 0.4, "review_high": 0.6})
    banded = file._replace(metadata=file.metadata.model_copy(update={"operating_point": point}))
    change = _certified(banded, greys(101)).rows[1].changed[0]

    assert (change.reference, change.verdict) == ("OK", "REVIEW, band")


def test_photos_without_a_score_have_a_verdict(
    file: ModelFile, greys: Greys, shifted: Shift
) -> None:
    """Above 245 both give NaN, below 10 both fail: ERROR here and there is no difference."""
    shifted(0.0)
    certificate = _certified(file, greys(5, 250))

    assert certificate.holds
    assert (certificate.photos, certificate.nearest_limit) == (2, None)


def test_unreadable_photos_are_named_and_left_out(
    file: ModelFile, greys: Greys, shifted: Shift, broken: NamedPhoto
) -> None:
    """The others are compared."""
    shifted(0.0)
    certificate = _certified(file, [*greys(40), broken])

    assert certificate.unreadable == ("broken.png",)
    assert (certificate.photos, certificate.offered) == (1, 2)


def test_without_a_readable_photo_there_is_no_certificate(
    file: ModelFile, shifted: Shift, broken: NamedPhoto
) -> None:
    """Nothing was compared, so nothing is proven."""
    shifted(0.0)

    with pytest.raises(DatasetError, match="No photo can be read"):
        _certified(file, [broken])


def test_photos_of_one_size_fill_batches_wherever_they_lie(
    file: ModelFile, greys: Greys, shifted: Shift
) -> None:
    """Two sizes in turn: without an order there would be no full batch."""
    shifted(0.0)
    pairs = zip(greys(40, 60, 80, 100), greys(40, 60, 80, 100, side=16), strict=True)
    certificate = _certified(file, [photo for pair in pairs for photo in pair])

    assert certificate.rows[1].full_batches == 8


def test_an_ended_time_leaves_all_setups_with_the_same_photos(
    file: ModelFile, greys: Greys, shifted: Shift
) -> None:
    """The first batch is always finished; no further one is begun."""
    shifted(0.0)
    certificate = _certified(file, greys(40, 60, 80, 100), seconds=0.0, setups=(HERE,))

    assert (certificate.photos, certificate.offered) == (2, 4)


def test_what_there_was_no_time_for_is_named(file: ModelFile, greys: Greys, shifted: Shift) -> None:
    """OpenVINO needs a second to compile a network."""
    shifted(0.0)
    certificate = _certified(file, greys(40), seconds=1.0)
    left = [(left.runtime, left.code) for left in certificate.not_tried]

    assert [row.setup for row in certificate.rows] == [HERE]
    assert left == [(Runtime.OPENVINO, "time")]


def test_a_runtime_that_is_not_installed_is_named(
    file: ModelFile, greys: Greys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are compared without it."""

    def missing() -> None:
        raise ModuleNotFoundError("openvino")

    monkeypatch.setattr("okng.inference.sessions.load_openvino", missing)
    certificate = _certified(file, greys(40))

    assert [left.code for left in certificate.not_tried] == ["library.missing"]
    assert [row.setup for row in certificate.rows] == [HERE]


def test_onnxruntime_that_refuses_the_graph_ends_it(
    file: ModelFile, greys: Greys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no reference then."""

    def refuse(*_: object) -> None:
        raise ModelFileError("onnxruntime refuses the model")

    monkeypatch.setattr("okng.inference.engine.loaded.open_session", refuse)

    with pytest.raises(ModelFileError, match="refuses"):
        _certified(file, greys(40))


def test_progress_counts_photos(file: ModelFile, greys: Greys, shifted: Shift) -> None:
    """One stage, of as many units as there are photos."""
    shifted(0.0)
    progress = RecordingProgress()
    certify(file, greys(40, 60, 80), progress, setups=(HERE,))

    assert progress.stages == [("certify", 3)]


def test_a_certificate_is_read_as_it_was_written(
    file: ModelFile, greys: Greys, shifted: Shift, tmp_path: Path
) -> None:
    """With the same digest; anything else is refused."""
    shifted(0.01)
    certificate, path = _certified(file, greys(40, 127)), tmp_path / "certificate.json"
    certificate.write(path)

    assert Certificate.read(path) == certificate
    assert Certificate.read(path).digest == certificate.digest
    path.write_text("{}")
    with pytest.raises(ModelFileError, match="cannot be read"):
        Certificate.read(path)


@pytest.mark.parametrize(
    ("given", "message"),
    [({"runtimes": ["torch"]}, "no engine 'torch'"), ({"threads": [0]}, "0 is no count")],
)
def test_setups_that_do_not_exist_are_refused(
    exported: Path, given: dict[str, Any], message: str
) -> None:
    """Before any photo is looked for."""
    with pytest.raises(ConfigError, match=message):
        okng.certify(exported, "nowhere", progress=False, **given)


def test_the_blocked_layout_is_left_out_where_asked(file: ModelFile) -> None:
    """Onnxruntime then stops below the level that changes layouts."""
    levels = [
        onnx_runtime.open_graph(file.data, 1, blocked=blocked)
        .get_session_options()
        .graph_optimization_level
        for blocked in (True, False)
    ]

    assert [level.name for level in levels] == ["ORT_ENABLE_ALL", "ORT_ENABLE_EXTENDED"]
