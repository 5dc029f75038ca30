"""`okng certify`: the same verdict from every runtime, batch and number of threads, or not."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import okng
from okng.cli.commands.model_files.signing import RequireSignature
from okng.cli.console import ProgressForm, ProgressOption, showing
from okng.config import Runtime

if TYPE_CHECKING:
    from okng.certification import Certificate, Row
    from okng.commands.certify import Certified

_NAMED = 10  # photos with another verdict, of each setup


def certify(
    model: Annotated[Path, typer.Argument(help="Model file, or the folder of a run.")],
    photos: Annotated[list[str], typer.Argument(help="Files, folders or patterns; no labels.")],
    *,
    out: Annotated[
        Path | None, typer.Option(help="File for the certificate; beside the model if not given.")
    ] = None,
    runtime: Annotated[
        list[Runtime] | None,
        typer.Option(help="Engine to try; may be repeated. All that are installed if not given."),
    ] = None,
    threads: Annotated[
        list[int] | None,
        typer.Option(min=1, help="CPU threads; may be repeated. 1, 2 and all if not given."),
    ] = None,
    batch: Annotated[
        list[int] | None,
        typer.Option(min=1, help="Photos at once; may be repeated. 1, 8 and 32 if not given."),
    ] = None,
    no_seal: Annotated[
        bool, typer.Option("--no-seal", help="Leave the model file as it is.")
    ] = False,
    key: Annotated[
        Path | None, typer.Option(help="Private key that signs the model file again.")
    ] = None,
    require_signature: RequireSignature = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
    form: ProgressOption = ProgressForm.AUTO,
    as_json: Annotated[bool, typer.Option("--json", help="Print the certificate.")] = False,
) -> None:
    """Prove that no engine, batch size, number of threads or set of kernels changes a verdict.

    Every photo is judged in every way to run the model file that is at hand, and compared with
    onnxruntime on one thread, one photo at a time. The certificate is a file; its digest is sealed
    into the model file, whose own digest changes. The exit code is 3 when a verdict differs.

    Example: okng certify runs/castings photos/
    """
    with showing("certify", quiet=quiet, form=form) as receiver:
        certified = okng.certify(
            model,
            photos,
            out=out,
            runtimes=runtime or (),
            threads=threads or (),
            batches=batch or (),
            seal=not no_seal,
            key=key,
            require_signature=require_signature,
            progress=receiver,
        )
    certificate = certified.certificate
    if as_json:
        typer.echo(json.dumps(certificate.model_dump(mode="json"), indent=2, ensure_ascii=False))
    else:
        _show(certificate)
        _show_files(certified, asked=not no_seal)
    if not certificate.holds:
        raise typer.Exit(3)


def _show(certificate: "Certificate") -> None:
    reference = certificate.reference
    typer.echo(
        f"{certificate.photos} photos, {certificate.precision}, against {reference.runtime} with "
        f"{reference.threads} thread, batch {reference.batch}:"
    )
    typer.echo("  engine       kernels   threads  batch  photos  differ  score    unfamiliarity")
    for row in certificate.rows:
        typer.echo(f"  {_cells(row)}")
    for left in certificate.not_tried:
        typer.echo(f"  {left.runtime:<12} {left.kernels:<9} not tried: {left.reason}")
    if certificate.unreadable:
        typer.echo(f"okng: {len(certificate.unreadable)} photos cannot be read", err=True)
    for row in certificate.rows:
        _show_changed(row)
    _show_result(certificate)


def _cells(row: "Row") -> str:
    setup = row.setup
    batches = "" if row.full_batches else "  no full batch: photos of one size are too few"
    return (
        f"{setup.runtime:<12} {setup.kernels:<9} {setup.threads:>7}  {setup.batch:>5}  "
        f"{row.photos:>6}  {row.differing:>6}  {row.largest_score_difference:<7.1e}  "
        f"{row.largest_unfamiliarity_difference:<7.1e}{batches}"
    )


def _show_changed(row: "Row") -> None:
    setup = row.setup
    for change in row.changed[:_NAMED]:
        typer.secho(
            f"  {change.photo}: {change.reference} -> {change.verdict} by {setup.runtime}, "
            f"{setup.kernels}, {setup.threads} threads, batch {setup.batch}",
            fg="red",
        )
    if row.differing > _NAMED:
        typer.echo(f"  and {row.differing - _NAMED} more; the certificate names the first 100")


def _show_result(certificate: "Certificate") -> None:
    margin = certificate.nearest_limit
    near = "" if margin is None else f"; the value nearest to a limit is {margin:.1e} away"
    outcome = f"scores differ by up to {certificate.largest_difference:.1e}{near}"
    if certificate.holds:
        typer.secho(f"No verdict differs; {outcome}.", fg="green", bold=True)
    else:
        typer.secho(f"{certificate.differing} verdicts differ; {outcome}.", fg="red", bold=True)
    if certificate.is_narrow:
        typer.secho(
            "A value lies nearer to its limit than setups differ: another photo like it may get "
            "two verdicts. Move the threshold away from it (`okng set-threshold`).",
            fg="yellow",
        )


def _show_files(certified: "Certified", *, asked: bool) -> None:
    typer.echo(f"certificate  {certified.path}\n  digest     {certified.certificate.digest}")
    if certified.report is not None:
        typer.echo(f"report       {certified.report}")
    before, after = certified.before, certified.sealed
    if after is not None:
        typer.echo(f"file digest  {before.digest}\n          -> {after.digest}")
    elif asked:
        typer.echo("okng: the model file is signed, so it was left as it is; give --key", err=True)
