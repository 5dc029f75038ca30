"""Flags that all verbs of `okng deploy aws` share."""

from pathlib import Path
from typing import Annotated, NamedTuple

import typer

Model = Annotated[
    Path | None, typer.Argument(help="Model file, or the folder of a run; --delete needs none.")
]
Name = Annotated[
    str, typer.Option(help="Name of the deployment: lower-case letters, digits, hyphens.")
]
Image = Annotated[
    str | None, typer.Option(help="Image in ECR of the same region, with tag or digest.")
]
Photo = Annotated[
    Path | None,
    typer.Option(help="Sample photo, whose verdict must be equal here and there."),
]
Region = Annotated[
    str | None, typer.Option(help="Region of AWS; AWS_REGION or that of the profile if not given.")
]
Profile = Annotated[str | None, typer.Option(help="Profile of the configuration of AWS.")]
Email = Annotated[str | None, typer.Option(help="Address that gets the alarms.")]
Network = Annotated[
    str | None, typer.Option(help="VPC of the callers, for an endpoint without the internet.")
]
Subnets = Annotated[
    list[str] | None, typer.Option(help="Subnet of that VPC, one a zone; repeat for several.")
]
Callers = Annotated[str | None, typer.Option(help="Security group of the callers in that VPC.")]
PlanOnly = Annotated[
    bool, typer.Option("--plan", help="Create nothing: show what would be, and what it costs.")
]
Check = Annotated[
    bool, typer.Option("--check", help="Create nothing: judge the sample photo once more.")
]
Delete = Annotated[bool, typer.Option("--delete", help="Remove the deployment.")]
WithData = Annotated[
    bool,
    typer.Option("--with-data", help="With --delete: also photos, verdicts and databases."),
]
Out = Annotated[
    Path | None,
    typer.Option(help="With --plan: write model.tar.gz, templates and parameters to this folder."),
]
PricesFile = Annotated[
    Path | None, typer.Option("--prices", help="File with prices in place of okng's own.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")]


class Wish(NamedTuple):
    """What is asked for, beside the options of a target; see the flags of the same names."""

    name: str
    model: Path | None
    photo: Path | None
    region: str | None
    profile: str | None
    plan: bool
    check: bool
    delete: bool
    with_data: bool
    out: Path | None
    prices: Path | None
    as_json: bool
    quiet: bool
