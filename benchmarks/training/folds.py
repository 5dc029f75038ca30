"""What folds bring where photos are few: a threshold by all photos, not by a handful of them.

    python benchmarks/training/folds.py MANIFEST [--ok CLASS] [--most 30] [--parts 20 40 80]

As `features.py`, with features of all depths in both lights. Outer folds are the test. Of the rest
of each, so many parts of each class are drawn, and a classifier learns from them twice: with a
fifth of the parts set aside to choose regularisation and threshold (`validation`), and by
`okng.training.probe.cross_fit` (`folds`). Printed are AUC and balanced accuracy over parts of the
test, at the threshold that each chose by equal costs, with a 95 % interval over the draws, and the
difference.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import torch
from features import Features as Views
from features import thinned
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from okng.config import ClassWeights, OperatingSettings
from okng.dataset import find_photos
from okng.evaluation import choose_operating_point, fit_calibration
from okng.evaluation.metrics.calibration import apply_calibration
from okng.evaluation.statistics.intervals import group_numbers
from okng.evaluation.threshold.operating_point import Validation
from okng.training.data.sample_weights import photo_weights
from okng.training.probe.cross_fit import cross_fit, fold_count
from okng.training.probe.logistic_head import Features, fit_heads, losses

Arrays = tuple[np.ndarray, np.ndarray]


class Data:
    """Features of all photos in two draws, with what is known of them."""

    def __init__(self, views: list[np.ndarray], labels: np.ndarray, parts: np.ndarray) -> None:
        self.views, self.labels, self.parts = views, labels, parts

    def features(self, rows: np.ndarray) -> list[Features]:
        """Both draws of some photos."""
        weights = photo_weights(self.labels[rows], self.parts[rows], ClassWeights.BALANCED)
        known = (self.labels[rows], weights, self.parts[rows])
        return [Features(*map(torch.from_numpy, (view[rows], *known))) for view in self.views]


def by_validation(data: Data, rows: np.ndarray, test: np.ndarray, seed: int) -> Arrays:
    """Logits of validation and test photos: a fifth of the parts is set aside."""
    labels, parts = data.labels[rows], data.parts[rows]
    cut = StratifiedGroupKFold(5, shuffle=True, random_state=seed).split(labels, labels, parts)
    learn, aside = next(cut)
    heads = fit_heads(Features.join(data.features(rows[learn])))
    unseen = Features.join(data.features(rows[aside]))
    head = heads[int(losses(heads, unseen).argmin())]
    with torch.no_grad():
        said = [head(torch.from_numpy(data.views[0][r]))[:, 0].numpy() for r in (rows[aside], test)]
    return judged(said[0], said[1], data, rows[aside])


def by_folds(data: Data, rows: np.ndarray, test: np.ndarray, seed: int) -> Arrays:
    """Logits of the photos in their folds, and of test photos by the mean of the classifiers."""
    folded = cross_fit(data.features(rows), fold_count(data.labels[rows], data.parts[rows]), seed)
    with torch.no_grad():
        said = folded.head(torch.from_numpy(data.views[0][test]))[:, 0].numpy()
    return judged(folded.out_of_fold[:, 0].numpy(), said, data, rows)


def judged(unseen: np.ndarray, tested: np.ndarray, data: Data, rows: np.ndarray) -> Arrays:
    """Calibrated scores of the test and whether each is called defective."""
    pairs = [np.stack([1 / (1 + np.exp(z)), 1 / (1 + np.exp(-z))], 1) for z in (unseen, tested)]
    calibration = fit_calibration(pairs[0], data.labels[rows])
    scores = [apply_calibration(calibration, pair)[:, 1] for pair in pairs]
    known = Validation(scores[0], data.labels[rows] > 0, data.parts[rows])
    point = choose_operating_point(known, OperatingSettings()).point
    return scores[1], scores[1] >= point.threshold


def drawn(data: Data, rows: np.ndarray, parts: int, rng: np.random.Generator) -> np.ndarray:
    """Rows of so many parts of each class."""
    kept = []
    for label in (0, 1):
        own = rows[data.labels[rows] == label]
        names = rng.permutation(np.unique(data.parts[own]))[:parts]
        kept.append(own[np.isin(data.parts[own], names)])
    return np.sort(np.concatenate(kept))


def main() -> None:
    """Measure."""
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--ok")
    parser.add_argument("--most", type=int, default=30)
    parser.add_argument("--parts", type=int, nargs="+", default=[20, 40, 80])
    options = parser.parse_args()
    if options.manifest.suffix == ".npz":  # features that were worked out before
        found = np.load(options.manifest)
        data = Data([found["clean"], found["full"]], found["y"], found["g"])
    else:
        dataset = thinned(find_photos(options.manifest, ok=options.ok), options.most)
        parts = group_numbers([photo.group for photo in dataset.photos])
        data = Data(Views(dataset).views[:2], (dataset.labels() > 0).astype(np.int64), parts)
    for count in options.parts:
        compare(data, count)


def compare(data: Data, count: int) -> None:
    """Both ways on the same draws."""
    found = []
    outer = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    for seed, (rest, test) in enumerate(outer.split(data.labels, data.labels, data.parts)):
        rows = drawn(data, rest, count, np.random.default_rng(seed))
        weights = photo_weights(data.labels[test], data.parts[test], ClassWeights.BALANCED)
        figures = []
        for way in (by_validation, by_folds):
            scores, called = way(data, rows, test, seed)
            right = np.average(called == data.labels[test], weights=weights)
            figures += [right, roc_auc_score(data.labels[test], scores, sample_weight=weights)]
        found.append(figures)
    values = np.array(found)
    values = np.hstack([values, values[:, 2:] - values[:, :2]])
    means, errors = values.mean(0), 2.776 * values.std(0, ddof=1) / np.sqrt(len(values))
    for name, column in (("validation", 0), ("folds", 2), ("difference", 4)):
        print(
            f"{count} parts a class, {name}: balanced accuracy {means[column]:.4f} +- "
            f"{errors[column]:.4f}, AUC {means[column + 1]:.4f} +- {errors[column + 1]:.4f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
