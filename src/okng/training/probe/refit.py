"""Fits the classifier again on kept features, in seconds.

It is the fit of `linear_probe` with two differences. The strength of the regularisation is the one
that the training chose: a few photos more do not change it. And products are in single precision,
with a whitening that takes no eigenvectors. Each fold has a whitening of its own: with one for all,
out-of-fold scores of castings were too sure of themselves, log-loss 0.013 instead of 0.029, though
a whitening sees no labels.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold
from torch import Tensor, nn

from okng.events import Progress
from okng.training.probe.cross_fit import mean_head
from okng.training.probe.logistic_head import Features, fit_head, losses, mean_of_passes
from okng.training.probe.whitening import fit_whitening_fast

Rows = npt.NDArray[np.int64]
_FRESH_FOLDS = 3
"""Folds of the fresh photos where the classifier itself comes from none: each costs a fit."""


class Learned(NamedTuple):
    """Photos to fit on.

    Attributes:
        views: the same N photos, view by view: orientations first, then random draws.
        passes: how many of the views are orientations.
        train: bool (N,), those of training; the others are of validation.
        fresh: bool (N,), those that the classifier before has not learned from.
    """

    views: list[Features]
    passes: int
    train: npt.NDArray[np.bool_]
    fresh: npt.NDArray[np.bool_]


class Refitted(NamedTuple):
    """A classifier that was fitted again.

    Attributes:
        head: the classifier.
        strength: inverse strength of its regularisation.
        out_of_fold: logits float32 (N, outputs), each from a classifier that was not fitted on the
            part; None without folds.
        fresh: the same of the fresh photos alone, float32 (M, outputs).
        mean: embedding float32 (F,) of an average training photo.
    """

    head: nn.Linear
    strength: float
    out_of_fold: Tensor | None
    fresh: Tensor
    mean: Tensor


def refit(
    learned: Learned, *, folds: int, strengths: Sequence[float], seed: int, progress: Progress
) -> Refitted:
    """Fit the classifier again, and score fresh photos by classifiers that have not seen them.

    Args:
        learned: training and validation photos.
        folds: of the cross-fit; 0 fits on the training photos.
        strengths: inverse strengths of the regularisation to choose from.
        seed: decides the folds.
        progress: receives a stage with a step per fit.
    """
    fitter = _Fitter(learned)
    plan = list(_plan(learned, folds, seed))
    with progress.stage("classifier", len(plan) * len(strengths)) as advance:
        heads = []
        for rows, _ in plan:
            heads.append(fitter.fit(rows, strengths))
            advance(len(strengths))
    if folds:
        best = _best(learned, heads, [rest for _, rest in plan])
        chosen = [of_fold[best] for of_fold in heads]
        logits = _each(learned, chosen, [rest for _, rest in plan])
        head, fresh = mean_head(chosen), logits[learned.fresh]
        return Refitted(head, strengths[best], logits, fresh, fitter.mean())
    best = _best(learned, heads[:1], [np.flatnonzero(~learned.train)])
    chosen = [of_fold[best] for of_fold in heads]
    rest = [np.flatnonzero(~learned.train), *(rows for _, rows in plan[1:])]
    logits = _each(learned, chosen, rest)
    return Refitted(chosen[0], strengths[best], None, logits[learned.fresh], fitter.mean())


def _plan(learned: Learned, folds: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """Rows to fit on, and rows that are then scored."""
    plain = learned.views[0]
    labels, parts = plain.labels.numpy(), plain.parts.numpy()
    if folds:
        splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
        yield from splitter.split(labels, labels, parts)
        return
    train = np.flatnonzero(learned.train)
    yield train, np.flatnonzero(~learned.train)
    fresh = np.flatnonzero(learned.train & learned.fresh)
    count = min(_FRESH_FOLDS, len(np.unique(parts[fresh])))
    if count == 1:
        yield np.setdiff1d(train, fresh), fresh
    elif count:
        for _, rest in GroupKFold(count).split(fresh, groups=parts[fresh]):
            out = np.isin(parts[train], parts[fresh[rest]])
            yield train[~out], fresh[rest]


class _Fitter:
    """Fits classifiers on some of the photos, each in all its views."""

    def __init__(self, learned: Learned) -> None:
        self._learned = learned
        self._joined = Features.join(learned.views)

    def fit(self, rows: Rows, strengths: Sequence[float]) -> list[nn.Linear]:
        """A classifier of each strength, fitted on these photos."""
        count, views = len(self._learned.train), len(self._learned.views)
        # view by view: all photos in the first view, then all in the second
        own = self._joined.take((np.arange(views)[:, None] * count + rows[None, :]).ravel())
        values, weights, parts = (c.numpy() for c in (own.values, own.weights, own.parts))
        whitening = fit_whitening_fast(values, weights, parts)
        whitened: Any = whitening.apply_single(values)
        return [fit_head(whitening, whitened, own, strength) for strength in strengths]

    def mean(self) -> Tensor:
        """Mean embedding of the training photos, float32 (F,)."""
        plain = mean_of_passes(self._learned.views, self._learned.passes)[0]
        train = plain.take(np.flatnonzero(self._learned.train))
        weights = train.weights[:, None]
        return (train.values * weights).sum(0) / weights.sum()


def _best(learned: Learned, heads: list[list[nn.Linear]], rests: list[Rows]) -> int:
    """Number of the strength with the lowest loss on photos that were not fitted on."""
    if len(heads[0]) == 1:
        return 0
    scored = mean_of_passes(learned.views, learned.passes)[:2]
    lost = torch.stack([
        losses(of_fold, Features.join([view.take(rows) for view in scored])) * len(rows)
        for of_fold, rows in zip(heads, rests, strict=True)
    ])  # fmt: skip
    return int(lost.sum(0).argmin())


@torch.no_grad()
def _each(learned: Learned, heads: list[nn.Linear], rests: list[Rows]) -> Tensor:
    """Logits (N, outputs) of photos, each row by the classifier that is to score it."""
    plain = mean_of_passes(learned.views, learned.passes)[0]
    logits = torch.zeros(len(learned.train), heads[0].out_features)
    for head, rows in zip(heads, rests, strict=True):
        logits[rows] = head(plain.values[rows])
    return logits
