"""`okng keys` and `okng sign`: who released a model file."""

from pathlib import Path
from typing import Annotated

import typer

RequireSignature = Annotated[
    Path | None,
    typer.Option(
        "--require-signature",
        metavar="PUBLIC_KEY",
        help="Refuse a model file that was not signed with this key; needs okng\\[sign].",
    ),
]


def keys(
    private: Annotated[
        Path, typer.Argument(help="File for the private key; the public one is FILE.pub.")
    ],
) -> None:
    """Make a pair of keys for signing model files.

    The private key stays with who releases model files. The public one goes to every line.

    Example: okng keys plant.key
    """
    from okng import modelfile  # noqa: PLC0415 - onnx is heavy

    public = modelfile.new_keys(private)
    typer.echo(f"private key  {private}  (keep it secret, and a copy in a safe place)")
    typer.echo(f"public key   {public}")


def sign(
    model: Annotated[Path, typer.Argument(help="Model file, or the folder of a run.")],
    *,
    key: Annotated[Path, typer.Option(help="Private key, see okng keys.")],
) -> None:
    """Sign a model file in place, so that --require-signature accepts it.

    Classes, threshold, weights and figures stay as they are; the file's digest changes.

    Example: okng sign runs/castings/inspector.onnx --key plant.key
    """
    from okng import modelfile  # noqa: PLC0415 - onnx is heavy

    signed = modelfile.sign(modelfile.located(model), key)
    typer.echo(f"signed by    {signed.signer}\nfile digest  {signed.digest}")
