"""Photos that teach most, with their heatmaps: every miss, the surest hits, the closest calls."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePath

import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image

from okng.evaluation.scores import Scores
from okng.files import write_atomic
from okng.inference.overlay import beside, strength
from okng.modelfile import HeatScale
from okng.runs.layout import GALLERY
from okng.verdict import Judgement, Verdict

Judge = Callable[[Path], tuple[npt.NDArray[np.uint8], Verdict]]
PER_KIND = 6
MOST_MISSES = 200
_SIDE = 320
_LONGEST_NAME = 80  # characters of a photo's name in the name of its picture


@dataclass(frozen=True, slots=True)
class Case:
    """One photo of the gallery.

    Attributes:
        kind: escape, overkill, mix-up of types, hit, or close for a right but narrow verdict.
        path: of the photo, relative to its root.
        label: what it is.
        judged: what it was taken for.
        defect_score: in [0, 1].
        picture: name of the drawn picture; empty until it is drawn.
        heatmap: int (h, w) in [0, 255], as rows; empty until it is drawn. The evidence for
            defective on the scale of the model file: 0 stays clear, 255 has the full colour.
        strength: the same as `okng.inference.overlay.strength` gives it, not cut at either end.
        stands_out: whether any place is above the level that stays clear.
    """

    kind: str
    path: str
    label: str
    judged: str
    defect_score: float
    picture: str = ""
    heatmap: tuple[tuple[int, ...], ...] = ()
    strength: tuple[tuple[float, ...], ...] = ()
    stands_out: bool = False


def choose_cases(
    scores: Scores, per_kind: int = PER_KIND, most_misses: int = MOST_MISSES
) -> list[Case]:
    """Choose the photos to show.

    Args:
        scores: of the photos that are reported.
        per_kind: surest hits, and closest calls of each side.
        most_misses: of each kind of miss; the worst come first.

    Returns:
        Escapes from the lowest score on, overkills from the highest on, mix-ups of types, then
        hits, then right verdicts from the nearest to the threshold on.
    """
    valid = (scores.table["error"] == "") & (scores.table["verdict"] != Judgement.ERROR)
    table = scores.table.assign(decided_as=scores.decided_as)[valid]
    table = table.sort_values("defect_score", kind="stable")
    wrong = table["label"] != table["decided_as"]
    if scores.ok_class is None:
        return _take("mix-up", table[wrong], most_misses) + _take("hit", table[~wrong], per_kind)
    defective, passed = table["label"] != scores.ok_class, table["decided_as"] == scores.ok_class
    mixed = defective & ~passed & wrong & table["label"].isin(scores.classes)
    caught = table[defective & ~passed & ~mixed]
    return [
        *_take("escape", table[defective & passed], most_misses),
        *_take("overkill", table[~defective & ~passed][::-1], most_misses),
        *_take("mix-up", table[mixed][::-1], most_misses if len(scores.classes) > 2 else 0),
        *_take("hit", caught[::-1], per_kind),
        *_take("close", caught, per_kind),
        *_take("close", table[~defective & passed][::-1], per_kind),
    ]


def write_gallery(
    judge: Judge, root: Path, cases: Iterable[Case], out: Path, scale: HeatScale | None = None
) -> list[Case]:
    """Write photo and heatmap of each case side by side, and `gallery.json` that lists them.

    Args:
        judge: gives a photo and its verdict with heatmap.
        root: folder that the paths of the cases are relative to.
        cases: from `choose_cases`.
        out: the folder `gradcam` of a run.
        scale: of the model file, on which all photos are drawn.
    """
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.png"):
        old.unlink()
    drawn = [
        _draw(judge, root, case, _name(case, n), out, scale) for n, case in enumerate(cases, 1)
    ]
    listing = json.dumps([asdict(case) for case in drawn], ensure_ascii=False)
    write_atomic(out / GALLERY, listing.encode("utf-8", "backslashreplace"))
    return drawn


def _take(kind: str, rows: pd.DataFrame, count: int) -> list[Case]:
    return [
        Case(kind, row["path"], row["label"], row["decided_as"], float(row["defect_score"]))
        for row in rows.head(count).to_dict("records")
    ]


def _name(case: Case, number: int) -> str:
    """Kind, place in the list, score, and the photo it shows: plain letters on every system."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", PurePath(case.path).stem)[:_LONGEST_NAME]
    return f"{case.kind}_{number:02d}_{case.defect_score:.3f}_{stem}.png"


def _draw(
    judge: Judge, root: Path, case: Case, name: str, out: Path, scale: HeatScale | None
) -> Case:
    photo, verdict = judge(root / case.path)
    evidence = strength(verdict, scale)
    drawn = np.full((1, 1), -1.0, np.float32) if evidence is None else evidence
    Image.fromarray(beside(_fit(photo), drawn)).save(out / name)
    whole = (drawn * 255).round().clip(0, 255).astype(int)
    return replace(
        case,
        picture=name,
        heatmap=tuple(tuple(row) for row in whole.tolist()),
        strength=tuple(tuple(row) for row in drawn.round(3).tolist()),
        stands_out=bool(drawn.max() > 0),
    )


def _fit(photo: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    image = Image.fromarray(photo)
    scale = _SIDE / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC))
