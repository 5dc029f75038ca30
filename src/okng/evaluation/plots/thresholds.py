"""What the threshold does: escapes, overkill and cost over it, and the review band."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from okng.evaluation.plots.drawing import (
    BAD,
    GOOD,
    LINE,
    THIRD,
    axes,
)
from okng.wording import mark, phrase, translated

_TITLES = {
    "validation": mark("Validation, where it was chosen"),
    "test": mark("Photos of this report"),
}


def thresholds(curves: dict[str, Any], threshold: float) -> Figure:
    """Escape rate, overkill rate and cost over the threshold, on validation and on the sample."""
    parts = [name for name in ("validation", "test") if name in curves]
    figure, places = axes(len(parts))
    for place, name in zip(places, parts, strict=True):
        _rates(place, curves[name])
        label = phrase("threshold {threshold:.3f}", threshold=threshold)
        place.axvline(threshold, color=LINE, ls="--", lw=1, label=label)
        place.set(xlabel=translated("threshold"), ylabel=translated("rate, and cost"))
        place.set_title(translated(_TITLES[name]))
        place.set_ylim(-0.02, 1.02)
    lines, labels = places[0].get_legend_handles_labels()
    figure.legend(lines, labels, frameon=False, loc="outside upper center", ncols=len(labels))
    return figure


def _rates(place: Axes, curve: dict[str, Any]) -> None:
    at = curve["threshold"]
    for key, colour, label in (("escape_rate", BAD, translated("escape rate")),
                               ("overkill_rate", GOOD, translated("overkill rate"))):  # fmt: skip
        if curve[key] is not None:
            place.plot(at, np.array(curve[key], dtype=float), color=colour, label=label)
    if curve.get("cost") is not None:
        cost = np.array(curve["cost"], dtype=float)
        largest = float(np.nanmax(cost)) if np.isfinite(cost).any() else 0.0
        if largest > 0:
            text = mark("cost") if largest <= 1 else mark("cost (1 is {largest:.3g})")
            place.plot(at, cost / max(1.0, largest), color=THIRD, ls=":",
                       label=phrase(text, largest=largest))  # fmt: skip


def review(curve: dict[str, Any]) -> Figure:
    """What is left to the machine when a person looks at ever more photos."""
    figure, (place,) = axes(1)
    for key, colour, label in (("escape_rate", BAD, mark("escape rate left")),
                               ("overkill_rate", GOOD, mark("overkill rate left"))):  # fmt: skip
        place.plot(curve["review_rate"], np.array(curve[key], dtype=float), color=colour,
                   label=translated(label))  # fmt: skip
    place.set(xlabel=translated("share sent to a person"), ylabel=translated("rate"))
    place.set_ylim(bottom=0)
    for axis in (place.xaxis, place.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.3g} %"))
    place.legend(frameon=False)
    return figure
