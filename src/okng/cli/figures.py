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
            bounds = f"[{rate['low']:.3f}, {rate['high']:.3f}]" if rate["low"] is not None else ""
            typer.echo(f"  {name.replace('_', ' '):<14} {rate['value']:.3f}  {bounds}")
    leaked = metrics["leakage"]["photos"]
    if leaked:
        typer.echo(
            f"  WARNING: {leaked} test photos are copies of photos in training. These figures "
            "are memory, not evidence; the report shows them without the copies."
        )
