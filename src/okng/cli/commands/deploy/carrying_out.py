"""Carries out what a verb of `okng deploy aws` asks for: plan, create, check, or remove."""

import json
from typing import TYPE_CHECKING, Any

import typer

from okng.cli.commands.deploy.flags import Wish
from okng.cli.commands.deploy.wording import leftover_lines, plan_lines, verdict_lines
from okng.cli.console import progress, spoken
from okng.wording import phrase

if TYPE_CHECKING:
    from pathlib import Path

    from okng.deploy.aws.deploying import Deployed, Deployments
    from okng.deploy.aws.plan import Plan
    from okng.deploy.aws.targets import Target


def carry_out(target: "Target", wish: Wish) -> None:
    """Do what is asked for.

    Raises:
        ConfigError: flags that exclude each other, or lack one that is needed.
        DeployError: AWS does not do it, or judges in another way than this machine.
    """
    from okng.deploy.aws.account import account  # noqa: PLC0415 - boto3 takes 0.2 s
    from okng.deploy.aws.deploying import Deployments  # noqa: PLC0415

    _check_flags(wish)
    opened = account(wish.region, wish.profile, target.service)
    if wish.plan:
        _plan(target, wish, opened.region)
        return
    deployments = Deployments(opened, progress(quiet=wish.quiet))
    if wish.delete:
        _delete(deployments, wish)
    else:
        _create(deployments, target, wish)


def _check_flags(wish: Wish) -> None:
    from okng.errors import ConfigError  # noqa: PLC0415

    asked = [name for name in ("plan", "check", "delete") if getattr(wish, name)]
    if len(asked) > 1:
        both = " and ".join(f"--{name}" for name in asked)
        raise ConfigError(f"{both} exclude each other", where="okng deploy aws",
                          hint="Give one of them.")  # fmt: skip
    if wish.model is None and not wish.delete:
        raise ConfigError("No model is given", where="MODEL",
                          hint="Give the model file, or the folder of a run.")  # fmt: skip
    if wish.photo is None and not (wish.plan or wish.delete):
        raise ConfigError("No sample photo is given", where="photo",
                          hint="Give a photo of a part: its verdict must be equal here and "
                          "there.")  # fmt: skip


def _plan(target: "Target", wish: Wish, region: str) -> None:
    from okng.deploy.aws.plan import content_of, plan, write  # noqa: PLC0415
    from okng.deploy.aws.prices import read_prices  # noqa: PLC0415

    content = content_of(_given(wish), wish.photo)
    made = plan(wish.name, region, target, content, read_prices(wish.prices))
    written = [] if wish.out is None else write(made, wish.out)
    if wish.as_json:
        typer.echo(json.dumps(_document(made, region, content.here), indent=2))
        return
    with spoken():
        for line in plan_lines(made, wish.name, region, content.here):
            typer.echo(line)
        for path in written:
            typer.echo(phrase("written: {file}", file=str(path)))


def _create(deployments: "Deployments", target: "Target", wish: Wish) -> None:
    from okng.deploy.aws.plan import content_of  # noqa: PLC0415

    content = content_of(_given(wish), wish.photo)
    act = deployments.check if wish.check else deployments.create
    try:
        deployed = act(wish.name, target, content)
    except KeyboardInterrupt:
        with spoken():
            typer.echo(_after_stop(remains=deployments.remains), err=True)
        raise
    if wish.as_json:
        typer.echo(json.dumps(_result(deployed), indent=2))
        return
    with spoken():
        for line in verdict_lines(deployed):
            typer.echo(line)


def _after_stop(*, remains: bool) -> str:
    if remains:
        return phrase("The deployment stays: --check judges with it again, --delete removes it.")
    return phrase("What this command created in AWS is removed again.")


def _delete(deployments: "Deployments", wish: Wish) -> None:
    left = deployments.delete(wish.name, with_data=wish.with_data)
    if wish.as_json:
        typer.echo(json.dumps({"stays": [each.name for each in left]}, indent=2))
        return
    with spoken():
        typer.echo(phrase("{name} is removed.", name=wish.name))
        for line in leftover_lines(left):
            typer.echo(line)


def _given(wish: Wish) -> "Path":
    assert wish.model is not None  # noqa: S101 - `_check_flags` has refused it
    return wish.model


def _document(made: "Plan", region: str, here: Any) -> dict[str, Any]:
    """A plan, for programs."""
    return {
        "region": region,
        "archive": {"digest": made.archive.digest, "bytes": len(made.archive.content),
                    "model_digest": made.archive.model_digest},
        "stacks": [
            {"name": stack.name, "template": stack.template,
             "parameters": dict(stack.parameters),
             "resources": [{"name": each.name, "kind": each.kind} for each in stack.resources]}
            for stack in made.stacks
        ],
        "usd_a_month_at_rest": round(made.cost.rest_usd, 2),
        "usd_for_1000_photos": round(made.cost.photos_usd, 4),
        "prices": {"region": made.cost.region, "sources": made.cost.sources},
        "sample": None if here is None else here._asdict(),
    }  # fmt: skip


def _result(deployed: "Deployed") -> dict[str, Any]:
    """A deployment, for programs."""
    return {
        "outputs": dict(deployed.outputs),
        "here": None if deployed.here is None else deployed.here._asdict(),
        "there": None if deployed.there is None else deployed.there._asdict(),
    }
