"""Changes the operating point of a model file, and records the old one in its history."""

from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from okng.error_codes import Code
from okng.errors import ConfigError, ModelFileError
from okng.files import locked
from okng.modelfile.metadata import Metadata, ThresholdChange
from okng.modelfile.reading import ModelFile, parse, read
from okng.modelfile.sealing import seal
from okng.modelfile.signing import signer
from okng.verdict import OperatingPoint


def change_threshold(
    path: Path,
    threshold: float | None,
    *,
    reason: str,
    review: tuple[float, float] | None = None,
    keep_review: bool = True,
    unfamiliar_limit: float | None = None,
    key: Path | None = None,
) -> tuple[ModelFile, ModelFile]:
    """Change the threshold of a model file; the old one is recorded with reason and date.

    Args:
        path: the file, or a link to it; it is replaced atomically. Simultaneous changes by several
            processes are made one after the other, and none is lost.
        threshold: new threshold, in [0, 1]; None keeps that of the file.
        reason: why; not empty.
        review: new review band, as low and high end.
        keep_review: keep the band of the file if no new one is given.
        unfamiliar_limit: new limit, in (0, 1]; None keeps that of the file.
        key: private key that signs the changed file; the old signature is removed.

    Returns:
        The file before and after.

    Raises:
        ModelFileError: the file is not a model file of okng, or has no OK class.
        ConfigError: nothing would change, there is no reason, threshold, band and limit contradict
            each other, or the key cannot be read.
    """
    sign = None if key is None else signer(key)
    with locked(path):
        before = read(path)
        asked = threshold, review, keep_review, unfamiliar_limit
        _check_request(before, path, asked)
        changed = _changed(before.metadata, asked, reason.strip())
        seal(path, changed, sign=sign)
        return before, read(path)


_Asked = tuple[float | None, tuple[float, float] | None, bool, float | None]
"""New threshold, new review band, whether an old band stays, new limit of unfamiliarity."""


def _check_request(file: ModelFile, path: Path, asked: _Asked) -> None:
    threshold, review, keep_review, unfamiliar_limit = asked
    if file.metadata.ok_class is None:
        raise ModelFileError(
            "The model has no OK class, and therefore no threshold",
            where=path,
            hint="Train with a class of good parts, named with `data.ok`.",
            code=Code.THRESHOLD_NO_OK_CLASS,
        )
    if threshold is None and review is None and keep_review and unfamiliar_limit is None:
        raise ConfigError(
            "Nothing is changed", where=path, hint="Give a threshold, a band or a limit."
        )
    if unfamiliar_limit is not None and not _has_unfamiliarity(file.data, path):
        raise ModelFileError(
            "The model file has no output for unfamiliar photos",
            where=path,
            hint="Train again with at least 20 parts.",
        )


def _changed(metadata: Metadata, asked: _Asked, reason: str) -> Metadata:
    threshold, review, keep_review, unfamiliar_limit = asked
    old = metadata.operating_point
    values = {
        "threshold": old.threshold if threshold is None else threshold,
        "unfamiliar_limit": unfamiliar_limit or old.unfamiliar_limit,
    }
    point = _changed_point(old, values, reason, review, keep_review)
    entry = ThresholdChange(changed=point.chosen or datetime.now(UTC), reason=point.reason, old=old)
    history = (*metadata.history, entry)
    return metadata.model_copy(update={"operating_point": point, "history": history})


def _has_unfamiliarity(data: bytes, path: Path) -> bool:
    return any(output.name == "unfamiliarity" for output in parse(data, path).graph.output)


def _changed_point(
    old: OperatingPoint,
    asked: dict[str, float | None],
    reason: str,
    review: tuple[float, float] | None,
    keep_review: bool,
) -> OperatingPoint:
    faults = [] if reason else ["the reason is empty"]
    low, high = review or ((old.review_low, old.review_high) if keep_review else (None, None))
    try:
        point = OperatingPoint.model_validate(
            asked
            | {"review_low": low, "review_high": high, "policy": "set by hand", "reason": reason}
            | {"chosen": datetime.now(UTC)}
        )
    except ValidationError as exc:
        faults += [e["msg"].removeprefix("Value error, ") for e in exc.errors()]
    if faults:
        raise ConfigError.gather(
            faults,
            where=f"threshold {asked['threshold']:g}, review band {low} to {high}",
            hint="Give a band around the threshold with `review` LOW HIGH, or `no_review`.",
        )
    return point
