"""At what size JPEGs are decoded: chosen before training, checked by verdicts."""

from pathlib import Path

import numpy as np
import pytest

from okng import Inspector, modelfile, preprocess
from okng.config import Decode, ResolvedSettings, RunSettings, resolve
from okng.dataset import Dataset, Photo
from okng.evaluation import Scores
from okng.inference.engine import InspectionEngine
from okng.modelfile import WHOLE_RESIZE, Metadata
from okng.runs.layout import ModelsFolder, RunFolder
from okng.steps import score_photos
from okng.steps.decode import reduced_side
from okng.steps.score_photos import at_full_size, check_decoding
from okng.testing import Defect, draw_part, encode
from okng.verdict import OperatingPoint

SIZE = 32
SIDE = 3 * SIZE  # that JPEGs keep


def _dataset(folder: Path, size: int, file_format: str = "JPEG") -> Dataset:
    """Two photos for training, four for validation and one for the test."""
    splits = ["train", "train", "val", "val", "val", "val", "test"]
    photos = []
    for number, split in enumerate(splits):
        defect = Defect.BLOWHOLE if number % 2 else None
        name = f"{number}.{file_format.lower()}"
        data = encode(draw_part(number, defect, size=size).photo, file_format)
        (folder / name).write_bytes(data)
        photos.append(Photo(name, "dent" if defect else "ok", split=split))
    return Dataset(folder, tuple(photos), ("ok", "dent"), "ok")


def _settings(decode: Decode = Decode.AUTO) -> ResolvedSettings:
    settings = RunSettings()
    data = settings.data.model_copy(update={"image_size": SIZE, "decode": decode})
    return resolve(settings.model_copy(update={"data": data}))


@pytest.mark.parametrize(
    ("size", "file_format", "decode", "expected"),
    [
        (2 * SIDE, "JPEG", Decode.AUTO, SIDE),
        (2 * SIDE - 2, "JPEG", Decode.AUTO, 0),
        (2 * SIDE, "PNG", Decode.AUTO, 0),
        (2 * SIDE, "JPEG", Decode.FULL, 0),
    ],
)
def test_photos_are_reduced_where_that_can_be_checked(
    tmp_path: Path, size: int, file_format: str, decode: Decode, expected: int
) -> None:
    """Where a validation photo is a JPEG so large that a half of it suffices, unless refused."""
    dataset = _dataset(tmp_path, size, file_format)

    assert reduced_side(dataset, RunFolder(tmp_path), _settings(decode)) == expected


@pytest.fixture
def reduced(exported: Path, tmp_path: Path) -> Inspector:
    """A model file that decodes JPEGs at a fraction."""
    file = tmp_path / "reduced.onnx"
    file.write_bytes(exported.read_bytes())
    metadata = modelfile.read(file).metadata
    rules = metadata.input.model_copy(update={"reduced_side": SIDE, "resize": WHOLE_RESIZE})
    modelfile.seal(file, metadata.model_copy(update={"input": rules}))
    return Inspector(file)


def _scored(dataset: Dataset, inspector: Inspector) -> Scores:
    verdicts = list(inspector.judge(dataset.paths()))
    return Scores.from_verdicts(dataset.photos, verdicts, ("ok", "dent"), "ok")


def _decided_at(metadata: Metadata, threshold: float) -> Metadata:
    point = OperatingPoint(threshold=threshold)
    return metadata.model_copy(update={"operating_point": point})


def test_verdicts_at_both_sizes_are_counted(reduced: Inspector, tmp_path: Path) -> None:
    """A threshold between the two scores of one photo changes its verdict; a far one changes none.

    Of all photos those count that are reduced.
    """
    dataset = _dataset(tmp_path, 2 * SIDE)
    small = tmp_path / "2.jpeg"
    small.write_bytes(encode(draw_part(2, size=SIDE).photo))
    raw = _scored(dataset, reduced)
    with InspectionEngine(at_full_size(reduced.engine.file)) as engine:
        whole = [engine.inspect(path).verdict.defect_score for path in dataset.paths()]
    apart = np.abs(np.array(whole) - raw.defect_scores)
    between = (whole[3] + raw.defect_scores[3]) / 2
    far = check_decoding(dataset, reduced, raw, _decided_at(reduced.metadata, 0.9))
    near = check_decoding(dataset, reduced, raw, _decided_at(reduced.metadata, between))

    assert far is not None
    assert near is not None
    assert (far.photos, far.verdicts_changed, far.reduced) == (len(dataset) - 1, 0, True)
    assert far.largest_difference == pytest.approx(np.delete(apart, 2).max(), abs=1e-6)
    assert near.verdicts_changed >= 1
    assert not near.reduced


def test_validation_photos_come_first(
    reduced: Inspector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there are more photos than are decoded twice."""
    monkeypatch.setattr(score_photos, "_DECODED_TWICE", 4)
    dataset = _dataset(tmp_path, 2 * SIDE)
    raw = _scored(dataset, reduced)
    validation = [row for row, photo in enumerate(dataset.photos) if photo.split == "val"]
    with InspectionEngine(at_full_size(reduced.engine.file)) as engine:
        paths = [dataset.paths()[row] for row in validation]
        whole = [engine.inspect(path).verdict.defect_score for path in paths]
    found = check_decoding(dataset, reduced, raw, _decided_at(reduced.metadata, 0.9))

    assert found is not None
    assert (found.photos, len(validation)) == (4, 4)
    apart = np.abs(np.array(whole) - raw.defect_scores[validation])
    assert found.largest_difference == pytest.approx(apart.max(), abs=1e-6)


def test_nothing_is_compared_at_full_size(reduced: Inspector, tmp_path: Path) -> None:
    """A file that decodes at full size has no other verdicts."""
    dataset = _dataset(tmp_path, 2 * SIDE)
    raw = _scored(dataset, reduced)
    whole = at_full_size(reduced.engine.file).metadata

    assert check_decoding(dataset, reduced, raw, whole) is None


def test_every_form_of_a_file_is_decoded_alike(reduced: Inspector, tmp_path: Path) -> None:
    """Path, bytes and an image that is not loaded yet are reduced; an array is what it is."""
    path = _dataset(tmp_path, 4 * SIDE).paths()[0]
    pixels = reduced.read(path)
    given = [reduced(photo).defect_score for photo in (path, path.read_bytes(), pixels)]
    streamed = [verdict.defect_score for verdict in reduced([path, path])]
    full = reduced(preprocess.read(path)).defect_score

    assert pixels.shape == (SIDE, SIDE, 3)
    assert len({*given, *streamed}) == 1
    assert full != given[0]
    assert full == pytest.approx(given[0], abs=0.02)


def test_a_network_keeps_the_size_that_it_was_trained_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run of an older okng that is continued decodes as it began."""
    dataset = _dataset(tmp_path, 2 * SIDE)
    run = RunFolder(tmp_path / "run")
    network = ModelsFolder(run.folder).full
    network.parent.mkdir(parents=True)
    network.touch()

    class Trained:
        rules = modelfile.InputRules(image_size=SIZE)

    monkeypatch.setattr("okng.steps.decode.load_full", lambda _: Trained)

    assert reduced_side(dataset, run, _settings()) == 0


def test_a_photo_in_flight_counts_as_it_is_decoded(reduced: Inspector, tmp_path: Path) -> None:
    """A bound below the pixels of its full size lets several in at once."""
    paths = _dataset(tmp_path, 4 * SIDE).paths()
    with InspectionEngine(reduced.engine.file, pixels=2 * SIDE**2) as engine:
        futures = [engine.submit(path, max_wait=30, timeout=5) for path in paths]
        photos, pixels, _ = engine.load
        engine.close(0)

    assert photos == len(futures) == 7
    assert pixels <= 2 * SIDE**2
