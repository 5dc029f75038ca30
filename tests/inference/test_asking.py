"""An inspector takes what a notebook or script has at hand, and refuses what is a slip."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from okng import preprocess
from okng.commands.train import Run
from okng.errors import ConfigError, DatasetError, PhotoError
from okng.inference import Inspector


@pytest.fixture(scope="module")
def inspector(run: Run) -> Inspector:
    """Of the small run."""
    return Inspector(run.folder)


@pytest.fixture(scope="module")
def files(photos: Path) -> list[Path]:
    """Its good photos."""
    return sorted((photos / "ok").iterdir())


def test_folder_pattern_and_generator_give_a_verdict_for_each_photo(
    inspector: Inspector, files: list[Path]
) -> None:
    """In the order of the names, with the scores of the list."""
    scores = [verdict.defect_score for verdict in inspector(files)]

    for asked in (files[0].parent, f"{files[0].parent}/*.jpg", (path for path in files)):
        found: Any = inspector(asked)  # a folder is typed as the one photo that a path is
        assert [verdict.defect_score for verdict in found] == pytest.approx(scores, abs=1e-5)


def test_folder_without_a_photo_is_an_error(inspector: Inspector, tmp_path: Path) -> None:
    """An empty list would look like a day without parts."""
    with pytest.raises(DatasetError, match="No photo"):
        inspector(tmp_path)


def test_array_of_several_photos_gives_a_verdict_for_each(
    inspector: Inspector, files: list[Path]
) -> None:
    """(N, H, W, 3), as a loader of batches returns it."""
    batch = np.stack([preprocess.read(path) for path in files[:3]])
    scores = [verdict.defect_score for verdict in inspector(files[:3])]

    found: Any = inspector(batch)
    assert [v.defect_score for v in found] == pytest.approx(scores, abs=1e-5)


@pytest.mark.parametrize("form", ["rgba", "column", "pillow"])
def test_other_forms_of_one_photo_give_the_same_verdict(
    inspector: Inspector, files: list[Path], form: str
) -> None:
    """RGBA with an opaque fourth channel, grey as (H, W, 1), and a Pillow image."""
    pixels = preprocess.read(files[0])
    grey = np.repeat(pixels[..., :1], 3, axis=2)
    opaque = np.full((*pixels.shape[:2], 1), 255, np.uint8)
    forms: dict[str, tuple[Any, Any]] = {
        "rgba": (np.concatenate([pixels, opaque], axis=2), pixels),
        "column": (grey[..., :1], grey),
        "pillow": (Image.fromarray(pixels), pixels),
    }
    asked, same = forms[form]

    assert inspector(asked).defect_score == pytest.approx(inspector(same).defect_score, abs=1e-6)


def test_array_that_is_no_photo_is_raised_alone_and_an_error_among_others(
    inspector: Inspector, files: list[Path]
) -> None:
    """A slip in a script stops at once; a stream from a camera goes on."""
    wrong = np.zeros((8, 8, 7), np.uint8)

    with pytest.raises(PhotoError):
        inspector(wrong)
    verdicts = inspector([files[0], wrong])
    assert [bool(verdict.error) for verdict in verdicts] == [False, True]


def test_repr_names_classes_and_threshold(inspector: Inspector) -> None:
    """What a notebook shows."""
    assert inspector.classes == ("ok", "defective")
    assert f"ok, defective; NG from {inspector.threshold:.4f}" in repr(inspector)


def test_picture_shows_photo_heatmap_and_verdict(inspector: Inspector, files: list[Path]) -> None:
    """It needs the photo's path and the heatmap."""
    picture = inspector.picture(inspector(files[0], heatmap=True))

    assert picture.mode == "RGB"
    assert picture.width > 2 * 64
    with pytest.raises(ConfigError, match="heatmap"):
        inspector.picture(inspector(files[0]))
