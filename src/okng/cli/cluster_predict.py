"""`okng predict --engine ray`: its options, and the job on a cluster."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from okng.cli.console import progress
from okng.config import Engine, Runtime

if TYPE_CHECKING:
    from okng.dataset.records import LeftOut


class SpreadOptions(NamedTuple):
    """How a job is spread, as the user gives it; None where an option is left out."""

    workers: int | None
    threads: int | None
    address: str | None


class ClusterResult(NamedTuple):
    """What came of the job: photos by verdict, and files that are no photos."""

    verdicts: Counter[str]
    left_out: "list[LeftOut]"


def check_engine(
    engine: Engine, spread: SpreadOptions, output: Path | None, **others: object
) -> None:
    """Refuse options that the engine does not have.

    Args:
        engine: that is to judge.
        spread: options of a cluster.
        output: where the verdicts go.
        **others: options of the single process alone; None where they are left out.

    Raises:
        ConfigError: an option would change nothing, or the verdicts have no place.
    """
    from okng.errors import ConfigError  # noqa: PLC0415 - brings in the codes

    if engine is Engine.SINGLE:
        faults = [
            f"--{name} needs --engine ray"
            for name, value in (("workers", spread.workers), ("address", spread.address))
            if value is not None
        ]
    else:
        given = [name for name, value in others.items() if value is not None]
        names = ("format" if name == "output_format" else name for name in given)
        faults = [
            f"--{name} is not there with --engine ray, which writes Parquet" for name in names
        ]
        faults += ["--output FOLDER is missing, for the verdicts"] * (output is None)
    if faults:
        raise ConfigError.gather(faults, where="okng predict", hint="See okng predict --help.")


def predict_on_ray(
    model: Path,
    photos: Sequence[str],
    output: Path,
    spread: SpreadOptions,
    runtime: Runtime,
    require_signature: Path | None,
    *,
    quiet: bool,
) -> ClusterResult:
    """Judge photos with the workers of a cluster."""
    from okng import modelfile  # noqa: PLC0415 - onnx is heavy
    from okng.inference.cluster import Workers, find_addresses, judge_on_cluster  # noqa: PLC0415

    file = modelfile.read(modelfile.located(model), require_signature=require_signature)
    addresses = find_addresses(photos)
    tally = judge_on_cluster(
        file,
        addresses.photos,
        output,
        workers=Workers(spread.workers, spread.threads or 1, spread.address),
        runtime=runtime,
        progress=progress(quiet=quiet),
    )
    return ClusterResult(tally.verdicts, addresses.left_out)
