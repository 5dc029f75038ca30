"""How far scores, verdicts and heatmaps can be trusted."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from okng.evaluation.plots.drawing import (
    BAD,
    GOOD,
    LINE,
    THIRD,
    axes,
)
from okng.wording import mark, term, translated

_COLUMNS = 4
_NAMES = {"jpeg": mark("JPEG quality"), "shift": mark("position"), "blur": mark("focus")}
"""Changes that the report names otherwise than their keys."""
_INSERTION = mark("Insertion: the higher, the better")
_DELETION = mark("Deletion: the lower, the better")


def reliability(section: dict[str, Any]) -> Figure:
    """Share of defective parts over the score, with intervals; the diagonal is perfect."""
    figure, (place,) = axes(1)
    bins = [row for row in section["bins"] if row["defective"]["value"] is not None]
    scores = [row["mean_score"] for row in bins]
    shares = np.array([row["defective"]["value"] for row in bins])
    ends = [[row["defective"][end] for row in bins] for end in ("low", "high")]
    spread = np.abs(np.array(ends) - shares)
    place.plot([0, 1], [0, 1], color=LINE, lw=0.7, ls=":", label=translated("perfect"))
    place.errorbar(scores, shares, yerr=spread, fmt="o", color=GOOD, capsize=2,
                   label=translated("share of such photos, with 95 % interval"))  # fmt: skip
    place.set(xlabel=translated("defect score"), ylabel=translated("share that is defective"))
    place.set_ylim(-0.02, 1.02)
    figure.legend(frameon=False, loc="outside upper left", ncols=2)
    return figure


def robustness(section: dict[str, Any]) -> Figure:
    """Flipped verdicts over the strength of each change; the shaded range is usable."""
    kinds = section["kinds"]
    rows = -(-(len(kinds) + 1) // _COLUMNS)
    figure = Figure(figsize=(2.4 * _COLUMNS, 2.2 * rows), layout="constrained")
    highest = max(level["flipped"]["value"] or 0 for kind in kinds for level in kind["levels"])
    for number, kind in enumerate(kinds, 1):
        place = figure.add_subplot(rows, _COLUMNS, number)
        place.spines[["top", "right"]].set_visible(False)
        levels = kind["levels"]
        at = [level["level"] for level in levels]
        flipped = [level["flipped"]["value"] for level in levels]
        drift = [level["drift"] for level in levels]
        usable = kind["usable"]
        if None not in (usable["low"], usable["high"]):
            place.axvspan(usable["low"], usable["high"], color=THIRD, alpha=0.18, lw=0,
                          label=translated("verdicts hold"))  # fmt: skip
        place.axhline(
            section["limit"],
            color=LINE,
            lw=0.7,
            ls=":",
            label=translated("limit of turned verdicts"),
        )
        place.plot(at, np.array(flipped, dtype=float), color=BAD, marker=".",
                   label=translated("verdicts turned"))  # fmt: skip
        place.plot(at, np.array(drift, dtype=float), color=GOOD, marker=".", ls="--", lw=1,
                   label=translated("drift of the score"))  # fmt: skip
        name = kind["kind"]
        title = translated(_NAMES[name]) if name in _NAMES else term(name)
        place.set_title(title, fontsize=10)
        place.set_xlabel(term(str(kind["unit"])), fontsize=9)
        place.tick_params(labelsize=8)
        place.set_ylim(0, min(1.0, max(0.2, 1.1 * highest)))
    legend = figure.add_subplot(rows, _COLUMNS, len(kinds) + 1)
    legend.set_axis_off()
    legend.legend(*place.get_legend_handles_labels(), frameon=False, fontsize=9, loc="center")
    return figure


def heatmap_check(curves: dict[str, Any]) -> Figure:
    """Mean score while the hottest places are put in, or taken out."""
    figure, places = axes(2)
    words = {
        "heatmap": translated("hottest first"),
        "random": translated("at random"),
        "centre": translated("middle first"),
    }
    styles = {"heatmap": (BAD, "-"), "random": (LINE, ":"), "centre": (GOOD, "--")}
    for place, what, title in ((places[0], "insertion", _INSERTION),
                               (places[1], "deletion", _DELETION)):  # fmt: skip
        for order, (colour, line) in styles.items():
            place.plot(curves["fraction"], curves[what][order], color=colour, ls=line,
                       marker=".", label=words[order])  # fmt: skip
        place.set(xlabel=translated("share of the photo"),
                  ylabel=translated("score of the judged class"),
                  title=translated(title))  # fmt: skip
        place.set_ylim(-0.02, 1.02)
    places[0].legend(frameon=False)
    return figure
