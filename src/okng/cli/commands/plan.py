"""`okng plan`: how many parts a test needs."""

import json
from typing import Annotated

import typer


def plan(
    *,
    max_escape: Annotated[
        str, typer.Option(help="Escape rate to prove, as in 0.5% or 0.005.")
    ] = "0.5%",
    confidence: Annotated[str, typer.Option(help="As in 95% or 0.95.")] = "95%",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print how many defective parts a test needs to prove an escape rate.

    Each must be another part: copies of a photo, or photos of one part, are not evidence. The same
    numbers hold for good parts and overkill.

    Example: okng plan --max-escape 0.5% --confidence 95%
    """
    from okng.config import share  # noqa: PLC0415 - pydantic is heavy
    from okng.evaluation.statistics.sample_size import plan_test  # noqa: PLC0415 - scipy is heavy

    rate, sure = share(max_escape, "--max-escape"), share(confidence, "--confidence")
    table = plan_test(rate, sure)
    if as_json:
        plans = [test._asdict() for test in table]
        typer.echo(json.dumps({"max_escape": rate, "confidence": sure, "plans": plans}, indent=2))
        return
    typer.echo(
        f"To prove with {100 * sure:.6g} % confidence that fewer than {100 * rate:.6g} % of "
        "defective parts escape:"
    )
    for row in table:
        typer.echo(
            f"  {row.parts:>9,} defective parts, at most {row.allowed} "
            f"escape{'' if row.allowed == 1 else 's'}. An inspector whose true rate is half of "
            f"that passes in {row.passes_at_half:.0%} of such tests, one with a tenth in "
            f"{row.passes_at_tenth:.0%}."
        )
    typer.echo("Each must be another part; several photos of one part are one piece of evidence.")
