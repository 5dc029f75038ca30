"""Known parts in front of a camera: photos whose truth is known, with their defect scores."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from okng.errors import StationError

Floats = npt.NDArray[np.float64]
FEWEST_GOOD = 5
"""Known good parts without which no threshold is proposed."""
FEWEST_DEFECTIVE = 3
"""Known defective parts without which none is proposed: one is left out in turn, two remain."""
_CLIP = 1e-7  # float32 scores nearer to 0 or 1 are all the same number


@dataclass(frozen=True, slots=True)
class KnownPhoto:
    """One photo of a part whose truth is known.

    Attributes:
        part: serial of the part; photos of one part are one piece of evidence.
        is_defective: the truth.
        defect_score: of the model, in [0, 1].
        unfamiliarity: in [0, 1]; NaN where the model file gives none.
    """

    part: str
    is_defective: bool
    defect_score: float
    unfamiliarity: float = math.nan


@dataclass(frozen=True, slots=True, eq=False)
class KnownSide:
    """The known parts of one truth.

    Attributes:
        names: serials (N,).
        logits: log-odds of the defect score of each photo, float (P,).
        numbers: index in `names` of each photo, int (P,).
    """

    names: tuple[str, ...]
    logits: Floats
    numbers: npt.NDArray[np.int64]

    @property
    def weights(self) -> Floats:
        """Of each photo, float (P,), so that every part counts as one."""
        counts = np.bincount(self.numbers, minlength=len(self.names))
        # photos of a part share the weight 1
        return np.asarray(1 / counts[self.numbers], dtype=np.float64)

    def without(self, part: int) -> "KnownSide":
        """The side without one of its parts."""
        rest = self.numbers != part
        names = (*self.names[:part], *self.names[part + 1 :])
        numbers = self.numbers[rest]
        # numbers behind the part that is left out move up by one
        return KnownSide(names, self.logits[rest], numbers - (numbers > part))

    def of_part(self, part: int) -> Floats:
        """Log-odds of the photos of one part."""
        return np.asarray(self.logits[self.numbers == part], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class KnownParts:
    """Known good and known defective parts."""

    good: KnownSide
    defective: KnownSide


def known_parts(photos: Sequence[KnownPhoto]) -> KnownParts:
    """Photos by the truth of their parts.

    Raises:
        StationError: a part is both, a photo has no score, or there are too few parts.
    """
    faults = [f"part {photo.part!r} has no verdict" for photo in photos
              if not math.isfinite(photo.defect_score)]  # fmt: skip
    both = {p.part for p in photos if p.is_defective} & {
        p.part for p in photos if not p.is_defective
    }
    faults += [f"part {part!r} is given as good and as defective" for part in sorted(both)]
    sides = [[p for p in photos if p.is_defective is truth] for truth in (False, True)]
    for side, kind, fewest in zip(
        sides, ("good", "defective"), (FEWEST_GOOD, FEWEST_DEFECTIVE), strict=True
    ):
        count = len({photo.part for photo in side})
        if count < fewest:
            faults.append(f"{count} known {kind} parts are too few; {fewest} are needed")
    if faults:
        raise StationError(
            f"No threshold can be proposed: {'; '.join(faults)}",
            hint="Show more parts whose truth is known to this camera.",
        )
    return KnownParts(_side(sides[0]), _side(sides[1]))


def log_odds(scores: Floats | float) -> Floats:
    """Log-odds of defect scores, finite also for 0 and 1."""
    clipped = np.clip(np.asarray(scores, dtype=np.float64), _CLIP, 1 - _CLIP)
    return np.asarray(np.log(clipped / (1 - clipped)), dtype=np.float64)


def _side(photos: Sequence[KnownPhoto]) -> KnownSide:
    names, numbers = np.unique([photo.part for photo in photos], return_inverse=True)
    logits = log_odds(np.array([photo.defect_score for photo in photos]))
    return KnownSide(tuple(map(str, names)), logits, numbers.astype(np.int64))
