"""`okng set-threshold`: change the threshold of a model file, with its reason."""

from pathlib import Path
from typing import Annotated

import typer


def set_threshold(
    model: Annotated[Path, typer.Argument(help="Model file, or the folder of a run.")],
    value: Annotated[
        float | None, typer.Argument(help="New threshold, in [0, 1]; the old one if left out.")
    ] = None,
    *,
    reason: Annotated[str, typer.Option(help="Why; stored in the file.")],
    review: Annotated[
        tuple[float, float] | None,
        typer.Option(help="Review band: scores in [LOW, HIGH) go to a person.", metavar="LOW HIGH"),
    ] = None,
    no_review: Annotated[
        bool, typer.Option("--no-review", help="Drop the review band of the file.")
    ] = False,
    unfamiliar_limit: Annotated[
        float | None,
        typer.Option(help="Photos more unlike the training photos go to a person, in (0, 1]."),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(help="Private key that signs the changed file, see okng keys."),
    ] = None,
) -> None:
    """Change the threshold of a model file. Reason, date and what stood before stay in the file.

    A link leads on to its file; mode and owner stay. The file's digest changes with it. Figures
    that were measured at the old threshold do not hold any more: measure again with okng evaluate.

    Example: okng set-threshold runs/castings/inspector.onnx 0.31 --reason "two escapes in week 14"
    """
    from okng import modelfile  # noqa: PLC0415 - onnx is heavy

    model = modelfile.located(model)
    names = model.stat().st_nlink if model.exists() else 1
    change = modelfile.OperatingPointChange(
        reason=reason,
        threshold=value,
        review=review,
        drop_review=no_review,
        unfamiliar_limit=unfamiliar_limit,
    )
    before, after = modelfile.change_operating_point(model, change, key=key)
    _warn(model, names, before.signer, after.signer)
    old, new = before.metadata.operating_point, after.metadata.operating_point
    typer.echo(f"threshold    {old.threshold:.4f} -> {new.threshold:.4f}")
    if new.review_low is not None:
        typer.echo(f"review band  {new.review_low:.4f} to {new.review_high:.4f}")
    if new.unfamiliar_limit is not None:
        typer.echo(f"unfamiliar   above {new.unfamiliar_limit:g}")
    typer.echo(f"file digest  {before.digest}\n          -> {after.digest}")
    typer.echo(
        "Figures in the file and in its run were measured at the old threshold; measure again:"
    )
    typer.echo(f"  okng evaluate {model} PHOTOS --out DIR")


def _warn(model: Path, names: int, signer: str, new_signer: str) -> None:
    if names > 1:
        typer.echo(
            f"okng: the file had {names} names (hard links); the others keep the old threshold",
            err=True,
        )
    if signer and not new_signer:
        typer.echo(
            "okng: the signature was of the old threshold and is gone; sign again: "
            f"okng sign {model} --key KEY",
            err=True,
        )
