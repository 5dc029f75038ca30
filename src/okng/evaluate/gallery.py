"""Heatmaps of the photos that teach most: the worst misses and the surest hits."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image

from okng.evaluate.scores import Scores
from okng.files import write_atomic
from okng.predict.overlay import overlay
from okng.verdict import Verdict

Judge = Callable[[Path], tuple[npt.NDArray[np.uint8], Verdict]]
PER_KIND = 6
_SIDE = 320


@dataclass(frozen=True, slots=True)
class Case:
    """One photo of the gallery; `kind` is escape, overkill, hit, or mix-up of types."""

    kind: str
    path: str
    label: str
    judged: str
    defect_score: float
    picture: str = ""


def choose_cases(scores: Scores, per_kind: int = PER_KIND) -> list[Case]:
    """The escapes with the lowest scores, overkills with the highest, and the surest hits."""
    table = scores.table[scores.table["error"] == ""].sort_values("defect_score")
    wrong = table["label"] != table["class"]
    if scores.ok_class is None:
        return _take("mix-up", table[wrong], per_kind) + _take("hit", table[~wrong], per_kind)
    defective, passed = table["label"] != scores.ok_class, table["class"] == scores.ok_class
    return [
        *_take("escape", table[defective & passed], per_kind),
        *_take("overkill", table[~defective & ~passed][::-1], per_kind),
        *_take("hit", table[defective & ~passed][::-1], per_kind),
    ]


def write_gallery(judge: Judge, root: Path, cases: Iterable[Case], out: Path) -> list[Case]:
    """Write photo and heatmap of each case side by side, and `gallery.json` that lists them.

    Args:
        judge: gives a photo and its verdict with heatmap.
        root: folder that the paths of the cases are relative to.
        cases: from `choose_cases`.
        out: the folder `gradcam` of a run.
    """
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.png"):
        old.unlink()
    drawn = [_draw(judge, root, case, number, out) for number, case in enumerate(cases, 1)]
    write_atomic(out / "gallery.json", json.dumps([asdict(case) for case in drawn], indent=2))
    return drawn


def _take(kind: str, rows: pd.DataFrame, count: int) -> list[Case]:
    return [
        Case(kind, row["path"], row["label"], row["class"], float(row["defect_score"]))
        for row in rows.head(count).to_dict("records")
    ]


def _draw(judge: Judge, root: Path, case: Case, number: int, out: Path) -> Case:
    photo, verdict = judge(root / case.path)
    heatmap = verdict.heatmap if verdict.heatmap is not None else np.zeros((1, 1), np.float32)
    small = _fit(photo)
    pair = np.concatenate([small, np.full((len(small), 6, 3), 255, np.uint8),
                           overlay(small, heatmap)], axis=1)  # fmt: skip
    name = f"{case.kind}_{number:02d}_{case.defect_score:.3f}.png"
    Image.fromarray(pair).save(out / name)
    values = {**asdict(case), "picture": name}
    return Case(**values)


def _fit(photo: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    image = Image.fromarray(photo)
    scale = _SIDE / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC))
