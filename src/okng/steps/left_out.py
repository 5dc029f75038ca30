"""What lies among the photos and is not judged, as a verb names it at its start."""

from okng.dataset import Dataset, in_words
from okng.events import Progress


def say_left_out(dataset: Dataset, progress: Progress) -> None:
    """Name what lies among the photos and is not judged, and how the folders were read."""
    for remark in dataset.remarks:
        progress.say(remark)
    if left_out := in_words(dataset.left_out):
        progress.say(f"left out: {left_out}")
