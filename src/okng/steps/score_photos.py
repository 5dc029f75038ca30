"""Scores photos with a model file, for training and evaluation alike."""

import time
from collections.abc import Collection, Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from okng import modelfile, preprocess
from okng.dataset import Dataset
from okng.errors import TrainingError
from okng.evaluation import (
    Scores,
    choose_cases,
    heat_scale,
    write_gallery,
)
from okng.evaluation.results.provenance import Decoding, Speed
from okng.evaluation.results.trust import Robustness
from okng.evaluation.robustness.measure import robustness
from okng.events import Progress
from okng.inference import Inspector
from okng.inference.engine import InspectionEngine
from okng.inference.processors import cores
from okng.modelfile import HeatScale, Metadata, ModelFile
from okng.steps.score_table import at_point
from okng.verdict import Verdict

_TIMED = 12  # photos that are timed one by one: a second or less
_COMPARED = 16  # photos: calibration and threshold are the same numbers for all
_DECODED_TWICE = 256  # photos: 12 megapixels take 0.1 s each
_DECIDED = ["verdict", "class"]
_SEALED_AS_COMPUTED = 1e-5  # of a score: float32 in the graph, float64 in the table


def judge(
    dataset: Dataset, inspector: Inspector, stage: str, progress: Progress
) -> tuple[list[Verdict], Scores]:
    """Verdicts on all photos of a data set, in order, and their table."""
    verdicts = []
    with progress.stage(stage, len(dataset)) as advance:
        for verdict in inspector.judge(dataset.paths()):
            verdicts.append(verdict)
            advance()
    metadata = inspector.metadata
    scores = Scores.from_verdicts(dataset.photos, verdicts, metadata.classes, metadata.ok_class)
    return verdicts, scores


def check_decoding(
    dataset: Dataset, inspector: Inspector, raw: Scores, metadata: Metadata
) -> Decoding | None:
    """Compare verdicts with those on the same photos at full size.

    Validation photos come first, then all others, at most 256 in all: of 96 drawn parts of 4000 x
    3000 pixels no validation photo changed and one test photo did (benchmarks/inspector/LOG.md).
    Whether a verdict is right plays no part, so the test photos stay a test.

    Args:
        dataset: all photos with their splits.
        inspector: of the exported file.
        raw: its uncalibrated scores on all photos, in their order.
        metadata: of the file, with calibration and operating point.

    Returns:
        None where the file decodes at full size anyway.
    """
    side = metadata.input.reduced_side
    if not side:
        return None
    photos, every = dataset.photos, dataset.paths()
    order = sorted(range(len(photos)), key=lambda row: photos[row].split != "val")
    reducible = (row for row in order if preprocess.reduced_by(every[row], side) > 1)
    rows = sorted(islice(reducible, _DECODED_TWICE))
    if not rows:
        return None
    with InspectionEngine(at_full_size(inspector.engine.file)) as engine:
        paths = [every[row] for row in rows]
        verdicts = [inspection.verdict for inspection in engine.stream(paths)]
    compared = [photos[row] for row in rows]
    whole = at_point(Scores.from_verdicts(compared, verdicts, raw.classes, raw.ok_class), metadata)
    reduced = at_point(raw, metadata)
    reduced = reduced.keep(np.isin(np.arange(len(reduced)), rows))
    changed = (reduced.table[_DECIDED] != whole.table[_DECIDED]).any(axis=1)
    return Decoding(
        reduced_side=side,
        photos=len(rows),
        largest_difference=_largest_difference(reduced, whole),
        verdicts_changed=int(changed.sum()),
        reduced=not changed.any(),
    )


def at_full_size(file: ModelFile) -> ModelFile:
    """A model file that decodes JPEGs at their full size."""
    rules = file.metadata.input.model_copy(update={"reduced_side": 0})
    return file._replace(metadata=file.metadata.model_copy(update={"input": rules}))


def _largest_difference(one: Scores, other: Scores) -> float:
    apart = np.abs(one.probabilities - other.probabilities)
    return float(np.nanmax(apart, initial=0.0))


def model_facts(path: Path) -> dict[str, Any]:
    """Digest and metadata of a model file, for `metrics.json`."""
    file = modelfile.read(path)
    left_out = {"metrics", "operating_point", "traces", "held_out"}
    facts = file.metadata.model_dump(mode="json", exclude=left_out)
    return {"digest": file.digest, "image_size": file.metadata.input.image_size, **facts}


def draw_cases(inspector: Inspector, root: Path, scores: Scores, out: Path) -> None:
    """Heatmaps of all misses, the surest hits and the closest calls."""

    def judge_one(path: Path) -> Any:
        photo = inspector.read(path)
        return photo, inspector(photo, heatmap=True)

    write_gallery(judge_one, root, choose_cases(scores), out, inspector.metadata.heat)


def measure_speed(inspector: Inspector, paths: Sequence[Path]) -> Speed | None:
    """How long one photo takes on this PC, from file to verdict.

    Args:
        inspector: the model file.
        paths: photos; the first ones that can be read are judged one by one.

    Returns:
        None where no photo can be read.
    """
    seconds, size = [], (0, 0)
    with preprocess.decode_anew():  # the cache would hide what reading costs
        for path in paths[: _TIMED + 1]:
            start = time.perf_counter()
            verdict = inspector(path)
            if not verdict.error:
                seconds.append(time.perf_counter() - start)
                # of the first photo: (height, width)
                size = size if any(size) else preprocess.read(path).shape[:2]
    if not seconds:
        return None
    # The first run warms up memory and caches, as no photo on a line does.
    timed = seconds[1:] or seconds
    return Speed(
        milliseconds=1000 * median(timed),
        photos=len(timed),
        width=size[1],
        height=size[0],
        threads=cores(),
    )


def measured_heat_scale(inspector: Inspector, root: Path, scores: Scores) -> HeatScale | None:
    """The scale of heatmaps, measured on photos that are not the test, validation photos first."""
    # the test stays out of everything that is sealed into the file
    rest = [scores.select("val"), scores.select("train")]
    table = pd.concat([part.table for part in rest], ignore_index=True)
    return heat_scale(inspector, root, Scores(table, scores.classes, scores.ok_class))


def check_published(inspector: Inspector, root: Path, scores: Scores) -> None:
    """Compare the sealed file with the table that its metrics were computed from, on some photos.

    Raises:
        TrainingError: a score differs by more than 1e-5.
    """
    table = scores.table[scores.table["error"] == ""].iloc[:_COMPARED]
    for path, expected in zip(table["path"], table["defect_score"], strict=True):
        given = inspector(root / path).defect_score
        if abs(given - expected) > _SEALED_AS_COMPUTED:
            raise TrainingError(
                f"The sealed file gives {given:.6f} for {path}, the score table {expected:.6f}",
                where="export",
                allowed=f"a difference of {_SEALED_AS_COMPUTED:g}",
                hint="Do not use this model file. Please report the network and the versions.",
            )


def try_changes(
    inspector: Inspector,
    root: Path,
    scores: Scores,
    photos: int,
    progress: Progress,
    leave_out: Collection[str] = (),
) -> Robustness | None:
    """Verdicts on changed photos, from so many photos; None without an OK class.

    Kinds of changes that are to be left out are not tried.
    """
    if scores.ok_class is None:
        return None
    return robustness(inspector, root, scores, photos=photos, progress=progress,
                      leave_out=leave_out)  # fmt: skip
