"""Opens a run folder: a new one, or one to go on with."""

import contextlib
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from okng import config
from okng.config import Given, ResolvedSettings, RunSettings, resolve
from okng.error_codes import Code
from okng.errors import ConfigError, TrainingError
from okng.files import write_atomic
from okng.runs.index import find_runs
from okng.runs.layout import RunFolder

_PLANNED = (
    ("data", "image_size"),
    *(("training", name) for name in ("recipe", "epochs", "lr", "patience", "folds")),
)


def open_run(
    photos: Path,
    *,
    out: Path | None,
    settings_file: Path | None,
    overrides: Given,
    resume: bool,
    base: RunSettings | None = None,
    check: Callable[[ResolvedSettings], None] | None = None,
) -> tuple[RunFolder, RunSettings]:
    """Decide folder and settings of a run, and leave the settings in it.

    Every setting is filled in, but with a time budget: then those that were not given stay open,
    and `timing` fills them in, in the folder, too.

    Args:
        photos: what will be trained on; names a new folder.
        out: the run folder, or None for a new one under `runs/`.
        settings_file: an `okng.toml`, or None.
        overrides: settings that win over the file.
        resume: go on with what is there.
        check: refuses settings; asked before a new folder is made.
        base: settings to start from where there is no file; the defaults when left out.

    Raises:
        ConfigError: settings are not valid, or differ from those of the run to go on with.
        TrainingError: the folder already holds a run, holds none to resume, or cannot be written.
    """
    settings = config.load(settings_file, overrides, base=base, env=os.environ)
    if resume:
        _check_run(out)
    run = RunFolder(out or _new_name(photos))
    if resume and run.settings.exists():
        return run, _same_settings(run, settings_file, overrides, base)
    # a time budget fills them in later, from measurements
    settings = settings if settings.training.time_budget else resolve(settings)
    if run.settings.exists():
        raise TrainingError(
            "The folder already holds a run",
            where=run.folder,
            hint="Add `resume` to go on with it, or take another `out`.",
            code=Code.RUN_EXISTS,
        )
    if check is not None:
        check(resolve(settings))
    try:
        run.models.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise TrainingError(
            f"The run folder cannot be made: {exc.strerror}",
            where=run.folder,
            hint="See `out`.",
            code=Code.FILE_NOT_WRITABLE,
        ) from exc
    write_atomic(run.settings, config.to_toml(settings))
    return run, settings


def _check_run(out: Path | None) -> None:
    """Refuse to resume what is not there: a new run would take its place unasked.

    A folder without a file is a run that was stopped before its first one.
    """
    if out is not None and (RunFolder(out).settings.exists() or _is_empty(out)):
        return
    runs = _runs_beside(out)
    raise TrainingError(
        f"There is no run to resume in {out}" if out else "Which run to resume is not given",
        where=out,
        allowed=f"the folder of a run, as {', '.join(map(str, runs))}" if runs else None,
        hint="Name the folder of the run, or start a new run without resume.",
        code=Code.RUN_MISSING,
    )


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(p.is_file() for p in folder.rglob("*"))


def _runs_beside(out: Path | None) -> list[Path]:
    """Run folders where this one was looked for, the newest first, 5 at most."""
    return [run.folder for run in find_runs(out.parent if out else Path("runs"))[:5]]


def discard_new(run: RunFolder) -> None:
    """Remove what `open_run` has just made, where nothing else has come to it since."""
    run.settings.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # Windows keeps it while it is held
        run.lock.unlink(missing_ok=True)
    for folder in (run.models, run.folder):
        with contextlib.suppress(OSError):  # not empty: something of the user's lies there
            folder.rmdir()


def _same_settings(
    run: RunFolder, file: Path | None, overrides: Given, base: RunSettings | None
) -> RunSettings:
    stored = config.load(run.settings)
    # What a resumed run was started with stands in its folder; nothing given means the same.
    asked = config.load(file, overrides, base=base or stored, env=os.environ)
    if stored.training.time_budget:
        asked = _as_planned(asked, stored)
    faults = config.differences(resolve(stored), resolve(asked))
    if faults:
        raise ConfigError.gather(
            faults,
            where=run.settings,
            hint="Leave them out to go on with `resume`, or start a new run with another `out`.",
            code=Code.RUN_OTHER_SETTINGS,
        )
    return stored


def _as_planned(asked: RunSettings, stored: RunSettings) -> RunSettings:
    """What is asked for, and where that leaves something open, what the run's plan has decided."""
    values, planned = (settings.model_dump(mode="json") for settings in (asked, stored))
    for section, name in _PLANNED:
        if values[section][name] is None:  # left open by the user, so filled in by the time budget
            values[section][name] = planned[section][name]
    return config.validate(values, where="the settings given")


def _new_name(photos: Path) -> Path:
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    return Path("runs") / f"{photos.resolve().stem}-{stamp}"
