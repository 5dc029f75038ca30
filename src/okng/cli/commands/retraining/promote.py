"""`okng promote` and `okng roll-back`: which of two models decides at a station, on record."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from okng.cli.stations import Config, person, settings_of_station, signed_records

if TYPE_CHECKING:
    from okng.config import StationSettings
    from okng.station.promoting.promotions import Promotions

RULE_PARTS = 500
"""Parts that a challenger must have judged as the shadow where the rule promotes it."""
Slot = Annotated[
    str | None, typer.Option("--model", help="Name of the model at the station, if it has several.")
]
By = Annotated[
    str | None, typer.Option(help="Who decides it; the user of this machine if left out.")
]


def promote(
    run: Annotated[Path, typer.Argument(help="Run folder of okng retrain.")],
    *,
    reason: Annotated[str, typer.Option(help="Why; goes on record.")],
    by: By = None,
    by_rule: Annotated[
        bool, typer.Option("--by-rule", help="The rule decides: gate passed, and 500 shadow parts.")
    ] = False,
    after_shadow: Annotated[
        int | None, typer.Option(min=0, help="Parts that it must have judged as the shadow.")
    ] = None,
    model: Slot = None,
    config: Config = None,
    settings: dict[str, Any],
) -> None:
    """Let a challenger that has passed the gate decide at a station.

    A station that runs takes it within seconds, one that does not at its next start. The decision
    is a row on record, with who and why; okng roll-back takes it back.

    Example: okng promote runs/castings-retrained-20261129 --data station --reason "pits learned"
    """
    from okng.station.promoting.promotions import RULE  # noqa: PLC0415 - brings in the database

    tree = settings_of_station(config, settings)
    who = RULE if by_rule else _person(by)
    parts = after_shadow if after_shadow is not None else RULE_PARTS if by_rule else 0
    with _promotions(tree) as promotions:
        slot = promotions.slot(model)
        done = promotions.promote(slot, _candidate(run), by=who, reason=reason, shadow_parts=parts)
    typer.echo(f"{slot}: {done.after} decides in place of {done.before}")


def roll_back(
    *,
    reason: Annotated[str, typer.Option(help="Why; goes on record.")],
    by: By = None,
    model: Slot = None,
    config: Config = None,
    settings: dict[str, Any],
) -> None:
    """Let the model decide again that the last promotion replaced.

    Example: okng roll-back --data station --reason "more good parts rejected"
    """
    with _promotions(settings_of_station(config, settings)) as promotions:
        slot = promotions.slot(model)
        done = promotions.roll_back(slot, by=_person(by), reason=reason)
    typer.echo(f"{slot}: {done.after} decides again in place of {done.before}")


def _candidate(run: Path) -> Any:
    from okng.steps.retraining.gating import candidate_of  # noqa: PLC0415

    return candidate_of(run)


@contextmanager
def _promotions(tree: "StationSettings") -> Iterator["Promotions"]:
    """Promotions on the records of a station, whose commits its key signs."""
    from okng.station.library import FOLDER, Library  # noqa: PLC0415
    from okng.station.promoting.promotions import Promotions  # noqa: PLC0415

    with signed_records(tree) as records:
        library = Library(tree.station.folder / FOLDER)
        yield Promotions(records, library, tree.station.name)


def _person(named: str | None) -> str:
    return f"user:{named}" if named else person()
