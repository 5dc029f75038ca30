"""`okng retrain`: a run learns from what people said of its parts."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from okng.cli.console import ProgressForm, ProgressOption, showing
from okng.config import report_language
from okng.wording import language, phrase

if TYPE_CHECKING:
    from okng.commands.retrain import Retrained

PLACE = ("data", "database", "name", "photo_store")
"""Settings that say where the records and the photos of the station are."""


def retrain(
    run: Annotated[Path, typer.Argument(help="Run folder whose model decides now.")],
    *,
    from_records: Annotated[
        bool, typer.Option("--from-records", help="Learn from the reviews of the station.")
    ] = False,
    reviewed: Annotated[
        Path | None, typer.Option(help="Reviewed photos: a manifest of path,label, or a folder.")
    ] = None,
    photos: Annotated[
        Path | None, typer.Option(help="Folder of the run's photos, if they were moved.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the new run; one beside RUN if not given.")
    ] = None,
    escape_margin: Annotated[
        str | None, typer.Option(help="Further escapes that the gate allows (default: 1%).")
    ] = None,
    overkill_margin: Annotated[
        str | None, typer.Option(help="Further overkill that the gate allows (default: 2%).")
    ] = None,
    no_report: Annotated[
        bool, typer.Option("--no-report", help="Write no report of the new run: seconds less.")
    ] = False,
    config: Annotated[Path | None, typer.Option(help="okng.toml of the station.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
    form: ProgressOption = ProgressForm.AUTO,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict as JSON.")] = False,
    settings: dict[str, Any],
) -> None:
    """Add reviewed photos to a run, fit it again in seconds, and let the gate compare both.

    Exit code 1 where the gate refuses the new run. Nothing changes at the station: see okng
    promote.

    Example: okng retrain runs/castings --from-records --data station
    """
    import okng  # noqa: PLC0415 - public names load when they are used
    from okng.commands.retrain import retrain as made  # noqa: PLC0415 - brings in torch
    from okng.config import StationSettings, read_settings  # noqa: PLC0415

    station = None
    if from_records:
        station = read_settings(StationSettings, config, env=os.environ, given=settings)
    with showing("retrain", quiet=quiet, form=form) as receiver:
        done = made(
            run,
            station=station,
            reviewed=reviewed,
            photos=photos,
            out=out,
            limits=_limits(escape_margin, overkill_margin),
            report=not no_report,
            train_anew=okng.train,
            progress=receiver,
        )
    _show(done, as_json=as_json)
    if not done.gate.passed:
        raise typer.Exit(1)


def _limits(escape: str | None, overkill: str | None) -> Any:
    """The limits of the gate, as given: `0.5%` or a share."""
    from okng.config import share  # noqa: PLC0415
    from okng.evaluation.results.gate import GateLimits  # noqa: PLC0415

    given = {"escape": escape, "overkill": overkill}
    return GateLimits(
        **{
            name: share(text, f"--{name}-margin")
            for name, text in given.items()
            if text is not None
        }
    )


def _show(done: "Retrained", *, as_json: bool) -> None:
    if as_json:
        document = {"retraining": done.retraining.plain(), "gate": done.gate.plain()}
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    audit = done.retraining.audit
    with language(report_language(None)):
        typer.echo(
            phrase(
                "{added} of {reviewed} reviewed photos joined, {photos} in all; left out: {known} "
                "known, {tested} of test parts, {conflicts} in contradiction, {unnamed} without a "
                "class of the model",
                added=audit.added, reviewed=audit.reviewed, photos=done.retraining.photos,
                known=audit.known, tested=audit.tested, conflicts=len(audit.conflicts),
                unnamed=audit.unnamed,
            )
        )  # fmt: skip
        for check in done.gate.checks:
            ink = "green" if check.passed else "red"
            typer.secho(f"  {check.message.text()}", fg=ink)
        ink = "green" if done.gate.passed else "red"
        typer.secho(done.gate.message.text(), fg=ink, bold=True)
        typer.echo(phrase("Run: {folder}", folder=str(done.run.folder)))
