"""Photos that change, and verdicts that should not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from simulated import simulated

from okng import preprocess
from okng.evaluation.robustness.measure import robustness
from okng.evaluation.robustness.perturbations import KINDS, Kind
from okng.testing import draw_part
from okng.verdict import Judgement, Verdict

PHOTO = draw_part(3, size=64).photo


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_changes_grow_with_their_level(kind: Kind) -> None:
    """The neutral level leaves the photo as it is, the outermost changes it most."""
    assert kind.neutral in kind.levels
    assert list(kind.levels) == sorted(kind.levels)
    distances = [
        0.0
        if level == kind.neutral
        else float(np.abs(kind.apply(PHOTO, level).astype(float) - PHOTO).mean())
        for level in kind.levels
    ]
    middle = kind.levels.index(kind.neutral)
    for side in (distances[middle::-1], distances[middle:]):
        assert side == sorted(side)
    changed = kind.apply(PHOTO, kind.levels[0 if middle else -1])
    assert changed.shape == PHOTO.shape
    assert changed.dtype == np.uint8


def _inspector(
    score: Callable[[np.ndarray], float], *, strange: Callable[[np.ndarray], bool] | None = None
) -> object:
    """An inspector whose score is a function of the photo."""

    def judge(photos: object) -> object:
        for photo in photos:  # type: ignore[attr-defined]
            verdict = Verdict(Judgement.OK, score(photo), "ok")
            if strange is not None:
                verdict = replace(
                    verdict,
                    unfamiliarity=float(strange(photo)),
                    reason="unfamiliar" if strange(photo) else "",
                )
            yield verdict

    metadata = SimpleNamespace(input=SimpleNamespace(depth=16))
    return SimpleNamespace(judge=judge, metadata=metadata, read=preprocess.read)


def _darkness(photo: np.ndarray) -> float:
    """Dark photos are called defective."""
    return float(photo.mean() < 75)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """200 photos, as bright as each other."""
    for number in range(200):
        grey = np.full((8, 8, 3), 100 + number % 2, dtype=np.uint8)
        Image.fromarray(grey).save(tmp_path / f"{number}.jpg", "PNG")
    return tmp_path


def test_usable_range_ends_where_verdicts_flip(folder: Path) -> None:
    """At half the light all are called defective; 160 parts show that a little less is harmless."""
    result = robustness(_inspector(_darkness), folder, simulated(200), photos=160)  # type: ignore[arg-type]

    assert result is not None
    found = result.plain()
    light = next(kind for kind in found["kinds"] if kind["kind"] == "brightness")
    assert found["photos"] == 160
    assert light["usable"] == {"low": 0.85, "high": 1.5, "tested_low": 0.5, "tested_high": 1.5}
    assert light["levels"][0]["flipped"]["value"] == 1.0
    assert light["levels"][0]["to_ng"] == 160
    assert light["turns"] == {"low": 0.7, "high": None}
    assert light["warned_first"] is None
    assert "brightness 0.85 to 1.5" in found["sentences"][0]
    assert "brightness 0.7 (factor)" in found["sentences"][1]


def test_few_photos_show_no_range(folder: Path) -> None:
    """Without a single turned verdict 30 parts show no limit of 2 %; that verdicts turn they do."""
    result = robustness(_inspector(_darkness), folder, simulated(200), photos=30)  # type: ignore[arg-type]

    assert result is not None
    found = result.plain()
    light = next(kind for kind in found["kinds"] if kind["kind"] == "brightness")
    assert found["needed"] == 150
    assert (light["usable"]["low"], light["usable"]["high"]) == (None, None)
    assert light["turns"] == {"low": 0.7, "high": None}
    assert "30 parts cannot show" in found["sentences"][0]


def test_one_turned_verdict_is_no_limit(folder: Path) -> None:
    """One of 160 neither shows that verdicts hold at 2 %, nor that they turn."""
    calls = iter(range(10**6))
    turned = {160 + 1}  # one photo of the first level that is tried

    def score(_: np.ndarray) -> float:
        return float(next(calls) in turned)

    result = robustness(_inspector(score), folder, simulated(200), photos=160)  # type: ignore[arg-type]

    assert result is not None
    found = result.plain()
    light = found["kinds"][0]
    row = light["levels"][0]
    assert row["to_ng"] + row["to_ok"] == 1
    assert (row["holds"], row["turns"]) == (False, False)


def test_kinds_can_be_left_out(folder: Path) -> None:
    """Rotation says nothing where parts lie anyhow."""
    inspector: Any = _inspector(_darkness)
    result = robustness(inspector, folder, simulated(200), photos=8, leave_out=("rotation",))

    assert result is not None
    found = result.plain()
    assert found["left_out"] == ["rotation"]
    assert "rotation" not in {kind["kind"] for kind in found["kinds"]}


@pytest.mark.parametrize(("limit", "warned"), [(90, True), (55, False)])
def test_warning_before_verdicts_flip_is_told(folder: Path, limit: int, warned: bool) -> None:
    """Unfamiliar from 85 % of the light on, or only from half of it."""
    inspector = _inspector(_darkness, strange=lambda photo: photo.mean() < limit)
    result = robustness(inspector, folder, simulated(200), photos=20)  # type: ignore[arg-type]

    assert result is not None
    found = result.plain()
    light = next(kind for kind in found["kinds"] if kind["kind"] == "brightness")
    assert light["warned_first"] is warned
    assert any("nothing else will warn" in s for s in found["sentences"]) is not warned


def test_photos_that_are_gone_leave_no_figure(tmp_path: Path) -> None:
    """Nothing is made up."""
    assert robustness(_inspector(_darkness), tmp_path, simulated(4)) is None  # type: ignore[arg-type]
