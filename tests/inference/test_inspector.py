"""The inspector takes photos in any form, and judges all that it can."""

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from okng import Inspector, Judgement, modelfile, preprocess
from okng.commands.train import Run
from okng.config import Runtime
from okng.errors import ModelFileError
from okng.inference.engine.loaded import photos_at_once
from okng.testing import broken_photos, draw_part, encode


@pytest.fixture(scope="module")
def inspector(run: Run) -> Inspector:
    """The inspector of the small run."""
    return run.inspector()


def test_all_forms_of_a_photo_get_the_same_score(inspector: Inspector, tmp_path: Path) -> None:
    """Path, text, bytes, Pillow image and array are one photo."""
    photo = draw_part(500, size=64).photo
    data = encode(photo, "PNG")
    (tmp_path / "a.png").write_bytes(data)
    forms = [tmp_path / "a.png", str(tmp_path / "a.png"), data, Image.open(io.BytesIO(data)), photo]

    scores = {inspector(form).defect_score for form in forms}  # type: ignore[call-overload]

    assert len(scores) == 1


def test_grey_arrays_and_images_are_photos(inspector: Inspector) -> None:
    """Grey is what many cameras give."""
    grey = draw_part(500, size=64).photo[..., 0]

    assert inspector(grey).defect_score == pytest.approx(
        inspector(Image.fromarray(grey)).defect_score, abs=1e-6
    )


def test_order_and_batching_change_nothing(inspector: Inspector) -> None:
    """Many photos of mixed sizes get what each gets alone."""
    photos = [draw_part(s, size=48 + 16 * (s % 3)).photo for s in range(600, 625)]
    together = [v.defect_score for v in inspector(photos)]
    alone = [inspector(photo).defect_score for photo in photos]

    assert together == pytest.approx(alone, abs=1e-6)


@pytest.mark.parametrize(("image_size", "photos"), [(64, 8), (500, 8), (512, 7), (1024, 1)])
def test_large_inputs_are_judged_in_small_batches(image_size: int, photos: int) -> None:
    """A network that sees 1024 pixels would fill the memory with eight photos at once."""
    assert photos_at_once(image_size) == photos


def test_broken_photos_are_errors_and_the_others_are_judged(
    inspector: Inspector, tmp_path: Path
) -> None:
    """An ERROR never passes, tells why, and stops nobody."""
    paths = [*broken_photos(tmp_path).values(), tmp_path / "absent.jpg"]
    verdicts = inspector(paths)

    wrong = [v for v in verdicts if v.verdict is Judgement.ERROR]
    assert len(verdicts) == 9
    assert [Path(v.path).name for v in wrong] == [
        "empty.jpg", "truncated.jpg", "text.jpg", "huge.png", "absent.jpg",
    ]  # fmt: skip
    assert all(v.error and not v.ok and np.isnan(v.defect_score) for v in wrong)


def test_verdict_follows_score_and_threshold(inspector: Inspector, photos: Path) -> None:
    """The threshold makes the verdict; the class is the likeliest one, whatever the threshold."""
    for verdict in inspector(sorted(photos.rglob("*.jpg"))[::7]):
        defective = verdict.defect_score >= verdict.threshold
        if verdict.reason != "unfamiliar":
            assert verdict.verdict is (Judgement.NG if defective else Judgement.OK)
        assert verdict.class_name == max(
            verdict.probabilities, key=lambda name: verdict.probabilities[name]
        )
        assert verdict.probabilities["defective"] == pytest.approx(verdict.defect_score, abs=1e-5)


def test_what_is_unlike_all_training_goes_to_a_person(run: Run, tmp_path: Path) -> None:
    """Noise is no part, whatever its score; with a limit of 1 nobody is asked."""
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    own = Path(shutil.copy(run.model_file, tmp_path / "own.onnx"))
    asked = Inspector(own)(noise)
    modelfile.change_operating_point(
        own, modelfile.OperatingPointChange(reason="no person there", unfamiliar_limit=1.0)
    )
    alone = Inspector(own)(noise)

    assert (asked.verdict, asked.reason) == (Judgement.REVIEW, "unfamiliar")
    assert 0.99 < asked.unfamiliarity <= 1
    assert alone.verdict in {Judgement.OK, Judgement.NG}
    assert (alone.defect_score, alone.reason) == (asked.defect_score, "")


def test_heatmap_comes_only_when_asked_for(inspector: Inspector) -> None:
    """It costs time."""
    photo = draw_part(500, size=64).photo
    heatmap = inspector(photo, heatmap=True).heatmap

    assert inspector(photo).heatmap is None
    assert heatmap is not None
    assert heatmap.ndim == 2
    assert 0 <= heatmap.min() <= heatmap.max() <= 1


def test_openvino_judges_alike(run: Run, photos: Path) -> None:
    """The other engine, the same verdicts."""
    paths = sorted(photos.rglob("*.jpg"))[::5]
    others = Inspector(run.model_file, runtime=Runtime.OPENVINO)(paths)

    for one, other in zip(run.inspector()(paths), others, strict=True):
        assert other.defect_score == pytest.approx(one.defect_score, abs=1e-4)
        assert other.verdict is one.verdict


@pytest.mark.parametrize(
    "thing", [np.full((4, 4, 3), -1.0, np.float32), np.zeros((4, 4, 7), np.uint8)]
)
def test_arrays_that_are_no_photos_are_errors(inspector: Inspector, thing: np.ndarray) -> None:
    """A wrong type or shape among other photos costs that photo its verdict, and no other."""
    assert [verdict.verdict for verdict in inspector([thing])] == [Judgement.ERROR]


def test_other_things_are_a_type_error(inspector: Inspector) -> None:
    """A fault of the program, not of a photo."""
    with pytest.raises(TypeError, match="not a photo"):
        inspector(3.14)  # type: ignore[call-overload]


def test_wrong_digest_is_refused(run: Run) -> None:
    """A station can insist on the file that was released."""
    with pytest.raises(ModelFileError, match="not the expected one"):
        Inspector(run.model_file, digest="0" * 64)


def test_training_and_line_decode_alike(inspector: Inspector, photos: Path) -> None:
    """A path and its decoded array are the same to the inspector."""
    path = next(photos.rglob("*.jpg"))

    assert inspector(path).defect_score == inspector(preprocess.read(path)).defect_score
