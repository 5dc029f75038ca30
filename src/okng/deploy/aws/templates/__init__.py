"""CloudFormation templates. They stand here once: the wheel has them, and so has the plan."""

import re
from importlib.resources import files
from typing import NamedTuple

STORE = "store.yaml"
# Top-level sections begin in the first column, their entries two spaces further in; a test reads
# the files with a real YAML reader and compares. So the line needs none.
_SECTION = re.compile(r"^(?=\w)", re.MULTILINE)
_ENTRY = re.compile(r"^  (\w+):\n    Type: (AWS::[\w:]+)", re.MULTILINE)
_CONDITION = re.compile(r"^    Condition: (\w+)$", re.MULTILINE)


class Resource(NamedTuple):
    """A resource of a template.

    Attributes:
        name: in the template.
        kind: such as `AWS::S3::Bucket`.
        condition: of the template on which it is made; None for always.
    """

    name: str
    kind: str
    condition: str | None


def text_of(name: str) -> str:
    """The text of a template."""
    return (files(__name__) / name).read_text("utf-8")


def resources_of(text: str) -> list[Resource]:
    """The resources of a template, in its order."""
    section = _SECTION.split(text.partition("\nResources:\n")[2], maxsplit=1)[0]
    starts = list(_ENTRY.finditer(section))
    ends = [match.start() for match in starts[1:]] + [len(section)]
    return [
        Resource(match[1], match[2], _condition(section[match.start() : end]))
        for match, end in zip(starts, ends, strict=True)
    ]


def _condition(entry: str) -> str | None:
    match = _CONDITION.search(entry)
    return match[1] if match else None
