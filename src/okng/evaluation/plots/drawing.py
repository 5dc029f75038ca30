"""Paper and pens of all figures."""

import warnings
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, Formatter

from okng.files import whole_file
from okng.wording import Language, chosen_language

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


class _Commas(Formatter):
    """Numbers of another formatter with decimal commas."""

    def __init__(self, inner: Formatter) -> None:
        self._inner = inner

    def __call__(self, value: float, position: int | None = None) -> str:
        return self._inner(value, position).replace(".", ",")

    def set_locs(self, locs: list[float]) -> None:
        """Places of all marks, which decide how many digits they have."""
        self._inner.set_locs(locs)


def _with_commas(inner: Formatter) -> Formatter:
    # Fixed texts are names of classes.
    return inner if isinstance(inner, FixedFormatter) else _Commas(inner)


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, whole or not at all.

    Signs that the font lacks, as in Japanese names, become boxes; the tables beside have them.
    """
    FigureCanvasAgg(figure)
    if chosen_language() is Language.DE:
        for axis in (axis for place in figure.axes for axis in (place.xaxis, place.yaxis)):
            axis.set_major_formatter(_with_commas(axis.get_major_formatter()))
    with whole_file(path) as temporary, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from font")
        figure.savefig(temporary, format="png", dpi=130, facecolor="white")
