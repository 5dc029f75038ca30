"""What a deployment would create and cost. AWS is not asked for it."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from okng.deploy.aws import archive
from okng.deploy.aws.costs import Estimate, estimate
from okng.deploy.aws.prices import Prices
from okng.deploy.aws.sample import judge_here, read_sample
from okng.deploy.aws.targets import Content, Place, Target
from okng.deploy.aws.templates import STORE, Resource, resources_of, text_of
from okng.error_codes import Code
from okng.errors import ConfigError
from okng.files import write_atomic
from okng.modelfile import located

_BUCKET, _KEY = "BUCKET-OF-THE-STORE", "KEY-OF-THE-STORE"
"""Stand in a plan for what AWS names at creation."""
# databases take neither a hyphen at the end nor two in a row
_NAME = re.compile(r"[a-z](-?[a-z0-9])+")
_LONGEST_NAME = 25


class Planned(NamedTuple):
    """A stack that would be created.

    Attributes:
        name: of the stack.
        template: file of the package.
        parameters: by name.
        resources: that it would have, those left out whose condition does not hold.
    """

    name: str
    template: str
    parameters: Mapping[str, str]
    resources: list[Resource]


class Plan(NamedTuple):
    """What would be created.

    Attributes:
        stacks: in the order of their creation.
        upload: key of the object in the bucket; None for none.
        archive: the packed model.
        cost: of all of it.
    """

    stacks: list[Planned]
    upload: str | None
    archive: archive.Archive
    cost: Estimate


def check_name(name: str) -> str:
    """A name of a deployment, as stacks, endpoints and log groups may have it.

    Raises:
        ConfigError: it is none.
    """
    if len(name) > _LONGEST_NAME or _NAME.fullmatch(name) is None:
        raise ConfigError(
            f"{name!r} cannot name a deployment",
            where="name",
            allowed="2 to 25 lower-case letters, digits and single hyphens, a letter first",
            hint="Give another `name`.",
            code=Code.SETTINGS_INVALID,
        )
    return name


def stack_names(name: str) -> tuple[str, str]:
    """Names of the stacks of a deployment: of the store, and of the rest."""
    return f"okng-{name}-store", f"okng-{name}"


def content_of(model: Path, photo: Path | None) -> Content:
    """Pack a model, and judge the sample photo with it.

    Raises:
        ModelFileError: it is no sound model file.
        DeployError: the photo cannot be judged.
    """
    path = located(model)
    packed = archive.pack(path)
    sample = None if photo is None else read_sample(photo)
    here = None if sample is None else judge_here(path, sample)
    return Content(packed, path.read_bytes(), sample, here)


def plan(name: str, region: str, target: Target, content: Content, prices: Prices) -> Plan:
    """Work out what a deployment would create.

    Raises:
        ConfigError: the name or the image cannot be used, or a price is missing.
    """
    store, main = stack_names(check_name(name))
    upload = target.upload(content)
    key = None if upload is None else upload[0]
    place = Place(name, region, _BUCKET, _KEY, "" if key is None else f"s3://{_BUCKET}/{key}")
    return Plan(
        [
            _planned(store, STORE, {"Name": name}, frozenset()),
            _planned(main, target.template, target.parameters(place), target.conditions),
        ],
        key,
        content.archive,
        estimate(target.rest(), target.photos(content), prices),
    )


def write(made: Plan, folder: Path) -> list[Path]:
    """Write archive, templates and parameters of a plan into a folder.

    The parameters have the form that `aws cloudformation deploy --parameter-overrides file://`
    reads.
    """
    written = [archive.write(made.archive, folder)]
    for stack in made.stacks:
        template, values = folder / stack.template, folder / f"{stack.name}.json"
        write_atomic(template, text_of(stack.template))
        write_atomic(values, json.dumps({"Parameters": dict(stack.parameters)}, indent=2) + "\n")
        written += [template, values]
    return written


def _planned(
    name: str, template: str, parameters: Mapping[str, str], conditions: frozenset[str]
) -> Planned:
    resources = [each for each in resources_of(text_of(template))
                 if each.condition is None or each.condition in conditions]  # fmt: skip
    return Planned(name, template, parameters, resources)
