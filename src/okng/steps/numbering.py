"""The steps of a training, as a person counts them."""

from enum import StrEnum

from okng.events import Progress


class Step(StrEnum):
    """One step, in the order in which they come."""

    AUDIT = "audit of the photos"
    TRAIN = "training"
    EXPORT = "export, calibration and threshold"
    SCORE = "scores of all photos by the model file"
    ROBUSTNESS = "robustness against changed photos"
    HEATMAPS = "check of the heatmaps"
    REPORT = "figures and report"

    def begin(self, progress: Progress) -> None:
        """Report that it begins."""
        steps = list(Step)
        progress.step(steps.index(self) + 1, len(steps), self.value)
