"""`certify`: one model file in every way to run it at hand, and whether a verdict differs."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from okng import modelfile
from okng.certification import (
    BATCHES,
    Certificate,
    certificate_file,
    seal_certificate,
    setups_at_hand,
)
from okng.certification import certify as compare
from okng.config import Runtime
from okng.errors import ConfigError
from okng.events import Progress, watched
from okng.inference.paths import find_named
from okng.inference.sessions import named_runtime
from okng.modelfile import ModelFile
from okng.runs.layout import RunFolder


class Certified(NamedTuple):
    """What came of a certification.

    Attributes:
        certificate: every setup against the reference.
        path: of `certificate.json`.
        before: the model file that was certified.
        sealed: the model file with the digest of the certificate; None where it was left as it is.
        report: the report of the run, written anew; None where there is none, or not all that
            writes reports is installed.
    """

    certificate: Certificate
    path: Path
    before: ModelFile
    sealed: ModelFile | None
    report: Path | None


def certify(
    model: Path | str,
    photos: Path | str | Iterable[Path | str],
    *,
    out: Path | str | None = None,
    runtimes: Sequence[Runtime | str] = (),
    threads: Sequence[int] = (),
    batches: Sequence[int] = (),
    seal: bool = True,
    key: Path | str | None = None,
    require_signature: Path | str | None = None,
    progress: Progress | bool | None = None,
) -> Certified:
    """Judge photos in every setup at hand, and compare each verdict with that of the reference.

    The reference is onnxruntime with one thread and one photo at a time. A verdict is OK, NG or
    REVIEW with its reason, and the type of defect where the model tells several apart.

    Args:
        model: the model file, or the folder of its run.
        photos: files, folders or patterns; labels are not needed.
        out: file for the certificate; `certificate.json` beside the model when left out.
        runtimes: to be tried; all that are installed when left out.
        threads: CPU threads; one, two and all cores when left out.
        batches: photos at once; 1, 8 and 32 when left out.
        seal: put the digest of the certificate into the model file. A signed file is left as it is,
            unless there is a key to sign it with again.
        key: private key that signs the model file again.
        require_signature: file with the public key that must have signed the model file.
        progress: receives the progress; None shows it on stderr, False shows nothing.

    Raises:
        ConfigError: a runtime is unknown, or a key cannot be read.
        DatasetError: no photo was found, or none can be read.
        ModelFileError: the file is not a model file of okng, or cannot be run.

    Example:
        >>> okng.certify("inspector.onnx", "photos/").certificate.differing  # doctest: +SKIP
        0
    """
    path = modelfile.located(model)
    file = modelfile.read(path, require_signature=require_signature)
    setups = setups_at_hand(
        [named_runtime(name) for name in runtimes],
        _counts(threads, "threads"),
        _counts(batches, "batches") or BATCHES,
    )
    named = find_named(photos).photos
    certificate = compare(file, named, watched(progress), setups=setups)
    target = certificate_file(path) if out is None else Path(out)
    certificate.write(target)
    sealed = None
    if seal and (key is not None or not file.signer):
        sealed = seal_certificate(path, certificate, key=None if key is None else Path(key))
    return Certified(certificate, target, file, sealed, _reported(RunFolder(path.parent), target))


def _reported(run: RunFolder, certificate: Path) -> Path | None:
    """Write the report of a run anew, which showed an older certificate."""
    if certificate != run.certificate or not run.is_finished:
        return None
    try:
        from okng.evaluation import write_report  # noqa: PLC0415 - not installed on a line
    except ModuleNotFoundError:
        return None
    return write_report(run.folder)


def _counts(numbers: Sequence[int], name: str) -> tuple[int, ...]:
    if any(number < 1 for number in numbers):
        raise ConfigError(f"{min(numbers)} is no count", where=f"`{name}`", allowed="1 or more")
    return tuple(numbers)
