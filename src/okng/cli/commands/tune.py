"""`okng tune`: try settings on folds of the photos."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import okng
from okng.cli.console import ProgressForm, ProgressOption, showing, spoken
from okng.config import Given, duration
from okng.runs.layout import StudyFolder
from okng.wording import phrase, translated

if TYPE_CHECKING:
    from okng.commands.tune import Tuning


def tune(
    photos: Annotated[Path, typer.Argument(help="Folder of photos, or a CSV/Parquet manifest.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the study; runs/tune-PHOTOS if not given."),
    ] = None,
    config: Annotated[Path | None, typer.Option(help="Settings to start from.")] = None,
    trials: Annotated[int, typer.Option(help="Trials of the whole study, by all workers.")] = 20,
    folds: Annotated[
        int, typer.Option(help="Each photo outside of the test is judged in one of them.")
    ] = 3,
    objective: Annotated[
        str | None,
        typer.Option(help="cost (of escapes and overkill, the default), f1, accuracy or auc."),
    ] = None,
    timeout: Annotated[
        str | None, typer.Option(help="No trial begins after this time, as in 90s, 30min, 2h.")
    ] = None,
    storage: Annotated[
        str | None,
        typer.Option(help="SQLite file or URL of a database; study.db in --out if not given."),
    ] = None,
    study: Annotated[
        str | None, typer.Option(help="Name of the study; that of the photos if not given.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
    form: ProgressOption = ProgressForm.AUTO,
    as_json: Annotated[bool, typer.Option("--json", help="Print the study as JSON.")] = False,
    settings: Given,
) -> None:
    """Find better settings by trials on folds; the test photos stay out of it.

    A setting that is given stays as it is, the study changes the others. The same command goes on
    with a study, and, started twice, works on it with two processes.

    Example: okng tune photos/ --model cnn --trials 30
    """
    with showing("tune", quiet=quiet, form=form) as receiver:
        tuning = okng.tune(
            photos,
            out=out,
            config=config,
            trials=trials,
            folds=folds,
            objective=objective,
            timeout=None if timeout is None else duration(timeout, "--timeout"),
            storage=storage,
            study=study,
            progress=receiver,
            **settings,
        )
    if as_json:
        typer.echo(json.dumps(tuning.study, indent=2, ensure_ascii=False))
    else:
        with spoken():
            _show(tuning, photos)


def _show(tuning: "Tuning", photos: Path) -> None:
    from okng.evaluation.report.tuning import HONEST, lead, short  # noqa: PLC0415 - brings in pandas

    study = tuning.study
    start, best = study["start"] or {"values": {}}, study["best"]
    typer.echo(lead(study))
    for dimension in study["space"]:
        name = dimension["name"]
        after, before = (side["values"].get(name) for side in (best, start))
        was = phrase("(was {value})", value=short(before))
        changed = f"  {was}" if after != before else ""
        if after is not None:
            typer.echo(f"  {name:<12} {short(after)}{changed}")
    typer.echo(f"{translated(HONEST)}\n")
    typer.echo(phrase("settings    {path}", path=StudyFolder(tuning.folder).best))
    typer.echo(phrase("report      {path}", path=tuning.report))
    command = f"okng train {photos} --from-study {tuning.folder}"
    typer.echo(phrase("next        {command}", command=command))
