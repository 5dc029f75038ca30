"""`okng export` and `okng bundle`: a model file for other programs."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from okng.cli.commands.model_files.signing import RequireSignature


class Target(StrEnum):
    """Forms of a model file."""

    OPENVINO = "openvino"


def export(
    model: Annotated[Path, typer.Argument(help="Model file, or the folder of a run.")],
    *,
    to: Annotated[Target, typer.Option(help="The form: OpenVINO IR, which needs okng[openvino].")],
    out: Annotated[
        Path | None, typer.Option(help="Folder for the files; that of the model if not given.")
    ] = None,
    require_signature: RequireSignature = None,
) -> None:
    """Write a model file in another form: OpenVINO IR, with the metadata of Model API.

    Both files hold the whole graph in float32, and are compared with the model file before they get
    their names. Seal and signature stay with the model file. OpenVINO computes in bfloat16 by
    itself where the CPU has it: load the files with INFERENCE_PRECISION_HINT f32.

    Example: okng export runs/castings --to openvino --out line/
    """
    from okng import modelfile, targets  # noqa: PLC0415 - onnx is heavy

    _ = to  # there is one form
    path = modelfile.located(model)
    file = modelfile.read(path, require_signature=require_signature)
    for written in targets.write_openvino(file, out or path.parent, path.stem):
        typer.echo(str(written))
    typer.echo(
        "okng: load it with INFERENCE_PRECISION_HINT f32. By itself OpenVINO takes bfloat16 on "
        "CPUs that have it, and scores then move by a hundredth.",
        err=True,
    )


def bundle(
    model: Annotated[Path, typer.Argument(help="Model file, or the folder of a run.")],
    *,
    out: Annotated[Path, typer.Option(help="New folder for the bundle.")],
    photo: Annotated[
        Path | None, typer.Option(help="Sample photo of 8 bits; noise if not given.")
    ] = None,
    require_signature: RequireSignature = None,
) -> None:
    """Write a folder that judges photos without okng: model, script, requirements, licences.

    The script needs onnxruntime, numpy and Pillow alone; the requirements name them with hashes.

    Example: okng bundle runs/castings --out castings-bundle --photo part.jpg
    """
    from okng import modelfile, targets  # noqa: PLC0415 - onnx is heavy

    file = modelfile.read(modelfile.located(model), require_signature=require_signature)
    made = targets.write_bundle(file, out, photo)
    typer.echo(f"bundle  {made.folder}")
    typer.echo(f"try it  python judge.py {made.photo.name}  prints  {made.expected}")
