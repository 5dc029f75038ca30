"""Reads the instructions of a Dockerfile, as far as those of okng use them."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class Instruction(NamedTuple):
    """One instruction.

    Attributes:
        name: in capitals, such as RUN.
        text: what follows, in one line.
    """

    name: str
    text: str


@dataclass
class Stage:
    """What one FROM begins.

    Attributes:
        base: image or stage that it begins with.
        name: after AS; empty without.
        steps: its instructions, without FROM.
        args: of the instructions ARG before the first FROM, with those given from outside.
    """

    base: str
    name: str
    args: dict[str, str]
    steps: list[Instruction] = field(default_factory=list)


def instructions(text: str) -> Iterator[Instruction]:
    """Every instruction, with its continued lines joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if line.strip():
            name, _, rest = line.strip().partition(" ")
            yield Instruction(name.upper(), re.sub(r" {2,}", " ", rest.strip()))


def expanded(text: str, values: Mapping[str, str]) -> str:
    """With `${NAME}` and `$NAME` replaced; what is not known becomes empty, as Docker does it."""
    return re.sub(
        r"\$(?:\{(\w+)\}|(\w+))", lambda found: values.get(found[1] or found[2], ""), text
    )


def pairs(text: str) -> dict[str, str]:
    """`NAME=VALUE NAME=VALUE` of ENV and LABEL."""
    return dict(each.split("=", 1) for each in shlex.split(text))


def words(text: str) -> list[str]:
    """The list of ENTRYPOINT or CMD.

    Raises:
        ValueError: it is in the form of a shell, which gets no signals.
    """
    listed = json.loads(text) if text.startswith("[") else None
    if not isinstance(listed, list):
        raise ValueError(f"not in exec form: {text}")  # noqa: TRY004 - of the file, not of a type
    return [str(each) for each in listed]


def stages(file: Path, given: Mapping[str, str]) -> list[Stage]:
    """The stages of a Dockerfile.

    Args:
        file: the Dockerfile.
        given: build arguments, which win over the defaults of ARG.
    """
    outer: dict[str, str] = {}
    result: list[Stage] = []
    for step in instructions(file.read_text("utf-8")):
        if step.name == "FROM":
            base, *name = expanded(step.text, outer).split()
            result.append(Stage(base, name[1] if name else "", dict(outer)))
        elif result:
            result[-1].steps.append(step)
        elif step.name == "ARG":
            name_, _, default = step.text.partition("=")
            outer[name_] = given.get(name_, default)
    return result
