"""`okng bench`: a user's own figures of speed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import okng
from okng.cli.console import ProgressForm, ProgressOption, showing
from okng.config import Runtime

if TYPE_CHECKING:
    from okng.benchmark import Benchmark, BenchmarkRow

_STAGES = ("decode", "resize", "network", "rest", "heatmap")


def bench(
    model: Annotated[Path, typer.Argument(help="Model file, or the folder of a run.")],
    photos: Annotated[list[str], typer.Argument(help="Files, folders or patterns; no labels.")],
    *,
    against: Annotated[
        list[Path] | None,
        typer.Option(help="Another model file, timed in turn; may be repeated."),
    ] = None,
    runtime: Annotated[
        list[Runtime] | None,
        typer.Option(help="Engine to time; may be repeated. All that are installed if not given."),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="CPU threads; all cores if not given.")
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=0.1, help="Time for each model file and engine, in s.")
    ] = 10.0,
    out: Annotated[Path | None, typer.Option(help="Also write the JSON to this file.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
    form: ProgressOption = ProgressForm.AUTO,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure how fast a model file judges your photos on this machine, and where the time goes.

    Latency is from file to verdict, one photo at a time; photos a second are those of `okng
    predict`. Several model files and engines take turns, so that they can be compared.

    Example: okng bench runs/castings photos/ --against runs/castings-int8
    """
    from okng.files import write_atomic  # noqa: PLC0415 - only where it is asked for

    with showing("bench", quiet=quiet, form=form) as receiver:
        result = okng.bench(
            model,
            photos,
            against=against or (),
            runtimes=runtime or (),
            threads=threads,
            seconds=seconds,
            progress=receiver,
        )
    document = result.model_dump_json(indent=2)
    if out is not None:
        write_atomic(out, document + "\n")
    if as_json:
        typer.echo(document)
    else:
        _show(result)


def _show(result: "Benchmark") -> None:
    machine = result.machine
    typer.echo(
        f"{machine.cpu}, {machine.cores} cores; {result.photos} photos, the first of "
        f"{result.width} x {result.height} pixels"
    )
    typer.echo("  engine       precision  threads  p50 ms  p95 ms  p99 ms  photos/s  with heatmaps")
    last = ""
    for row in result.rows:
        if row.model != last and len({each.model for each in result.rows}) > 1:
            typer.echo(f"  {row.model}")
        last = row.model
        typer.echo(f"  {_cells(row)}")
    for left in result.not_timed:
        typer.echo(f"  {left.runtime:<12} not timed: {left.reason}")
    typer.echo("one photo, median, ms and share:")
    typer.echo("  engine       precision  " + "  ".join(f"{name:<13}" for name in _STAGES).rstrip())
    for row in result.rows:
        typer.echo(f"  {_stages(row)}")


def _cells(row: "BenchmarkRow") -> str:
    latency = row.latency
    return (
        f"{row.runtime:<12} {row.precision:<9}  {row.threads:>7}  {latency.p50:>6.2f}  "
        f"{latency.p95:>6.2f}  {latency.p99:>6.2f}  {row.photos_per_second:>8.1f}  "
        f"{row.photos_per_second_with_heatmaps:>13.1f}"
    )


def _stages(row: "BenchmarkRow") -> str:
    values = row.stages.model_dump()
    cells = (f"{values[name]:>6.2f} {row.stages.shares[name]:>5.0%} " for name in _STAGES)
    return f"{row.runtime:<12} {row.precision:<9}  {'  '.join(cells)}".rstrip()
