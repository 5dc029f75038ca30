"""The program `okng`."""

import os
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from okng import __version__
from okng.cli.commands.accounts import API_KEYS, USERS
from okng.cli.commands.audit import (
    LOOKING,
    SHARING,
    audit,
    split,
)
from okng.cli.commands.compare import compare
from okng.cli.commands.deploy.aws import AWS
from okng.cli.commands.evaluate import evaluate
from okng.cli.commands.init import station as init_station
from okng.cli.commands.model_files.bench import bench
from okng.cli.commands.model_files.certify import certify
from okng.cli.commands.model_files.export import bundle, export
from okng.cli.commands.model_files.info import info
from okng.cli.commands.model_files.quantize import quantize
from okng.cli.commands.model_files.set_threshold import set_threshold
from okng.cli.commands.model_files.signing import keys, sign
from okng.cli.commands.outbox import OUTBOX
from okng.cli.commands.plan import plan
from okng.cli.commands.predict import predict
from okng.cli.commands.records import FURTHER, RECORDS
from okng.cli.commands.retraining.promote import promote, roll_back
from okng.cli.commands.retraining.retrain import PLACE as PLACE_OF_RECORDS
from okng.cli.commands.retraining.retrain import retrain
from okng.cli.commands.run import run as run_lines
from okng.cli.commands.serve import FIRST as FIRST_OF_STATION
from okng.cli.commands.serve import serve
from okng.cli.commands.train import train
from okng.cli.commands.tune import tune
from okng.cli.commands.watch import FIRST as FIRST_OF_WATCH
from okng.cli.commands.watch import SETTINGS as SETTINGS_OF_WATCH
from okng.cli.commands.watch import watch
from okng.cli.exits import reported
from okng.cli.help_levels import HELP_NAMES, Verb
from okng.cli.options import FIRST, with_settings
from okng.cli.stations import PLACE
from okng.cli.streams import accept_any_name
from okng.config import StationSettings

app = typer.Typer(
    name="okng",
    help="Turns a folder of product photos into a proven visual inspector.",
    no_args_is_help=True,
    context_settings=HELP_NAMES,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _add(verb: Callable[..., None], name: str | None = None, group: typer.Typer = app) -> None:
    group.command(name, cls=Verb, context_settings=HELP_NAMES)(reported(verb))


def _group(name: str, purpose: str, parent: typer.Typer = app) -> typer.Typer:
    """A group of verbs: `okng NAME VERB`."""
    made = typer.Typer(
        name=name, help=purpose, no_args_is_help=True, context_settings=HELP_NAMES,
        pretty_exceptions_enable=False,
    )  # fmt: skip
    parent.add_typer(made)
    return made


_add(with_settings(train, first=FIRST))
_add(with_settings(tune, first=FIRST))
_add(with_settings(retrain, *PLACE_OF_RECORDS, tree=StationSettings))
_add(with_settings(promote, *PLACE, tree=StationSettings))
_add(with_settings(roll_back, *PLACE, tree=StationSettings), "roll-back")
_add(with_settings(audit, *LOOKING))
_add(with_settings(split, *LOOKING, *SHARING))
_add(predict)
_add(info)
_add(certify)
_add(quantize)
_add(bench)
_add(export)
_add(bundle)
_add(with_settings(evaluate, "operating_point", "report"))
_add(compare)
_add(plan)
_add(with_settings(serve, first=FIRST_OF_STATION, tree=StationSettings))
_add(with_settings(watch, *SETTINGS_OF_WATCH, first=FIRST_OF_WATCH, tree=StationSettings))
_add(run_lines)
_add(set_threshold, "set-threshold")
_add(sign)
_add(keys)
_init = _group("init", "Files to begin with.")
_add(init_station, "station", _init)
_users = _group("users", "Users of a station: who logs in on its pages.")
for _name, _verb in USERS.items():
    _add(with_settings(_verb, *PLACE, tree=StationSettings), _name, _users)
_api_keys = _group("api-keys", "API keys of a station: how programs show who they are.")
for _name, _verb in API_KEYS.items():
    _add(with_settings(_verb, *PLACE, tree=StationSettings), _name, _api_keys)
_records = _group("records", "Records of a station: verify, export, back up, delete by rule.")
for _name, _verb in RECORDS.items():
    _given = (*PLACE, *FURTHER.get(_name, ()))
    _add(with_settings(_verb, *_given, tree=StationSettings), _name, _records)

_outbox = _group("outbox", "Sinks of a station: what they have, and what they refused.")
for _name, _verb in OUTBOX.items():
    _add(with_settings(_verb, *PLACE, tree=StationSettings), _name, _outbox)
_deploy = _group("deploy", "Puts a model file into a cloud.")
_aws = _group("aws", "AWS: plan, create, check and remove a deployment.", _deploy)
for _name, _verb in AWS.items():
    _add(_verb, _name, _aws)


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
