"""A metrics.json with every key, from the product's own evaluators and models."""

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

from simulated import NO_LEAK, simulated

from okng.config import OperatingSettings
from okng.evaluation import EvaluationContext, measure, write_figures
from okng.evaluation.heatmaps.conclusions import Evidence, conclude
from okng.evaluation.results import Metrics, Rate
from okng.evaluation.results.provenance import Circumstances
from okng.evaluation.results.trust import (
    Erasure,
    Gain,
    Gains,
    HeatmapCheck,
    HeatmapCurves,
    OrderAreas,
    OrderCurves,
    Pointing,
    Randomised,
    Robustness,
    RobustnessKind,
    RobustnessLevel,
    TurningLevels,
    UsableRange,
)
from okng.evaluation.robustness.perturbations import KINDS, Kind
from okng.modelfile import Calibration
from okng.verdict import OperatingPoint

METHOD = "exact Clopper-Pearson"
SECTIONS = ("acceptance", "repeatability", "by", "curves", "threshold_stability", "reliability",
            "matthews", "robustness", "heatmap_check", "evaluation", "warnings",
            "warning_messages")  # fmt: skip
"""Keys that a run of `okng train` may lack, or has in a poorer form."""


def rate(value: float | None, spread: float = 0.05, n: int = 40) -> dict[str, Any]:
    """A rate with some interval, as plain values."""
    return _rate(value, spread, n).plain()


def extras() -> dict[str, Any]:
    """The keys that a run of `okng train` may lack, as plain values."""
    found = full_metrics().plain()
    return {key: found[key] for key in SECTIONS}


@cache
def full_metrics() -> Metrics:
    """Metrics of a simulated test with validation photos, runs, stations and changed photos."""
    context = EvaluationContext(
        simulated(40, 3, spread=1.0),
        OperatingPoint(threshold=0.5),
        split="test",
        leakage=NO_LEAK,
        validation=simulated(60, seed=1),
        policy=OperatingSettings(),
        calibration=Calibration(scale=1.5, bias=(0.0, 0.2)),
        by=("station",),
        warnings=("All photos of station B show one part.",),
    )
    versions = {"python": "3.11", "onnxruntime": "1.20"}
    return measure(context).having(
        robustness=_robustness(),
        heatmap_check=_heatmap_check(hits=37),
        evaluation=Circumstances(
            photos="photos",
            data_digest="d" * 64,
            judged="2026-11-24T21:00:00+00:00",
            unreadable=0,
            policy=None,
            versions=versions,
        ),
    )


def heatmap_check(*, trusted: bool) -> dict[str, Any]:
    """What `check_heatmaps` gives, as plain values."""
    return _heatmap_check(hits=37 if trusted else 3).plain()


def _rate(value: float | None, spread: float = 0.05, n: int = 40) -> Rate:
    if value is None:
        return Rate(value=None, low=None, high=None, n=0, method="no photo to count")
    low, high = max(0.0, value - spread), min(1.0, value + spread)
    return Rate(value=value, low=low, high=high, n=n, method=METHOD)


def _heatmap_check(hits: int) -> HeatmapCheck:
    """The hottest place lies on the defect in so many of 40 photos."""
    areas = OrderAreas(heatmap=0.8, random=0.5, centre=0.6)
    along = OrderCurves(heatmap=(0.1, 0.8, 0.9), random=(0.1, 0.5, 0.9), centre=(0.1, 0.6, 0.9))
    gain = Gain(value=0.3, low=0.2, high=0.4, n=16, method="mean over photos, bootstrap")
    erasure = Erasure(
        insertion=areas,
        deletion=areas,
        gain=Gains(random=gain, centre=gain),
        background="good part",
        curves=HeatmapCurves(fraction=(0.0, 0.5, 1.0), insertion=along, deletion=along),
    )
    pointing = Pointing(rate=_rate(hits / 40), chance=0.1, centre=0.2, masks=40)
    shuffled = Randomised(layers=("a", "b", "c"), correlation=0.1, limit=0.5, flat=0.0)
    return conclude(Evidence(16, 0, erasure, pointing, shuffled))


def _robustness() -> Robustness:
    return Robustness(
        photos=96,
        groups=80,
        limit=0.02,
        needed=150,
        left_out=("rotation",),
        kinds=tuple(_kind(kind) for kind in KINDS),
        sentences=("At most 2 % of the verdicts turn within: brightness 0.85 to 1.15 (factor).",),
    )


def _kind(kind: Kind) -> RobustnessKind:
    """Verdicts hold one level around the photo as it is, and turn at the ends."""
    middle = kind.levels.index(kind.neutral)
    held = kind.levels[max(0, middle - 1) : middle + 2]
    ends = {kind.levels[0], kind.levels[-1]} - {kind.neutral}
    return RobustnessKind(
        kind=kind.name,
        unit=kind.unit,
        neutral=kind.neutral,
        levels=tuple(_level(level, 0.2 if level in ends else 0.0) for level in kind.levels),
        usable=UsableRange(
            low=held[0], high=held[-1], tested_low=kind.levels[0], tested_high=kind.levels[-1]
        ),
        turns=TurningLevels(low=kind.levels[0] if middle else None, high=None),
        warned_first=True,
    )


def _level(level: float, flipped: float) -> RobustnessLevel:
    return RobustnessLevel(
        level=level, drift=flipped / 2, drift_95=flipped, flipped=_rate(flipped), holds=not flipped,
        turns=flipped > 0.1, to_ok=1 if flipped else 0, to_ng=4 if flipped else 0,
        escapes=3, overkills=4, review=2, unfamiliarity=0.5, outside=0.1,
    )  # fmt: skip


def full_run(run: Path, target: Path, **changes: Any) -> Path:
    """A copy of a run whose metrics.json has every key, and the figures of them."""
    shutil.copytree(run, target)
    change(target, **(extras() | changes))
    write_figures(target)
    return target


def change(run: Path, **changes: Any) -> None:
    """Put keys into the metrics.json of a run; sentences replace their codes, too."""
    metrics = json.loads((run / "metrics.json").read_text())
    for sentences, codes in (("warnings", "warning_messages"), ("proves", "proves_messages")):
        if sentences in changes and codes not in changes:
            metrics.pop(codes, None)
    (run / "metrics.json").write_text(json.dumps(metrics | changes))
