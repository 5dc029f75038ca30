"""Key figures on stdout, the same for every verb that measures."""

from typing import Any

import typer

_FIGURES = ("accuracy", "precision", "recall", "f1", "roc_auc", "escape_rate", "overkill_rate")


def show_rates(metrics: dict[str, Any]) -> None:
    """Print rates with their intervals, and a warning where the photos leak."""
    typer.echo(f"On {metrics['photos']} test photos, with 95 % intervals:")
    for name in _FIGURES:
        rate = metrics.get(name) or {}
        if rate.get("value") is not None:
            typer.echo(f"  {name.replace('_', ' '):<14} {_said(rate)}")
    leakage = metrics["leakage"]
    if leakage["photos"]:
        typer.echo(
            f"  WARNING: {leakage['photos']} test photos are copies of photos in training. "
            f"The figures above are memory, not evidence.\n  {_without_copies(leakage)}"
        )


def _without_copies(leakage: dict[str, Any]) -> str:
    """The headline on the photos that are left, or why there is none."""
    clean = leakage.get("without_leaked")
    if clean is None:
        return "The report tells more."
    if clean["accuracy"]["value"] is None:
        return "Without them no test photo is left. `--split new` shares the parts out anew."
    rest = "the one other photo" if clean["photos"] == 1 else f"the {clean['photos']} other photos"
    return f"accuracy on {rest}: {_said(clean['accuracy'])}"


def _said(rate: dict[str, Any]) -> str:
    bounds = f"[{rate['low']:.3f}, {rate['high']:.3f}]" if rate["low"] is not None else ""
    return f"{rate['value']:.3f}  {bounds}".rstrip()
