"""Are the heatmaps to be trusted? Asked of the model file itself, on photos that it judged rightly.

Three checks: insertion and deletion (Petsiuk et al., 2018), the pointing game where masks exist
(Zhang et al., 2018), and randomised weights (Adebayo et al., 2018). No torch.
"""

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from okng.errors import PhotoError
from okng.evaluation.heatmaps.conclusions import Evidence, conclude, nothing_to_check
from okng.evaluation.heatmaps.insertion_deletion import erase
from okng.evaluation.heatmaps.pointing_game import point
from okng.evaluation.heatmaps.scale import heat_scale
from okng.evaluation.heatmaps.true_positives import (
    Hit,
    drawn,
    find_good,
    find_hits,
)
from okng.evaluation.heatmaps.weight_randomisation import randomise
from okng.evaluation.results.trust import HeatmapCheck
from okng.evaluation.scores import Scores
from okng.inference import Inspector
from okng.verdict import reaches_threshold

__all__ = ["check_heatmaps", "heat_scale"]

PHOTOS = 16  # photos that are erased in steps: 3 orders, 7 steps, both ways, 42 photos each
MASKS = 200  # one look at each: cheap
GOOD = 32  # good parts, to find one that is like the photo


def check_heatmaps(
    model_file: Path, root: Path, scores: Scores, *, photos: int = PHOTOS, masks: int = MASKS
) -> HeatmapCheck:
    """Check the heatmaps of a model file; takes seconds.

    Args:
        model_file: the file that judged the photos.
        root: folder that the paths in `scores` are relative to.
        scores: of the photos that are reported.
        photos: how many true hits, each of another part, insertion, deletion and randomised
            weights are asked of.
        masks: how many true hits with a mask the pointing game is asked of.
    """
    inspector = Inspector(model_file)
    hits = find_hits(scores)
    asked = list(_with_heatmaps(inspector, root, hits[:photos]))
    # a heatmap that is the same everywhere names no place
    usable = [hit for hit in asked if hit.heatmap.max() > hit.heatmap.min()]
    if not usable:
        return nothing_to_check(len(asked))
    pointing = point(_with_heatmaps(inspector, root, hits), root, limit=masks)
    good = list(_photos(inspector, root, find_good(scores, GOOD)))
    return conclude(
        Evidence(
            photos=len(usable),
            empty=len(asked) - len(usable),
            erasure=erase(inspector, usable, good),
            pointing=pointing,
            randomised=randomise(model_file, usable),
        )
    )


def _photos(
    inspector: Inspector, root: Path, paths: Iterable[str]
) -> Iterator[npt.NDArray[np.uint8]]:
    for path in paths:
        with contextlib.suppress(PhotoError):
            yield inspector.read(root / path)


def _with_heatmaps(inspector: Inspector, root: Path, hits: list[Hit]) -> Iterator[Hit]:
    """Hits with photo and heatmap; those that can no longer be read are passed over."""
    for hit in hits:
        try:
            photo = inspector.read(root / hit.path)
        except PhotoError:
            continue
        verdict = inspector(photo, heatmap=True)
        shown = drawn(verdict)
        if shown is not None and reaches_threshold(verdict.defect_score, verdict.threshold):
            yield hit.seen(photo, shown)
