"""True hits: defective parts whose class was named rightly, each of another part."""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from okng.evaluation.scores import Scores
from okng.verdict import Verdict


@dataclass(frozen=True)
class Hit:
    """A photo whose verdict was right.

    Attributes:
        path: relative to the root of the photos.
        label: its class, in truth and as judged.
        photo: uint8 (H, W, 3), RGB; empty until it is read.
        heatmap: float32 (h, w), 0 and more, as `drawn` gives it; empty until it is asked for.
    """

    path: str
    label: str
    photo: npt.NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 0, 3), np.uint8))
    heatmap: npt.NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))

    def seen(self, photo: npt.NDArray[np.uint8], heatmap: npt.NDArray[np.float32]) -> "Hit":
        """The same with photo and heatmap."""
        return replace(self, photo=photo, heatmap=heatmap)


def drawn(verdict: Verdict) -> npt.NDArray[np.float32] | None:
    """What the picture of a verdict shows, float32 (h, w), 0 and more; None without a heatmap."""
    evidence = verdict.heatmap if verdict.evidence is None else verdict.evidence
    # only what is evidence for a defect
    return None if evidence is None else np.maximum(np.asarray(evidence, dtype=np.float32), 0)


def find_hits(scores: Scores, seed: int = 0) -> list[Hit]:
    """True hits in an order drawn by chance, one photo of each part."""
    table = scores.table
    right = (table["label"] == scores.decided_as) & (table["error"] == "")
    rows = np.flatnonzero(right & (table["label"] != (scores.ok_class or "")))
    drawn = np.random.default_rng(seed).permutation(rows)
    # one photo a part, in the order of the draw
    first = np.sort(np.unique(scores.groups[drawn], return_index=True)[1])
    return [Hit(table["path"][row], table["label"][row]) for row in drawn[first]]


def find_good(scores: Scores, count: int, seed: int = 0) -> list[str]:
    """Paths of good parts that got OK, one photo of each part; none without an OK class."""
    table = scores.table
    rows = np.flatnonzero((table["label"] == scores.ok_class) & (table["verdict"] == "OK"))
    drawn = np.random.default_rng(seed).permutation(rows)
    first = np.sort(np.unique(scores.groups[drawn], return_index=True)[1])
    return [str(table["path"][row]) for row in drawn[first][:count]]
