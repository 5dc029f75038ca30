"""Optuna's own pictures of a study, as files."""

import functools
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import optuna
from matplotlib import pyplot as plt
from optuna.exceptions import ExperimentalWarning
from optuna.trial import TrialState
from optuna.visualization import matplotlib as drawn

from okng.files import whole_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FEWEST = 2
"""Complete trials from which on there is something to compare."""
_SIDE_BY_SIDE = 3
_NAMES = ("history", "importances", "slice")


def write_figures(study: optuna.Study, objective: str, folder: Path) -> list[str]:
    """Draw history, importances and a slice for each setting.

    Args:
        study: with one complete trial or more.
        objective: what its values are, for the axes.
        folder: where to; pictures of an earlier state are replaced.

    Returns:
        The names that were drawn: history, importances, slice_1, slice_2, ...
    """
    for old in (path for name in _NAMES for path in folder.glob(f"{name}*.png")):
        old.unlink(missing_ok=True)
    done = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    if len(done) < _FEWEST:
        return []
    pictures: dict[str, Callable[[], Any]] = {
        "history": lambda: drawn.plot_optimization_history(study, target_name=objective),
    }
    names = sorted({name for trial in done for name in trial.params})
    for number, begin in enumerate(range(0, len(names), _SIDE_BY_SIDE), 1):
        pictures[f"slice_{number}"] = functools.partial(
            drawn.plot_slice,
            study,
            params=names[begin : begin + _SIDE_BY_SIDE],
            target_name=objective,
        )
    if len({trial.value for trial in done}) > 1 and _shared(done):
        pictures["importances"] = lambda: drawn.plot_param_importances(
            study,
            evaluator=optuna.importance.FanovaImportanceEvaluator(seed=0),
            params=_shared(done),
            target_name=objective,
        )
    with _own_canvas():
        for name, draw in pictures.items():
            _save(draw(), folder / f"{name}.png")
    return list(pictures)


def _shared(done: list[optuna.trial.FrozenTrial]) -> list[str]:
    """Settings that all trials have, with more than one value."""
    names = set.intersection(*(set(trial.params) for trial in done))
    return [n for n in done[0].params if n in names and len({t.params[n] for t in done}) > 1]


@contextmanager
def _own_canvas() -> Iterator[None]:
    """Draw without a window, and leave the user's style and backend as they were."""
    before = mpl.get_backend(auto_select=False)
    with mpl.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        warnings.filterwarnings("ignore", module="optuna|matplotlib")
        plt.switch_backend("agg")
        try:
            yield
        finally:
            if before is not None:
                plt.switch_backend(before)


def _save(axes: Any, path: Path) -> None:
    figure: Figure = np.ravel(axes)[0].figure
    figure.set_layout_engine("constrained")
    with whole_file(path) as temporary:
        figure.savefig(temporary, format="png", dpi=110, facecolor="white")
    plt.close(figure)
