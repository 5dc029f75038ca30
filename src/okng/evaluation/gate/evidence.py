"""What the gate rests on: verdicts of two models on the same photos."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from okng.evaluation.scores import Scores
from okng.evaluation.statistics.intervals import Bools, Groups
from okng.verdict import Judgement

Verdicts = npt.NDArray[np.str_]


class Paired(NamedTuple):
    """Verdicts of two models on the same photos, each at its own operating point.

    Attributes:
        defective: bool (N,), the truth.
        groups: int (N,), equal for photos of one part.
        champion: verdicts (N,), as OK, NG, REVIEW or ERROR.
        challenger: likewise.
    """

    defective: Bools
    groups: Groups
    champion: Verdicts
    challenger: Verdicts

    @property
    def photos(self) -> int:
        """How many photos there are."""
        return len(self.defective)

    def wrong(self) -> tuple[Bools, Bools]:
        """Which photos (N,) each gets wrong. What a person judges is not wrong."""
        return self._wrong(self.champion), self._wrong(self.challenger)

    def _wrong(self, verdicts: Verdicts) -> Bools:
        escaped = self.defective & (verdicts == Judgement.OK)
        return np.asarray(escaped | (~self.defective & (verdicts == Judgement.NG)))


class KnownEscape(NamedTuple):
    """A defective part that a model let pass once, and a person found.

    Attributes:
        name: serial of the part, or name of the photo.
        champion: verdict of the champion.
        challenger: verdict of the challenger.
    """

    name: str
    champion: str
    challenger: str

    @property
    def reopened(self) -> bool:
        """Whether the champion stops the part, and the challenger lets it pass."""
        return self.champion != Judgement.OK and self.challenger == Judgement.OK


class MasterPhoto(NamedTuple):
    """A master part before the challenger.

    Attributes:
        serial: of the part.
        truth: OK or NG.
        verdict: of the challenger on its photo; None where no photo of it is stored.
    """

    serial: str
    truth: str
    verdict: str | None


class Evidence(NamedTuple):
    """All that the gate rests on.

    Attributes:
        test: photos of the frozen test.
        recent: photos of reviewed parts that neither model has learned from; None for none.
        escapes: known escapes.
        masters: active master parts.
    """

    test: Paired
    recent: Paired | None = None
    escapes: tuple[KnownEscape, ...] = ()
    masters: tuple[MasterPhoto, ...] = ()


def paired_scores(champion: Scores, challenger: Scores) -> Paired:
    """Verdicts of two tables of scores on the same photos, in the same order.

    Raises:
        ValueError: the photos differ.
    """
    if champion.table["path"].tolist() != challenger.table["path"].tolist():
        raise ValueError("the two tables are of other photos, or in another order")
    verdicts = [scores.table["verdict"].to_numpy(dtype=str) for scores in (champion, challenger)]
    return Paired(challenger.is_defective, challenger.groups, *verdicts)
