"""How the training went."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from okng.evaluation.plots.drawing import (
    BAD,
    GOOD,
    LINE,
    axes,
)
from okng.wording import mark, translated

_WORDS = {"loss": mark("loss"), "accuracy": mark("accuracy")}


def curves(history: pd.DataFrame) -> Figure:
    """Loss and accuracy over epochs, and the epoch that was kept."""
    figure, (left, right) = axes(2)
    best = int(np.argmin(history["val_loss"].to_numpy()))
    for place, what in ((left, "loss"), (right, "accuracy")):
        place.plot(
            history["epoch"],
            history[f"train_{what}"],
            color=GOOD,
            marker=".",
            label=translated("training"),
        )
        place.plot(
            history["epoch"],
            history[f"val_{what}"],
            color=BAD,
            marker=".",
            label=translated("validation"),
        )
        place.axvline(history["epoch"][best], color=LINE, lw=0.8, ls=":", label=translated("kept"))
        place.set(xlabel=translated("epoch"), ylabel=translated(_WORDS[what]))
        place.xaxis.set_major_locator(MaxNLocator(integer=True))
        place.legend(frameon=False)
    left.set_ylim(bottom=0)
    right.set_ylim(top=1.005)
    return figure
