"""What taught may never choose, and what is reported neither."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from okng.dataset import Dataset, Photo
from okng.errors import ConfigError
from okng.evaluation import Scores
from okng.modelfile import Calibration, InputRules, Metadata
from okng.runs.layout import OUT_OF_FOLD, RunFolder
from okng.steps.leakage.choosing import choosing
from okng.steps.leakage.conclusions import cautions
from okng.steps.leakage.matching import Matches
from okng.steps.leakage.origin import Known, Origin
from okng.steps.out_of_fold import left_out, untaught
from okng.verdict import OperatingPoint

METADATA = Metadata(
    name="m", classes=("ok", "ng"), ok_class="ok", operating_point=OperatingPoint(threshold=0.5),
    calibration=Calibration.identity(2), input=InputRules(image_size=32), dataset_digest="",
    backbone="cnn", weights="", weights_licence="",
)  # fmt: skip


def _photo(number: int, split: str, group: str = "") -> Photo:
    return Photo(f"{number}.jpg", ("ok", "ng")[number % 2], f"{number:064x}", group, split)


def _dataset(*photos: Photo) -> Dataset:
    return Dataset(Path("photos"), photos, ("ok", "ng"), "ok")


def _scores(photos: tuple[Photo, ...]) -> Scores:
    table = pd.DataFrame({name: [getattr(p, name) for p in photos]
                          for name in ("path", "split", "label", "group")})  # fmt: skip
    values = np.linspace(0.1, 0.9, len(photos))
    table = table.assign(verdict="OK", threshold=0.5, error="", defect_score=values)
    table = table.assign(p_ok=1 - values, p_ng=values, **{"class": "ok"})
    return Scores(table, ("ok", "ng"), "ok")


def _known(*numbers: int) -> Origin:
    return Origin(Known(), Known(), RunFolder("run"), _dataset(*(_photo(n, "train", f"g{n}")
                                                                 for n in numbers)))  # fmt: skip


def test_photos_that_taught_are_left_out_and_counted() -> None:
    """Ten of twenty validation photos are left, and the sentence gives the number."""
    dataset = _dataset(*(_photo(n, "val") for n in range(20)), _photo(20, "test"))
    taught = frozenset(f"{n}.jpg" for n in range(10))
    found = choosing(dataset, "test", Matches(_known(), dict.fromkeys(taught, "file"), taught))
    left = found.held_out(_scores(dataset.photos), METADATA)

    assert left.table["path"].tolist() == [f"{n}.jpg" for n in range(10, 20)]
    assert (
        "10 of 20 validation photos show parts that the model learned"
        in found.sentences()[0].text()
    )


def test_too_few_that_did_not_teach_are_refused() -> None:
    """Two defective parts choose no threshold."""
    dataset = _dataset(*(_photo(n, "val") for n in range(20)), _photo(20, "test"))
    taught = frozenset(f"{n}.jpg" for n in range(15))
    matches = Matches(_known(), dict.fromkeys(taught, "file"), taught)

    with pytest.raises(ConfigError, match="of 20 validation photos 15 show parts that the model"):
        choosing(dataset, "test", matches)


def test_equal_names_of_groups_in_two_data_sets_mean_nothing(tmp_path: Path) -> None:
    """Training photos cross by digest or match: the group `g1` of the test is not the run's `g1`.

    A copy of a training photo under another name crosses, with the other photos of its part.
    """
    run = RunFolder(tmp_path)
    learned = [_photo(n, "train", f"g{n // 2}") for n in range(12)]
    _scores(tuple(learned)).write(tmp_path / OUT_OF_FOLD)
    origin = Origin(Known(), Known(), run, _dataset(*learned))
    stranger = replace(_photo(50, "test", "g1"), path="0.jpg")
    copy = _photo(51, "test")
    validation = _photo(52, "val")
    dataset = _dataset(stranger, copy, validation)
    matches = Matches(
        origin,
        {copy.path: "near", validation.path: "file"},
        frozenset({copy.path, validation.path}),
        {copy.path: [learned[8]]},
    )
    found = choosing(dataset, "test", matches)
    left = found.held_out(_scores(dataset.photos), METADATA)

    assert set(range(12)) - {int(path[:-4]) for path in left.table["path"]} == {8, 9}
    assert (
        found.sentences()[0].text().startswith("2 validation photos show parts that are reported")
    )


def test_unknown_origin_is_told_of_the_threshold_too() -> None:
    """Both figures and threshold may rest on training photos."""
    assert len(cautions(Matches(None), chosen=False)) == 1
    assert "threshold" in cautions(Matches(None), chosen=True)[1].text()


def test_validation_photos_of_training_parts_choose_nothing_in_training() -> None:
    """A split that was given may share parts: calibration and threshold do without these photos."""
    photos = [_photo(0, "train", "a"), _photo(1, "val", "a"), _photo(2, "val", "b"),
              _photo(3, "val"), _photo(4, "train")]  # fmt: skip

    assert [photo.path for photo in untaught(_dataset(*photos)).photos] == ["2.jpg", "3.jpg"]
    assert left_out(_dataset(*photos))[0].text().startswith("1 of 3 validation photos")
    assert left_out(_dataset(*photos[2:])) == []
