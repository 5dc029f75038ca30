"""`okng serve`: a station."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from okng.config import StationSettings
    from okng.serve.running import Started

FIRST = (
    "host", "port", "no_auth", "data", "database", "name", "product", "shadow", "photos",
    "language",
)  # fmt: skip
"""The settings that most stations need; the others are shown by `--help-all`."""


def serve(
    models: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Model files, or folders of runs; the first one decides. Without any: that of "
            "OKNG_MODEL, the followed one, or SageMaker's."
        ),
    ] = None,
    *,
    config: Annotated[
        Path | None, typer.Option(help="okng.toml with settings; flags win over it.")
    ] = None,
    settings: dict[str, Any],
) -> None:
    """Run a station: it judges photos by REST and on its page, and puts every verdict on record.

    Ctrl-C and SIGTERM end it, after the photos that it accepted.

    Example: okng serve runs/castings/inspector.onnx --port 8000
    """
    from okng.config import (  # noqa: PLC0415 - pydantic is heavy
        RunSettings,
        StationSettings,
        read_settings,
        unknown_variables,
    )
    from okng.serve.running import run  # noqa: PLC0415 - brings in the server

    for fault in unknown_variables(os.environ, StationSettings, RunSettings):
        typer.echo(f"okng: {fault}", err=True)
    tree = read_settings(StationSettings, config, env=os.environ, given=settings)

    def announce(started: "Started") -> None:
        typer.echo(f"Station {tree.station.name}: {started.address}")
        if started.setup is not None:
            typer.echo(f"Make the first admin, within the hour: {started.setup}")

    run(tree, _given(models, tree), announce)


def _given(models: list[Path] | None, tree: "StationSettings") -> list[Path]:
    """The models; none where a container whose entry point is `okng serve` gets SageMaker's word.

    SageMaker runs each image with the one argument `serve`; other containers with none, and their
    model comes by the environment or from the address that is followed.
    """
    if [str(model) for model in models or []] == ["serve"] and not Path("serve").exists():
        return []
    if models:
        return models
    from okng.serve.hosted import MODEL  # noqa: PLC0415 - brings in the server

    if os.environ.get(MODEL):
        return [Path(os.environ[MODEL])]
    if tree.models.follow is None:
        return []
    from okng.connect.following import first_model  # noqa: PLC0415 - may fetch it

    return [first_model(tree)]
