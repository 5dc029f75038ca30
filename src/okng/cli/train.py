"""`okng train`: the main job, from a folder of photos to a proven inspector."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from okng.cli.console import progress
from okng.cli.figures import show_rates


def train(
    photos: Annotated[Path, typer.Argument(help="Folder of photos, or a CSV/Parquet manifest.")],
    *,
    out: Annotated[
        Path | None, typer.Option(help="Run folder; a new one under runs/ if not given.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="Settings file; flags win over it.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
    no_rotate: Annotated[
        bool,
        typer.Option(
            "--no-rotate",
            help="The parts have a direction: as --rotation 0.",
            rich_help_panel="Augmentation",
        ),
    ] = False,
    no_flips: Annotated[
        bool,
        typer.Option(
            "--no-flips",
            help="A mirrored part is another part: as --flips none.",
            rich_help_panel="Augmentation",
        ),
    ] = False,
    from_study: Annotated[
        str | None,
        typer.Option(
            help="Best settings of a study: the folder of `okng tune`, or PATH_OR_URL::NAME."
        ),
    ] = None,
    mlflow: Annotated[
        str | None, typer.Option(help="Tell MLflow of the run: URI of a server, or a folder.")
    ] = None,
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="Write files for TensorBoard to the run folder.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the metrics as JSON.")] = False,
    settings: dict[str, Any],
) -> None:
    """Turn a folder of photos into a proven inspector: one model file and a report.

    Example: okng train photos/ --out runs/castings --model efficientnet_lite0
    """
    from okng.pipeline import train as main_job  # noqa: PLC0415 - brings in torch

    run = main_job(
        photos,
        out=out,
        config=config,
        resume=resume,
        from_study=from_study,
        mlflow=mlflow,
        tensorboard=tensorboard,
        progress=progress(quiet=quiet),
        **_with_aliases(settings, no_rotate=no_rotate, no_flips=no_flips),
    )
    if as_json:
        typer.echo(json.dumps(run.metrics, indent=2, ensure_ascii=False))
    else:
        show_rates(run.metrics)
        typer.echo(f"report      {run.report}\nmodel file  {run.model_file}")


def _with_aliases(settings: dict[str, Any], *, no_rotate: bool, no_flips: bool) -> dict[str, Any]:
    """The settings with what the short flags stand for.

    Raises:
        ConfigError: a short flag and the setting that it stands for are both given.
    """
    from okng.errors import ConfigError  # noqa: PLC0415 - nothing else here needs it

    short = {"rotation": (no_rotate, "--no-rotate", 0.0), "flips": (no_flips, "--no-flips", "none")}
    chosen = {name: value for name, (given, _, value) in short.items() if given}
    twice = [
        f"{short[name][1]} and --{name} exclude each other" for name in chosen if name in settings
    ]
    if twice:
        raise ConfigError.gather(twice, where="the flags", hint="Give one of them.")
    return settings | chosen
