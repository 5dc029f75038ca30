"""`okng evaluate`: figures and report of a model file on any labelled photos."""

from pathlib import Path
from typing import Annotated

import typer

import okng
from okng.cli.closing_lines import show_result
from okng.cli.commands.model_files.signing import RequireSignature
from okng.cli.console import ProgressForm, ProgressOption, showing
from okng.config import Given

Model = Annotated[Path, typer.Argument(help="Model file, or the folder of a run.")]
Photos = Annotated[Path, typer.Argument(help="Folder of photos, or a CSV/Parquet manifest.")]
Out = Annotated[Path, typer.Option(help="Folder for scores, metrics, figures and report.")]
By = Annotated[
    list[str] | None, typer.Option(help="Column to break the rates down by; may be repeated.")
]
Runs = Annotated[
    str | None,
    typer.Option(
        help="Column that tells runs over the same parts apart; run or trial if not given."
    ),
]
Split = Annotated[
    str | None,
    typer.Option(help="Photos to report on, where they have splits; test if not given."),
]
Ok = Annotated[str | None, typer.Option(help="Name of the class of good parts.")]
GroupBy = Annotated[
    str | None, typer.Option(help="Photos of one part: folder, or a regular expression.")
]
NoNear = Annotated[bool, typer.Option("--no-near", help="No search for near-duplicates; faster.")]
Robust = Annotated[
    bool, typer.Option("--robustness", help="Also judge changed photos; takes minutes.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the metrics as JSON.")]


def evaluate(
    model: Model,
    photos: Photos,
    *,
    out: Out,
    by: By = None,
    runs: Runs = None,
    split: Split = None,
    ok: Ok = None,
    group_by: GroupBy = None,
    no_near: NoNear = False,
    robust: Robust = False,
    require_signature: RequireSignature = None,
    quiet: Quiet = False,
    form: ProgressOption = ProgressForm.AUTO,
    as_json: AsJson = False,
    settings: Given,
) -> None:
    """Judge labelled photos with a model file, and report what that proves. Nothing is trained.

    The model's own operating point is used. Another one is given with --threshold, or chosen on
    photos of the split val, never on those that are reported.

    Example: okng evaluate runs/castings/inspector.onnx photos/ --out proof --by station
    """
    from okng import modelfile  # noqa: PLC0415 - onnx is heavy

    if require_signature is not None:
        modelfile.read(modelfile.located(model), require_signature=require_signature)
    with showing("evaluate", quiet=quiet, form=form) as receiver:
        evaluation = okng.evaluate(
            model,
            photos,
            out=out,
            by=by or (),
            runs=runs,
            split=split,
            ok=ok,
            group_by=group_by,
            no_near=no_near,
            robust=robust,
            progress=receiver,
            **settings,
        )
    show_result(evaluation, model, as_json=as_json)
