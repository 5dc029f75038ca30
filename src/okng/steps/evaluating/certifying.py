"""The certificate at the end of a training: the verdicts of the model file in every runtime."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from okng import modelfile
from okng.certification import BATCHES, certify, seal_certificate, setups_at_hand
from okng.certification.setups import thread_counts
from okng.certification.tally import limit_distance
from okng.errors import OkngError
from okng.evaluation import Scores
from okng.events import Progress
from okng.inference.paths import NamedPhoto
from okng.modelfile import Metadata
from okng.runs.layout import RunFolder
from okng.runs.state import read_state
from okng.wording import sentence

_SHARE = 0.1  # of the time that the training took until now
_MOST_SECONDS, _FEWEST_SECONDS = 120.0, 1.0
_MOST = 256  # photos; those farther from the limits need larger differences to change
_LARGE_BATCHES = 20.0  # seconds from which batches of 32 are worth their time
_SPLITS = ("val", "test")


def certify_run(
    draft: Path, root: Path, scores: Scores, run: RunFolder, progress: Progress
) -> None:
    """Write `certificate.json` of a sealed file, and seal its digest into the file.

    The photos of validation and test whose scores lie nearest to a limit come first: theirs are the
    verdicts that a small difference would change. It takes a tenth of the time that the training
    took, and names what there was no time for.

    Args:
        draft: the model file, sealed but for this.
        root: folder of the photos.
        scores: of all photos, at the operating point of the file.
        run: the run folder.
        progress: receives the progress and the outcome.
    """
    file = modelfile.read(draft)
    photos = _nearest_first(root, scores, file.metadata)
    if not photos:
        return
    seconds = _seconds(run)
    batches = BATCHES if seconds >= _LARGE_BATCHES else BATCHES[:2]
    counts = thread_counts()
    try:
        certificate = certify(
            file,
            photos,
            progress,
            setups=setups_at_hand(threads=(counts[0], counts[-1]), batches=batches),
            seconds=seconds,
            nearest_first=True,
        )
    except OkngError as fault:
        progress.warn("certificate.failed", sentence("not_certified", fault=fault.what))
        return
    certificate.write(run.certificate)
    seal_certificate(draft, certificate)
    if certificate.holds:
        progress.say(
            sentence(
                "certified",
                photos=certificate.photos,
                setups=len(certificate.rows),
                largest=certificate.largest_difference,
            )
        )
    else:
        values = {"differing": certificate.differing, "photos": certificate.photos}
        progress.warn("certificate.differs", sentence("certified_differing", **values))
    if certificate.is_narrow:
        progress.warn("certificate.narrow", sentence("certified_narrow"))


def _seconds(run: RunFolder) -> float:
    """A tenth of the time since the training began."""
    state = read_state(run.folder)
    if state is None:
        return _FEWEST_SECONDS
    taken = (datetime.now(UTC) - state.started).total_seconds()
    return min(_MOST_SECONDS, max(_FEWEST_SECONDS, _SHARE * taken))


def _nearest_first(root: Path, scores: Scores, metadata: Metadata) -> list[NamedPhoto]:
    """Photos of validation and test, those nearest to a limit first."""
    asked = scores.table["split"].isin(_SPLITS) & (scores.table["error"] == "")
    held_out = scores.keep(asked.to_numpy())
    point = metadata.operating_point
    near = limit_distance(held_out.defect_scores, held_out.unfamiliarity, point)
    order = np.argsort(near, kind="stable")[:_MOST]
    names = [Path(str(held_out.table["path"].iloc[row])) for row in order]
    return [NamedPhoto(root / name, name) for name in names]
