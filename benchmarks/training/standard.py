"""Does fine-tuning beat the quick recipe on parts that were never seen?

    python benchmarks/training/standard.py MANIFEST [--ok CLASS] [--most 30] [--folds 5]
        [--epochs 6]

As `features.py`: at most so many photos of a part, folds that no part crosses, each part and each
class counting the same. Of the rest of each fold a fifth of the parts is validation. Both recipes
learn from the same photos by `okng.training.fit`, and judge the fold as it is, and turned and
relit. `standard` keeps the weights with the lowest validation loss, so it is `quick` where nothing
gained. Printed are balanced accuracy and AUC over all folds, and the difference of the AUCs with a
95 % interval over resampled parts. An hour on two cores for 3,600 photos.
"""

import argparse
import warnings
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import torch
from features import SIDE, thinned
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from okng import config
from okng.config import AugmentSettings, ClassWeights
from okng.dataset import find_photos, load_photos
from okng.evaluation.statistics.intervals import group_numbers
from okng.events import Silent
from okng.training import Sample, Task, fit
from okng.training.data.augmentation import augment
from okng.training.data.sample_weights import photo_weights

DRAWS = 1000


class Found:
    """What each recipe said of each photo out of fold, as it is (0) and changed (1)."""

    def __init__(self, photos: np.ndarray, labels: np.ndarray, parts: np.ndarray) -> None:
        self.photos, self.labels, self.parts = photos, labels, parts
        self.said = np.zeros((2, 2, len(labels)))

    def fold(self, rest: np.ndarray, test: np.ndarray, epochs: int) -> None:
        """Train both recipes on the rest, and judge the test."""
        inner = StratifiedGroupKFold(5, shuffle=True, random_state=1)
        learn, held_out = next(inner.split(rest, self.labels[rest], self.parts[rest]))
        task = Task(self._sample(rest[learn]), self._sample(rest[held_out]), ("ok", "bad"), "ok",
                    grey=False)  # fmt: skip
        for number, passes in enumerate((0, epochs)):
            settings = config.load(
                None, {"recipe": "standard", "epochs": passes, "part_folds": "never"}
            )
            run = Path(mkdtemp(prefix="okng-standard-"))
            (run / "models").mkdir()
            network = fit(task, config.resolve(settings), run, Silent()).network
            for changed in (False, True):
                judged = self._judged(network, test, changed=changed)
                self.said[number, int(changed), test] = judged

    def _sample(self, rows: np.ndarray) -> Sample:
        return Sample(self.photos[rows], self.labels[rows], self.parts[rows])

    @torch.no_grad()
    def _judged(self, network: torch.nn.Module, rows: np.ndarray, *, changed: bool) -> np.ndarray:
        generator, logits = torch.Generator().manual_seed(9), []
        for batch in np.array_split(rows, -(-len(rows) // 32)):
            photos = torch.from_numpy(self.photos[batch]).permute(0, 3, 1, 2) / 255.0
            seen = augment(photos, AugmentSettings(), generator) if changed else photos
            logits.append(network(seen)[:, 0].numpy())
        return np.concatenate(logits)

    def report(self, rows: np.ndarray) -> None:
        """Figures of the rows that were judged so far."""
        labels, parts = self.labels[rows], self.parts[rows]
        weights = photo_weights(labels, parts, ClassWeights.BALANCED)
        for changed, light in enumerate(("as it is", "changed")):
            pair = self.said[:, changed, rows]
            for name, logits in zip(("quick", "standard"), pair, strict=True):
                right = np.average((logits > 0) == labels, weights=weights)
                auc = roc_auc_score(labels, logits, sample_weight=weights)
                print(f"{name}, {light}: balanced accuracy {right:.4f}, AUC {auc:.4f}")
            low, high = np.quantile(gains(pair, labels, parts, weights), [0.025, 0.975])
            print(f"AUC of standard minus quick, {light}: {low:+.4f} to {high:+.4f}", flush=True)


def gains(
    pair: np.ndarray, labels: np.ndarray, parts: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Differences of the AUC over resampled parts."""
    rng, numbers = np.random.default_rng(0), np.unique(parts, return_inverse=True)[1]
    count = numbers.max() + 1
    found = []
    for _ in range(DRAWS):
        drawn = rng.multinomial(count, np.full(count, 1 / count))
        counts = weights * drawn[numbers]
        if all(counts[labels == label].sum() for label in (0, 1)):
            quick, tuned = (roc_auc_score(labels, row, sample_weight=counts) for row in pair)
            found.append(tuned - quick)
    return np.array(found)


def main() -> None:
    """Measure."""
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--ok")
    parser.add_argument("--most", type=int, default=30)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=6)
    options = parser.parse_args()
    dataset = thinned(find_photos(options.manifest, ok=options.ok), options.most)
    labels = (dataset.labels() > 0).astype(np.int64)
    parts = group_numbers([photo.group for photo in dataset.photos])
    found, judged = Found(load_photos(dataset.paths(), SIDE), labels, parts), []
    outer = StratifiedGroupKFold(options.folds, shuffle=True, random_state=0)
    for rest, test in outer.split(labels, labels, parts):
        found.fold(rest, test, options.epochs)
        judged.append(test)
        print(f"{len(judged)} folds")
        found.report(np.concatenate(judged))


if __name__ == "__main__":
    main()
