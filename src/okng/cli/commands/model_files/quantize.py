"""`okng quantize`: a finished model file in INT8, where no verdict changes."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import okng
from okng.cli.console import ProgressForm, ProgressOption, showing

if TYPE_CHECKING:
    from okng.quantization.result import QuantizationResult

_NAMED = 10  # photos with another verdict
_WHY = {
    "verdicts_change": "Refused: {changed} of {photos} verdicts would change.",
    "scores_move": "Refused: a score moves by {move:.3f}, more than {most:g}.",
    "no_gain": "Refused: what keeps every verdict is only {faster:.2f} times as fast.",
    "accepted": "No verdict of {photos} changes; scores move by up to {move:.3f}.",
}


def quantize(
    model: Annotated[Path, typer.Argument(help="Model file, or the folder of a run.")],
    *,
    calibrate: Annotated[
        list[str],
        typer.Option(help="Photos that it was not trained on, 20 or more: folder or pattern."),
    ],
    out: Annotated[
        Path | None, typer.Option(help="The file in INT8; MODEL-int8.onnx if not given.")
    ] = None,
    most_move: Annotated[
        float, typer.Option(help="Largest difference of a defect score that is accepted.")
    ] = 0.02,
    key: Annotated[Path | None, typer.Option(help="Private key that signs the new file.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
    form: ProgressOption = ProgressForm.AUTO,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Compute the layers of a finished model file in INT8, unless a verdict would change.

    Groups of layers that would change one stay in float32, while something is still gained. A
    refused file is not written, and the exit code is 3. Where only the classifier was trained
    (recipe quick), train with --precision int8 instead: the classifier is then fitted on the INT8
    layers.

    Example: okng quantize runs/castings --calibrate validation/
    """
    with showing("quantize", quiet=quiet, form=form) as receiver:
        made = okng.quantize(
            model, calibrate, out=out, most_move=most_move, key=key, progress=receiver
        )
    if as_json:
        document = {"file": made.path and str(made.path), **made.result.model_dump(mode="json")}
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        _show(made.result)
        if made.path is not None:
            typer.echo(f"model file  {made.path}")
    if not made.result.accepted:
        raise typer.Exit(3)


def _show(result: "QuantizationResult") -> None:
    for each in result.changed[:_NAMED]:
        scores = f"{each.score_before:.3f} -> {each.score_after:.3f}"
        typer.echo(f"  {each.photo}: {each.before} -> {each.after} (score {scores})")
    if len(result.changed) > _NAMED:
        typer.echo(f"  and {len(result.changed) - _NAMED} more")
    layers = f"{result.layers_int8} of {result.layers} layers in INT8"
    typer.echo(f"{layers}, {result.faster:.2f} times as fast (CPU time of a verdict)")
    text = _WHY[result.outcome].format(
        changed=len(result.changed), photos=result.photos, move=result.largest_move,
        most=result.most_move, faster=result.faster,
    )  # fmt: skip
    typer.secho(text, fg="green" if result.accepted else "red", bold=True)
