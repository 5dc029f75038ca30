"""`okng compare`: two runs on the same photos."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import okng
from okng.cli.console import ProgressForm, ProgressOption, showing
from okng.cli.flags import with_flags
from okng.config import report_language
from okng.wording import (
    counted,
    language,
    mark,
    method_in_words,
    number,
    phrase,
    term,
    translated,
)
from okng.wording.plural import Plural

if TYPE_CHECKING:
    from okng.commands.compare import Comparison
    from okng.evaluation.results.comparison import FigurePair, McNemar

_SHOWN = 20  # changed photos; a screen holds no more
_WIDTH = 20  # of the first column; "schlechte Teile" and "overkill rate" have room in it
_CHANGED = Plural("photo changed verdict", "photos changed verdict", "value")
_KINDS = {"all": mark("all parts"), "defective": mark("defective parts"),
          "good": mark("good parts")}  # fmt: skip


def compare(
    run_a: Annotated[Path, typer.Argument(help="A run, or a folder of `okng evaluate`.")],
    run_b: Annotated[Path, typer.Argument(help="Another one.")],
    *,
    out: Annotated[
        Path | None, typer.Option(help="Folder for compare.json and changed.csv.")
    ] = None,
    form: ProgressOption = ProgressForm.AUTO,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell whether one of two inspectors is better, or whether it is chance.

    Only photos that both were tested on are compared: McNemar's test, differences with paired
    intervals, and the photos that changed verdict.

    Example: okng compare runs/old runs/new --out old-against-new
    """
    with showing("compare", quiet=True, form=form):
        comparison = okng.compare(run_a, run_b, out=out)
    if as_json:
        rows = comparison.changed.to_dict("records")
        typer.echo(json.dumps({**comparison.figures, "photos_changed": rows}, indent=2))
    else:
        _show(comparison)


def _show(comparison: "Comparison") -> None:
    result = comparison.result
    with language(report_language(None)):
        typer.echo(" ".join(each.text() for each in result.messages))
        typer.echo(
            "\n" + phrase(
                "On {photos:photos} of {parts:parts} that both were tested on (matched by "
                "{matched_by:term}; {only_a} and {only_b} others left out), with 95 % intervals:",
                photos=result.photos,
                parts=result.groups,
                matched_by=result.matched_by,
                only_a=result.only_in_a,
                only_b=result.only_in_b,
            )
        )  # fmt: skip
        for line in (*map(_figure, result.figures.items()), *map(_test, result.tests.items())):
            typer.echo(f"  {line}")
        _show_changed(comparison)


def _figure(named: "tuple[str, FigurePair]") -> str:
    name, pair = named
    rate = pair.difference
    known = rate.low is not None and rate.high is not None
    ends = (
        f"[{number(rate.low, '+.4f')}, {number(rate.high, '+.4f')}]"  # type: ignore[arg-type]
        if known
        else method_in_words(rate.method)
    )
    shown = f"{number(pair.a, '.4f')}  {number(pair.b, '.4f')}"
    difference = phrase("difference {value:+.4f}", value=rate.value)
    return f"{term(name):<{_WIDTH}} {shown}  {difference}  {ends}"


def _test(named: "tuple[str, McNemar]") -> str:
    kind, test = named
    parts = translated(_KINDS[kind])
    return f"{parts:<{_WIDTH}} {method_in_words(test.method)}: p = {number(test.p, '.3g')}"


def _show_changed(comparison: "Comparison") -> None:
    changed = comparison.result.changed
    end = ":" if changed else ""
    typer.echo(f"\n{counted(changed, _CHANGED.one, _CHANGED.many)}{end}")
    for row in comparison.changed.head(_SHOWN).to_dict("records"):
        sides = (f"{row[f'verdict_{x}']} {number(row[f'score_{x}'], '.3f')}" for x in "ab")
        typer.echo(f"  {row['path']}  ({row['label']}): {' -> '.join(sides)}")
    if len(comparison.changed) > _SHOWN:
        more = len(comparison.changed) - _SHOWN
        typer.echo("  " + with_flags(phrase("and {more} more; `out` writes them all", more=more)))
