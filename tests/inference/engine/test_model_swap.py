"""A change of model or threshold while the engine runs."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from okng import Judgement, modelfile
from okng.errors import ModelFileError
from okng.inference.engine import InspectionEngine
from okng.testing import BrightnessSession

Grey = Callable[..., np.ndarray]


@pytest.fixture
def strict(exported: Path, tmp_path: Path) -> Path:
    """The model file with a threshold of 0.1."""
    path = Path(shutil.copy(exported, tmp_path / "strict.onnx"))
    modelfile.change_operating_point(
        path, modelfile.OperatingPointChange(threshold=0.1, reason="a complaint")
    )
    return path


def test_every_inspection_names_what_decided_it(
    engine: InspectionEngine, session: BrightnessSession, grey: Grey, strict: Path
) -> None:
    """What was submitted before the swap is decided by the model of then, also when it waits."""
    old = engine.digest
    session.free.clear()
    before = [engine.submit(grey(50, 4)) for _ in range(3)]
    session.free.set()
    waiting = engine.submit(grey(50, 4), max_wait=0.3)
    engine.swap(strict)
    after = engine.submit(grey(50, 4))

    found = [future.result(5) for future in (*before, waiting, after)]
    assert [(i.model_digest, i.operating_point.threshold, i.verdict.verdict) for i in found] == [
        *[(old, 0.5, Judgement.OK)] * 4,
        (modelfile.read(strict).digest, 0.1, Judgement.NG),
    ]
    assert engine.metadata.operating_point.threshold == 0.1


def test_no_photo_is_lost_or_mixed_up_in_many_swaps(
    engine: InspectionEngine, grey: Grey, exported: Path, strict: Path
) -> None:
    """Photos are submitted while the model changes: each verdict fits to the digest beside it."""
    files = [modelfile.read(path) for path in (exported, strict)]
    verdicts = {files[0].digest: Judgement.OK, files[1].digest: Judgement.NG}
    futures = []
    for turn in range(10):
        futures += [engine.submit(grey(50, 4)) for _ in range(20)]
        engine.swap(files[(turn + 1) % 2])
    found = [future.result(5) for future in futures]

    assert {i.model_digest for i in found} == set(verdicts)
    assert all(i.verdict.verdict is verdicts[i.model_digest] for i in found)


def test_a_stream_of_a_camera_takes_the_new_model(
    engine: InspectionEngine, grey: Grey, strict: Path
) -> None:
    """From the next photo on."""
    inspections = engine.stream(iter([grey(50, 4), grey(50, 4)]))
    first = next(inspections)
    engine.swap(strict)

    assert [first.verdict.verdict, next(inspections).verdict.verdict] == [
        Judgement.OK, Judgement.NG,
    ]  # fmt: skip


def test_a_bad_model_file_leaves_the_old_one(
    engine: InspectionEngine, grey: Grey, tmp_path: Path
) -> None:
    """A file that is none is refused, and the engine judges as before."""
    digest = engine.digest
    (tmp_path / "bad.onnx").write_bytes(b"no model")

    with pytest.raises(ModelFileError):
        engine.swap(tmp_path / "bad.onnx")
    assert engine.inspect(grey(50)).model_digest == digest == engine.digest


def test_a_swap_takes_no_time_from_photos_in_flight(
    engine: InspectionEngine, session: BrightnessSession, grey: Grey, strict: Path
) -> None:
    """It returns while a session is busy with the old model."""
    session.free.clear()
    future = engine.submit(grey(50, 4))
    while not session.batches:
        time.sleep(0.001)
    session.free.set()
    engine.swap(strict)

    assert future.result(5).verdict.verdict is Judgement.OK
