"""Logs a training to MLflow and TensorBoard, through Lightning's loggers, where that is asked for.

`history.csv` is written in any case: a failing logger is reported once and never stops a training.
Data goes to the place that the user names, and nowhere else.
"""

import hashlib
import importlib.util
import logging
import math
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from okng.config import RunSettings
from okng.error_codes import Code
from okng.errors import ConfigError, TrainingError
from okng.events import Progress
from okng.events.kinds import EpochDone, Event
from okng.files import write_atomic
from okng.privacy import keep_private
from okng.runs.layout import RunFolder

if TYPE_CHECKING:
    from lightning.pytorch.loggers import Logger, MLFlowLogger

EXPERIMENT = "okng"
_PATIENCE = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2", "MLFLOW_HTTP_REQUEST_TIMEOUT": "10"}
_NO_LINES = {"MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true", "MLFLOW_LOGGING_LEVEL": "ERROR"}


class Tracking(Progress):
    """Logs settings, epochs and metrics of a training. Epochs come as events.

    As a context it closes the loggers, with status failed where the training ends by an error.

    Args:
        loggers: those that were asked for.
        progress: receives one sentence when a logger fails.
    """

    def __init__(self, loggers: "list[Logger]", progress: Progress) -> None:
        self._loggers = loggers
        self._progress = progress

    def settings(self, settings: RunSettings) -> None:
        """Log all settings, as `training.lr`."""
        plain = {
            f"{section}.{name}": value
            for section, values in settings.model_dump(mode="json").items()
            for name, value in values.items()
        }
        self._log(lambda logger: logger.log_hyperparams(plain))

    def handle(self, event: Event) -> None:
        """Log an epoch."""
        if isinstance(event, EpochDone):
            self._figures(event.figures, event.epoch)

    def figures(self, metrics: Mapping[str, Any]) -> None:
        """Log the metrics of the test: value and interval of every rate."""
        rates = {name: rate for name, rate in metrics.items() if _is_rate(rate)}
        flat = {f"test/{name}": rate["value"] for name, rate in rates.items()}
        for end in ("low", "high"):
            flat |= {f"test/{name}_{end}": rate[end] for name, rate in rates.items()}
        self._figures({name: value for name, value in flat.items() if value is not None}, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        status = "success" if kind is None else "failed"
        self._log(lambda logger: logger.finalize(status))

    def _figures(self, values: Mapping[str, float], step: int) -> None:
        numbers = {name: float(v) for name, v in values.items() if math.isfinite(v)}
        self._log(lambda logger: logger.log_metrics(numbers, step=step))

    def _log(self, how: "Callable[[Logger], None]") -> None:
        for logger in list(self._loggers):
            try:
                with _quiet():
                    how(logger)
            except _faults() as exc:
                self._loggers.remove(logger)
                name = type(logger).__name__.removesuffix("Logger")
                text = f"{name} logs no more: {_first_line(exc)}"
                self._progress.warn("tracking.ended", text)


def open_tracking(
    run: Path, *, mlflow: str | None, tensorboard: bool, progress: Progress
) -> Tracking:
    """Open the loggers that are asked for.

    Args:
        run: the run folder: it names the run, and holds `tensorboard/` and `mlflow.txt`, the run's
            number in MLflow, so that a resumed run continues there.
        mlflow: URI of an MLflow server or database, or a folder; None for none.
        tensorboard: whether to write files for TensorBoard.
        progress: receives where to find the logs.

    Raises:
        ConfigError: a library is not installed; names the command that installs it.
        TrainingError: MLflow cannot be reached.
    """
    check_tracking(mlflow=mlflow is not None, tensorboard=tensorboard)
    loggers: list[Logger] = []
    with _quiet():
        if mlflow is not None:
            loggers.append(_mlflow(run, mlflow))
            progress.say(f"MLflow logs this run: {_shown(mlflow)}")
        if tensorboard:
            from lightning.pytorch.loggers import TensorBoardLogger  # noqa: PLC0415 - heavy

            loggers.append(TensorBoardLogger(run, name=RunFolder(run).tensorboard.name, version=""))
            progress.say(f"TensorBoard finds this run in {RunFolder(run).tensorboard}")
    return Tracking(loggers, progress)


def check_tracking(**wanted: bool) -> None:
    """Refuse what is not installed before anything is done.

    Args:
        **wanted: library -> whether it is asked for.

    Raises:
        ConfigError: names the command that installs it.
    """
    for name in (name for name, asked in wanted.items() if asked):
        if importlib.util.find_spec(name) is None:
            raise ConfigError(
                f"This needs {name}, which is not installed",
                where=f"--{name}",
                hint=f"pip install 'okng[{name}]'",
                code=Code.LIBRARY_MISSING,
            )


def _mlflow(run: Path, place: str) -> "MLFlowLogger":
    """The opened logger of a run; an address without a server is refused now."""
    keep_private()  # before the first import: MLflow would call home
    for name, value in (_PATIENCE | _NO_LINES).items():
        os.environ.setdefault(name, value)
    from lightning.pytorch.loggers import MLFlowLogger  # noqa: PLC0415 - after the lines above

    number_file = RunFolder(run).mlflow
    uri, artifacts = _place(place)
    server = hashlib.sha256(uri.encode()).hexdigest()[:16]  # an address may hold a password
    known = number_file.read_text(encoding="utf-8").split() if number_file.exists() else []
    try:
        logger = MLFlowLogger(
            EXPERIMENT,
            run_name=run.resolve().name,
            tracking_uri=uri,
            artifact_location=artifacts,
            run_id=known[0] if known[1:] == [server] else None,
        )
        number = logger.run_id
    except _faults() as exc:
        raise TrainingError(
            f"MLflow cannot log this run: {_first_line(exc)}",
            where=f"`mlflow` {_shown(place)}",
            allowed="a folder, or the URI of a server or a database",
            hint="Check the address, or leave `mlflow` out: history.csv is always written.",
            code=Code.TRACKING_UNREACHABLE,
        ) from exc
    write_atomic(number_file, f"{number} {server}\n")
    return logger


def _shown(place: str) -> str:
    """An address without its password."""
    return re.sub(r"(://[^/@:]*):[^@/]*@", r"\1:***@", place)


def _place(place: str) -> tuple[str, str | None]:
    """URI and place of artifacts: a folder gets a database of its own."""
    if "://" in place or place.startswith("databricks"):
        return place, None
    folder = Path(place).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{(folder / 'mlflow.db').as_posix()}", (folder / "artifacts").as_uri()


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the libraries' own warnings and logs."""
    levels = {name: logging.getLogger(name) for name in ("mlflow", "alembic", "lightning.pytorch")}
    before = {name: log.level for name, log in levels.items()}
    for log in levels.values():
        log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for name, log in levels.items():
            log.setLevel(before[name])


def _faults() -> tuple[type[Exception], ...]:
    """What a logger raises when its server, its database or its disk fails."""
    errors: list[type[Exception]] = [OSError, RuntimeError, ValueError]
    if "mlflow" in sys.modules:
        from mlflow.exceptions import MlflowException  # noqa: PLC0415 - there already
        from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

        errors += [MlflowException, SQLAlchemyError]
    return tuple(errors)


def _is_rate(value: object) -> bool:
    return isinstance(value, Mapping) and {"value", "low", "high", "n"} <= set(value)


def _first_line(exc: BaseException) -> str:
    with suppress(IndexError):
        return str(exc).splitlines()[0]
    return type(exc).__name__
