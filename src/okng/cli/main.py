"""The program `okng`."""

import os
import sys
from typing import Annotated

import typer

from okng import __version__
from okng.cli.audit import LOOKING, SHARING, audit, split
from okng.cli.compare import compare
from okng.cli.evaluate import evaluate
from okng.cli.exits import reported
from okng.cli.info import info
from okng.cli.options import with_settings
from okng.cli.plan import plan
from okng.cli.predict import predict
from okng.cli.set_threshold import set_threshold
from okng.cli.streams import accept_any_name
from okng.cli.train import train
from okng.cli.tune import tune

app = typer.Typer(
    name="okng",
    help="Turns a folder of product photos into a proven visual inspector.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command()(reported(with_settings(train)))
app.command()(reported(with_settings(tune)))
app.command()(reported(with_settings(audit, *LOOKING)))
app.command()(reported(with_settings(split, *LOOKING, *SHARING)))
app.command()(reported(predict))
app.command()(reported(info))
app.command()(reported(with_settings(evaluate, "operating_point")))
app.command()(reported(compare))
app.command()(reported(plan))
app.command("set-threshold")(reported(set_threshold))


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def run() -> None:
    """Entry point of the console script."""
    _open_streams()
    accept_any_name(sys.stdout, sys.stderr)
    app()


def _open_streams() -> None:
    """Give a process without standard streams somewhere to write to: `>&-`, pythonw, a service."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
