"""`okng train`: the main job, from a folder of photos to a proven inspector."""

from pathlib import Path
from typing import Annotated, Any

import typer

import okng
from okng.cli.closing_lines import show_result
from okng.cli.console import ProgressForm, ProgressOption, showing
from okng.config import Given

_SHORT: dict[str, dict[str, Any]] = {
    "--no-rotate": {"rotation": 0.0},
    "--no-flips": {"flips": "none"},
    "--no-relight": {"brightness": 0.0, "contrast": 0.0, "gamma": 0.0, "side_light": 0.0},
}
"""What the short flags stand for."""

NoRotate = Annotated[
    bool,
    typer.Option(
        "--no-rotate",
        help="The parts have a direction: as --rotation 0.",
        rich_help_panel="Photos",
    ),
]
NoFlips = Annotated[
    bool,
    typer.Option(
        "--no-flips",
        help="A mirrored part is another part: as --flips none.",
        rich_help_panel="Photos",
    ),
]
NoRelight = Annotated[
    bool,
    typer.Option(
        "--no-relight",
        help="Photos are shown in no other light: as --brightness 0 --contrast 0 --gamma 0 "
        "--side-light 0.",
        rich_help_panel="Photos",
    ),
]
FromStudy = Annotated[
    str | None,
    typer.Option(help="Best settings of a study: the folder of `okng tune`, or PATH_OR_URL::NAME."),
]


def train(
    photos: Annotated[Path, typer.Argument(help="Folder of photos, or a CSV/Parquet manifest.")],
    *,
    out: Annotated[
        Path | None, typer.Option(help="Run folder; a new one under runs/ if not given.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="Settings file; flags win over it.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue the run in --out.")] = False,
    no_rotate: NoRotate = False,
    no_flips: NoFlips = False,
    no_relight: NoRelight = False,
    from_study: FromStudy = None,
    mlflow: Annotated[
        str | None, typer.Option(help="Record the run in MLflow: URI of a server, or a folder.")
    ] = None,
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="Write files for TensorBoard to the run folder.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
    form: ProgressOption = ProgressForm.AUTO,
    as_json: Annotated[bool, typer.Option("--json", help="Print the metrics as JSON.")] = False,
    settings: Given,
) -> None:
    """Turn a folder of photos into a proven inspector: one model file and a report.

    Example: okng train photos/ --out runs/castings --model efficientnet_lite0
    """
    given = {"--no-rotate": no_rotate, "--no-flips": no_flips, "--no-relight": no_relight}
    with showing("train", quiet=quiet, form=form) as receiver:
        run = okng.train(
            photos,
            out=out,
            config=config,
            resume=resume,
            from_study=from_study,
            mlflow=mlflow,
            tensorboard=tensorboard,
            progress=receiver,
            **_with_aliases(settings, given),
        )
    show_result(run, run.model_file, as_json=as_json)


def _with_aliases(settings: Given, given: dict[str, bool]) -> Given:
    """The settings with what the short flags that were given stand for.

    Raises:
        ConfigError: a short flag and a setting that it stands for are both given.
    """
    from okng.errors import ConfigError  # noqa: PLC0415 - nothing else here needs it

    chosen = [flag for flag, asked in given.items() if asked]
    twice = [
        f"{flag} and --{name.replace('_', '-')} exclude each other"
        for flag in chosen
        for name in _SHORT[flag]
        if name in settings
    ]
    if twice:
        raise ConfigError.gather(twice, where="the flags", hint="Give one of them.")
    return {**settings} | {name: value for flag in chosen for name, value in _SHORT[flag].items()}
