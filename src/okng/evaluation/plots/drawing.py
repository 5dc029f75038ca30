"""Paper and pens of all figures."""

import warnings
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from okng.files import whole_file

# Okabe and Ito: told apart by colour-blind readers, and in grey print by lightness.
GOOD, BAD, LINE, THIRD = "#0072B2", "#D55E00", "#333333", "#009E73"


def axes(count: int, *, width: float = 4.6, height: float = 3.2) -> tuple[Figure, list[Axes]]:
    """A figure of `count` plots side by side; one alone is wider."""
    size = (width * count if count > 1 else 6.4, height)
    figure = Figure(figsize=size, layout="constrained")
    subplots = [figure.add_subplot(1, count, number + 1) for number in range(count)]
    for each in subplots:
        each.spines[["top", "right"]].set_visible(False)
    return figure, subplots


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, whole or not at all.

    Signs that the font lacks, as in Japanese names, become boxes; the tables beside have them.
    """
    FigureCanvasAgg(figure)
    with whole_file(path) as temporary, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from font")
        figure.savefig(temporary, format="png", dpi=130, facecolor="white")
