"""Key figures on stdout, the same for every verb that measures."""

from collections.abc import Mapping
from typing import Any

import typer

_FIGURES = ("escape_rate", "overkill_rate", "accuracy", "precision", "recall", "f1", "roc_auc")


def show_rates(metrics: dict[str, Any]) -> None:
    """Print rates with their intervals, those of defect types, and a warning of a leak.

    Where the test has few parts, the figures of all parts out of fold come first.
    """
    from okng.evaluation.decision import evidence_of  # noqa: PLC0415 - the line has no scipy

    evidence = evidence_of(metrics)
    if evidence.folded:
        typer.echo(f"On {evidence.parts} parts ({evidence.photos} photos) outside of the test, "
                   "by cross-validation, with 95 % intervals:")  # fmt: skip
        _show(evidence.figures, has_ok=metrics["ok_class"] is not None)
    small = ", few parts" if evidence.folded else ""
    typer.echo(f"On {metrics['photos']} test photos{small}, with 95 % intervals:")
    _show(metrics, has_ok=metrics["ok_class"] is not None)
    _show_types(metrics)
    leakage = metrics["leakage"]
    if leakage["photos"]:
        typer.echo(
            f"  WARNING: {leakage['photos']} test photos are copies of photos in training, or show "
            "the same parts. The figures above are memory, not evidence.\n  "
            f"{_without_copies(leakage)}"
        )


def _show(figures: Mapping[str, Any], *, has_ok: bool) -> None:
    from okng.evaluation.decision.evidence import JOINED, too_few_parts  # noqa: PLC0415 - as above

    few = too_few_parts(figures)
    for name in _FIGURES:
        rate = figures.get(name) or {}
        if rate.get("value") is None:
            continue
        mean = "" if has_ok or name == "accuracy" else "mean "
        joined = name in JOINED or bool(mean)
        value = f"{rate['value']:.3f}  too few parts for an interval" if few and joined else ""
        typer.echo(f"  {mean + name.replace('_', ' '):<14} {value or _rate_text(rate)}")


def _show_types(metrics: dict[str, Any]) -> None:
    """How many parts of each defect type are named correctly, where there are several."""
    recall = dict((metrics.get("types") or {}).get("recall", {}))
    recall.pop(metrics.get("ok_class"), None)
    there = {name: rate for name, rate in recall.items() if rate["value"] is not None}
    if there:
        typer.echo("  recall of each type:")
    width = max(map(len, there), default=0)
    for name, rate in there.items():
        typer.echo(f"    {name:<{width}} {_rate_text(rate)}  of {rate['n']}")


def _without_copies(leakage: dict[str, Any]) -> str:
    """The headline on the photos that are left, or why there is none."""
    clean = leakage.get("without_leaked")
    if clean is None:
        return "See the report."
    if clean["accuracy"]["value"] is None:
        return "Without them no test photo is left. `--split new` shares the parts out anew."
    rest = "the one other photo" if clean["photos"] == 1 else f"the {clean['photos']} other photos"
    return f"accuracy on {rest}: {_rate_text(clean['accuracy'])}"


def _rate_text(rate: dict[str, Any]) -> str:
    bounds = f"[{rate['low']:.3f}, {rate['high']:.3f}]" if rate["low"] is not None else ""
    return f"{rate['value']:.3f}  {bounds}".rstrip()
