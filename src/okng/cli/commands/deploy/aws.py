"""`okng deploy aws`: SageMaker, Lambda, ECS."""

import os
from collections.abc import Callable
from typing import Annotated

import typer

from okng.cli.commands.deploy import flags
from okng.cli.commands.deploy.carrying_out import carry_out
from okng.cli.commands.deploy.flags import Wish


def sagemaker(
    model: flags.Model = None,
    *,
    name: flags.Name,
    image: flags.Image = None,
    photo: flags.Photo = None,
    region: flags.Region = None,
    profile: flags.Profile = None,
    plan: flags.PlanOnly = False,
    check: flags.Check = False,
    delete: flags.Delete = False,
    with_data: flags.WithData = False,
    out: flags.Out = None,
    instance: Annotated[str, typer.Option(help="Kind of the instances.")] = "ml.c7i.large",
    least: Annotated[int, typer.Option(min=1, help="Instances at rest.")] = 1,
    most: Annotated[int, typer.Option(min=1, help="Instances under load.")] = 4,
    per_minute: Annotated[
        int, typer.Option(min=1, help="Photos a minute on each instance that scaling aims at.")
    ] = 3800,
    capture_percent: Annotated[
        int, typer.Option(min=0, max=100, help="Share of requests that are stored.")
    ] = 10,
    email: flags.Email = None,
    network: flags.Network = None,
    subnet: flags.Subnets = None,
    callers: flags.Callers = None,
    prices: flags.PricesFile = None,
    as_json: flags.AsJson = False,
    quiet: flags.Quiet = False,
) -> None:
    """Deploy a model file as a SageMaker endpoint, with autoscaling, data capture and alarms.

    It waits until the endpoint answers, judges the sample photo with it, and compares the verdict
    with that of this machine. What fails half-way is removed again.

    Example: okng deploy aws sagemaker runs/castings --name castings --photo part.jpg --plan
    """
    from okng.deploy.aws.targets.sagemaker import SageMaker  # noqa: PLC0415

    target = SageMaker(
        image=image, instance=instance, least=least, most=max(least, most),
        per_minute=per_minute, capture_percent=capture_percent, email=email, network=network,
        subnets=tuple(subnet or ()), callers=callers,
    )  # fmt: skip
    carry_out(target, Wish(name, model, photo, region, profile, plan, check, delete, with_data,
                           out, prices, as_json, quiet))  # fmt: skip


def lambda_(
    model: flags.Model = None,
    *,
    name: flags.Name,
    image: flags.Image = None,
    photo: flags.Photo = None,
    region: flags.Region = None,
    profile: flags.Profile = None,
    plan: flags.PlanOnly = False,
    check: flags.Check = False,
    delete: flags.Delete = False,
    with_data: flags.WithData = False,
    out: flags.Out = None,
    memory: Annotated[
        int, typer.Option(min=512, max=10240, help="Memory in MB; the share of CPUs follows it.")
    ] = 3008,
    most: Annotated[
        int, typer.Option(min=0, help="Photos at once, at most; 0 leaves it to the account.")
    ] = 20,
    email: flags.Email = None,
    network: flags.Network = None,
    subnet: flags.Subnets = None,
    callers: flags.Callers = None,
    prices: flags.PricesFile = None,
    as_json: flags.AsJson = False,
    quiet: flags.Quiet = False,
) -> None:
    """Deploy a model file as a Lambda function; only signed requests pass its URL.

    The model is in the image (deploy/aws/lambda/Dockerfile). The sample photo is judged through the
    URL, and the verdict compared with that of this machine. What fails half-way is removed again.

    Example: okng deploy aws lambda runs/castings --name castings --photo part.jpg --plan
    """
    from okng.deploy.aws.targets.function import Function  # noqa: PLC0415

    target = Function(
        image=image, memory_mb=memory, most=most, email=email, network=network,
        subnets=tuple(subnet or ()), callers=callers,
    )  # fmt: skip
    carry_out(target, Wish(name, model, photo, region, profile, plan, check, delete, with_data,
                           out, prices, as_json, quiet))  # fmt: skip


def ecs(
    model: flags.Model = None,
    *,
    name: flags.Name,
    image: flags.Image = None,
    photo: flags.Photo = None,
    region: flags.Region = None,
    profile: flags.Profile = None,
    plan: flags.PlanOnly = False,
    check: flags.Check = False,
    delete: flags.Delete = False,
    with_data: flags.WithData = False,
    out: flags.Out = None,
    host: Annotated[
        str | None, typer.Option(help="Name by which it is reached: vision.plant.example.")
    ] = None,
    certificate: Annotated[
        str | None, typer.Option(help="ARN of the certificate of that name, in ACM.")
    ] = None,
    allowed: Annotated[
        str | None, typer.Option(help="Addresses that may reach it, such as 203.0.113.0/24.")
    ] = None,
    cpu: Annotated[int, typer.Option(help="CPU units of the task, 1024 for one vCPU.")] = 1024,
    memory: Annotated[int, typer.Option(help="Memory of the task, in MB.")] = 2048,
    database: Annotated[str, typer.Option(help="Kind of the database.")] = "db.t4g.small",
    storage_gb: Annotated[int, typer.Option(min=20, help="Storage of the database.")] = 20,
    two_zones: Annotated[
        bool, typer.Option("--two-zones", help="A second database stands by in another zone.")
    ] = False,
    email: flags.Email = None,
    prices: flags.PricesFile = None,
    as_json: flags.AsJson = False,
    quiet: flags.Quiet = False,
) -> None:
    """Deploy a station, or the central server of many, on ECS Fargate with PostgreSQL and S3.

    It stands behind a load balancer, in a network of its own. The sample photo is judged with the
    API key in OKNG_API_KEY; the first admin makes it, then repeat with --check. --delete leaves the
    records, unless --with-data is given.

    Example: okng deploy aws ecs runs/castings --name castings --photo part.jpg --plan
    """
    from okng.deploy.aws.targets.ecs import Ecs  # noqa: PLC0415

    target = Ecs(
        image=image, host=host, certificate=certificate, allowed=allowed, cpu=cpu,
        memory_mb=memory, database=database, storage_gb=storage_gb, two_zones=two_zones,
        email=email, api_key=os.environ.get("OKNG_API_KEY"),
    )  # fmt: skip
    carry_out(target, Wish(name, model, photo, region, profile, plan, check, delete, with_data,
                           out, prices, as_json, quiet))  # fmt: skip


AWS: dict[str, Callable[..., None]] = {"sagemaker": sagemaker, "lambda": lambda_, "ecs": ecs}
"""The verbs of `okng deploy aws`, by name."""
