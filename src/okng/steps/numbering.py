"""The steps of a training, as a person counts them."""

from enum import StrEnum

from okng.events import Progress
from okng.wording import mark


class Step(StrEnum):
    """One step, in the order in which they come."""

    AUDIT = mark("audit of the photos")
    TRAIN = mark("training")
    EXPORT = mark("export, calibration and threshold")
    SCORE = mark("scores of all photos by the model file")
    ROBUSTNESS = mark("robustness against changed photos")
    HEATMAPS = mark("check of the heatmaps")
    REPORT = mark("figures and report")

    def begin(self, progress: Progress) -> None:
        """Report that it begins."""
        steps = list(Step)
        progress.step(steps.index(self) + 1, len(steps), self.value)
