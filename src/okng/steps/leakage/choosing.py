"""Which photos may choose a threshold: neither those of training nor those that are reported."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from okng.dataset import Dataset, Photo
from okng.dataset.class_counts import FEWEST_PARTS
from okng.error_codes import Code
from okng.errors import ConfigError
from okng.evaluation import Scores
from okng.evaluation.results import Message, message
from okng.modelfile import Metadata
from okng.steps.leakage.matching import Matches


@dataclass(frozen=True)
class Choosing:
    """How validation photos are used to choose a threshold.

    Attributes:
        validation: how many there are.
        taught: paths of those that show parts the model was trained on.
        crossing: paths of others that show a part that is reported.
        folds: scores of the run's own photos out of fold, which take their place where they taught
            and the run folder has such scores; else None.
        reported: training photos, by digest, that show a part that is reported.
        run_photos: all photos of the run by path.
    """

    validation: int
    taught: frozenset[str]
    crossing: frozenset[str]
    folds: Path | None
    reported: frozenset[str]
    run_photos: dict[str, Photo]

    def held_out(self, scores: Scores, metadata: Metadata) -> Scores:
        """The scores that a threshold may be chosen on."""
        # Validation photos, if the model has not learned from them; else scores out of fold of its
        # run.
        if self.folds is None:
            left = scores.select("val")
            out = self.taught | self.crossing
            return left.keep(~np.asarray(left.table["path"].isin(out)))
        folded = Scores.read(self.folds, metadata.classes, metadata.ok_class)
        crossing = [self._crosses(path) for path in folded.table["path"]]
        return folded.keep(~np.array(crossing, dtype=bool))

    def _crosses(self, path: str) -> bool:
        photo = self.run_photos.get(path)
        return photo is not None and photo.sha256 in self.reported

    def sentences(self) -> list[Message]:
        """What was left out."""
        sentences = []
        if self.folds is not None:
            crossing = sum(map(self._crosses, self.run_photos))
            if crossing:
                sentences.append(_crossing(crossing))
            return sentences
        if self.taught:
            sentences.append(
                message("taught_not_chosen_on", photos=len(self.taught), whole=self.validation)
            )
        return [*sentences, *([_crossing(len(self.crossing))] if self.crossing else [])]


def choosing(dataset: Dataset, reported: str, matches: Matches) -> Choosing:
    """Sort out which photos may choose a threshold.

    Args:
        dataset: photos with splits and groups.
        reported: name of the split that is reported.
        matches: photos that training has seen.

    Raises:
        ConfigError: of the photos that are left, a class has fewer than three parts.
    """
    validation = dataset.select("val").photos
    # parts that are reported; photos without a group belong to nobody
    shown = {photo.group for photo in dataset.select(reported).photos} - {""}
    taught = frozenset(p.path for p in validation if p.path in matches.taught)
    # another photo of a part that is reported
    crossing = frozenset(p.path for p in validation if p.group in shown) - taught
    run = matches.origin.run if matches.origin else None
    folds = run.out_of_fold if run is not None and taught else None
    choice = Choosing(
        len(validation),
        taught,
        crossing,
        folds if folds is not None and folds.exists() else None,
        _reported_training_photos(dataset, reported, shown, matches),
        _run_photos(matches),
    )
    if (taught or crossing) and choice.folds is None:
        _check_enough(dataset, [p for p in validation if p.path not in taught | crossing], choice)
    return choice


def _reported_training_photos(
    dataset: Dataset, reported: str, shown: set[str], matches: Matches
) -> frozenset[str]:
    """Digests of training photos that show a reported part: themselves, their copies, their parts.

    Groups are compared within one data set only: equal names in two mean nothing.
    """
    own = [p for p in dataset.photos if p.split == reported or p.group in shown]
    direct = {photo.sha256 for photo in own}
    # copies of them among the photos of the run
    direct |= {other.sha256 for photo in own for other in matches.learned.get(photo.path, ())}
    learned = matches.origin.learned if matches.origin else ()
    # and other photos of the same parts
    parts = {photo.group for photo in learned if photo.sha256 in direct} - {""}
    return frozenset(p.sha256 for p in learned if p.sha256 in direct or p.group in parts)


def _run_photos(matches: Matches) -> dict[str, Photo]:
    learned = matches.origin.learned if matches.origin else ()
    return {photo.path: photo for photo in learned}


def _check_enough(dataset: Dataset, left: list[Photo], chosen: Choosing) -> None:
    # parts; a photo without a group is one
    good = {p.group or p.path for p in left if p.label == dataset.ok_class}
    defective = {p.group or p.path for p in left if p.label != dataset.ok_class}
    if min(len(good), len(defective)) >= FEWEST_PARTS:
        return
    why = [
        *(
            [f"{len(chosen.taught)} show parts that the model learned from"]
            if chosen.taught
            else []
        ),
        *([f"{len(chosen.crossing)} show parts that are reported"] if chosen.crossing else []),
    ]
    raise ConfigError(
        f"Too few photos are left to choose a threshold on: of {chosen.validation} validation "
        f"photos {' and '.join(why)}",
        where=str(dataset.root),
        allowed=f"photos of {FEWEST_PARTS} good and {FEWEST_PARTS} defective parts that neither "
        f"taught the model nor are reported; there are {len(good)} and {len(defective)}",
        hint="Put other photos into the split val, or give `operating_point.threshold` VALUE.",
        code=Code.THRESHOLD_NO_PHOTOS,
    )


def _crossing(count: int) -> Message:
    return message("reported_not_chosen_on", photos=count)
