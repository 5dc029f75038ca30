"""Key figures on stdout, the same for every verb that measures."""

from collections.abc import Mapping
from typing import Any

import typer

from okng.config import report_language
from okng.wording import Language, chosen_language, language, mark, number, term, translated

FEW = mark("too few parts for an interval")
_WIDTHS = {Language.EN: 14, Language.DE: 18}  # signs of the longest usual label
_FIGURES = ("escape_rate", "overkill_rate", "accuracy", "precision", "recall", "f1", "roc_auc")


def show_rates(metrics: dict[str, Any]) -> None:
    """Print rates with their intervals, those of defect types, and a warning of a leak.

    Where the test has few parts, the figures of all parts out of fold come first.
    """
    asked = metrics.get("report") or {}
    with language(report_language(asked.get("language"))):
        _show_all(metrics)


def _show_all(metrics: dict[str, Any]) -> None:
    from okng.evaluation.decision import evidence_of  # noqa: PLC0415 - the line has no scipy

    evidence = evidence_of(metrics)
    test = translated("On {photos} test photos, with 95 % intervals:")
    if evidence.folded:
        folds = translated("On {parts} parts ({photos} photos) outside of the test, by "
                           "cross-validation, with 95 % intervals:")  # fmt: skip
        typer.echo(folds.format(parts=evidence.parts, photos=evidence.photos))
        _show(evidence.figures, has_ok=metrics["ok_class"] is not None)
        test = translated("On {photos} test photos, few parts, with 95 % intervals:")
    typer.echo(test.format(photos=metrics["photos"]))
    _show(metrics, has_ok=metrics["ok_class"] is not None)
    _show_types(metrics)
    leakage = metrics["leakage"]
    if leakage["photos"]:
        warning = translated(
            "  WARNING: {photos} test photos are copies of photos in training, or show the same "
            "parts. The figures above are memory, not evidence."
        )
        typer.echo(warning.format(photos=leakage["photos"]))
        typer.echo(f"  {_without_copies(leakage)}")


def _show(figures: Mapping[str, Any], *, has_ok: bool) -> None:
    from okng.evaluation.decision.evidence import JOINED, too_few_parts  # noqa: PLC0415 - as above

    few = too_few_parts(figures)
    for name in _FIGURES:
        rate = figures.get(name) or {}
        if rate.get("value") is None:
            continue
        is_mean = not has_ok and name != "accuracy"
        label = translated("mean {figure}").format(figure=term(name)) if is_mean else term(name)
        value = _rate_text(rate)
        if few and (name in JOINED or is_mean):
            value = f"{number(rate['value'], '.3f')}  {translated(FEW)}"
        width = _WIDTHS[chosen_language()]
        typer.echo(f"  {label:<{width}} {value}")


def _show_types(metrics: dict[str, Any]) -> None:
    """How many parts of each defect type are named correctly, where there are several."""
    recall = dict((metrics.get("types") or {}).get("recall", {}))
    recall.pop(metrics.get("ok_class"), None)
    there = {name: rate for name, rate in recall.items() if rate["value"] is not None}
    if there:
        typer.echo(translated("  recall of each type:"))
    width = max(map(len, there), default=0)
    for name, rate in there.items():
        of = translated("of {photos}").format(photos=rate["n"])
        typer.echo(f"    {name:<{width}} {_rate_text(rate)}  {of}")


def _without_copies(leakage: dict[str, Any]) -> str:
    """The headline on the photos that are left, or why there is none."""
    clean = leakage.get("without_leaked")
    if clean is None:
        return translated("See the report.")
    if clean["accuracy"]["value"] is None:
        return translated(
            "Without them no test photo is left. `--split new` shares the parts out anew."
        )
    text = translated("accuracy on the {photos} other photos: {accuracy}")
    if clean["photos"] == 1:
        text = translated("accuracy on the one other photo: {accuracy}")
    return text.format(photos=clean["photos"], accuracy=_rate_text(clean["accuracy"]))


def _rate_text(rate: dict[str, Any]) -> str:
    value = number(rate["value"], ".3f")
    if rate["low"] is None:
        return value
    # A German decimal comma needs another sign between the ends.
    between = "; " if chosen_language() is Language.DE else ", "
    return f"{value}  [{between.join(number(rate[end], '.3f') for end in ('low', 'high'))}]"
