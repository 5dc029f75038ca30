"""Changes the operating point of a model file, and records the old one in its history."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from okng.error_codes import Code
from okng.errors import ConfigError, ModelFileError
from okng.files import locked
from okng.modelfile.metadata import Metadata, ThresholdChange
from okng.modelfile.reading import ModelFile, parse, read
from okng.modelfile.sealing import seal
from okng.modelfile.signing import signer
from okng.verdict import OperatingPoint


@dataclass(frozen=True)
class OperatingPointChange:
    """A change of an operating point; fields that are None keep the value of the file.

    Attributes:
        reason: why; not empty. It is recorded in the file.
        threshold: new threshold, in [0, 1].
        review: new review band, as low and high end.
        drop_review: whether the review band of the file is removed.
        unfamiliar_limit: new limit, in (0, 1].
    """

    reason: str
    threshold: float | None = None
    review: tuple[float, float] | None = None
    drop_review: bool = False
    unfamiliar_limit: float | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no value would change."""
        values = self.threshold, self.review, self.unfamiliar_limit
        return not self.drop_review and all(value is None for value in values)


class ChangedFile(NamedTuple):
    """A model file before and after a change."""

    before: ModelFile
    after: ModelFile


def change_operating_point(
    path: Path, change: OperatingPointChange, *, key: Path | None = None
) -> ChangedFile:
    """Change the operating point of a model file; the old one is recorded with reason and date.

    Args:
        path: the file, or a link to it; it is replaced atomically. Simultaneous changes by several
            processes are made one after the other, and none is lost.
        change: the new values.
        key: private key that signs the changed file; the old signature is removed.

    Raises:
        ModelFileError: the file is not a model file of okng, has no OK class, or has no output for
            unfamiliar photos although their limit is to be changed.
        ConfigError: nothing would change, there is no reason, threshold, band and limit contradict
            each other, or the key cannot be read.
    """
    sign = None if key is None else signer(key)
    # Read under the lock: another process may change the file at the same time.
    with locked(path):
        before = read(path)
        _check_possible(before, path, change)
        seal(path, _changed(before.metadata, change), sign=sign)
        return ChangedFile(before, read(path))


def _check_possible(file: ModelFile, path: Path, change: OperatingPointChange) -> None:
    if file.metadata.ok_class is None:
        raise ModelFileError(
            "The model has no OK class, and therefore no threshold",
            where=path,
            hint="Train with a class of good parts, named with `data.ok`.",
            code=Code.THRESHOLD_NO_OK_CLASS,
        )
    if change.is_empty:
        raise ConfigError(
            "Nothing is changed", where=path, hint="Give a threshold, a band or a limit."
        )
    if change.unfamiliar_limit is not None and not _has_unfamiliarity(file.data, path):
        raise ModelFileError(
            "The model file has no output for unfamiliar photos",
            where=path,
            hint="Leave out the limit, or train again with at least 20 parts.",
            code=Code.THRESHOLD_NO_UNFAMILIARITY,
        )


def _has_unfamiliarity(data: bytes, path: Path) -> bool:
    return any(output.name == "unfamiliarity" for output in parse(data, path).graph.output)


def _changed(metadata: Metadata, change: OperatingPointChange) -> Metadata:
    old = metadata.operating_point
    point = _changed_point(old, change)
    entry = ThresholdChange(changed=point.chosen or datetime.now(UTC), reason=point.reason, old=old)
    history = (*metadata.history, entry)
    # A certificate is of the verdicts at one operating point.
    update = {"operating_point": point, "history": history, "certificate": None}
    return metadata.model_copy(update=update)


def _changed_point(old: OperatingPoint, change: OperatingPointChange) -> OperatingPoint:
    """The new operating point; all faults are reported at once."""
    reason = change.reason.strip()
    threshold = old.threshold if change.threshold is None else change.threshold
    band = (None, None) if change.drop_review else (old.review_low, old.review_high)
    low, high = change.review or band
    faults = [] if reason else ["the reason is empty"]
    try:
        point = OperatingPoint(
            threshold=threshold,
            unfamiliar_limit=change.unfamiliar_limit or old.unfamiliar_limit,
            review_low=low,
            review_high=high,
            policy="set by hand",
            reason=reason,
            chosen=datetime.now(UTC),
        )
    except ValidationError as exc:
        faults += [e["msg"].removeprefix("Value error, ") for e in exc.errors()]
    if faults:
        raise ConfigError.gather(
            faults,
            where=f"threshold {threshold:g}, review band {low} to {high}",
            hint="Give a band around the threshold with `review` LOW HIGH, or `no_review`.",
        )
    return point
