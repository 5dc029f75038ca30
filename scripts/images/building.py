"""Carries out a Dockerfile in fresh root directories, without a container engine."""

import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from dockerfile import Instruction, Stage, expanded, pairs, stages, words
from roots import Base, Run, check, inherited

PATH = "/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Of the base image, by docker-library/repo-info."""


@dataclass
class Image:
    """A root directory, and how a container of it runs.

    Attributes:
        root: the directory.
        env: of a container.
        folder: working directory.
        user: number of the user.
        entrypoint: the fixed part of the command.
        cmd: what arguments of `docker run` take the place of.
        volumes: folders that are not of the image.
        health: command that tells whether it is well; empty without.
    """

    root: Path
    env: dict[str, str] = field(default_factory=lambda: {"PATH": PATH, "LANG": "C.UTF-8"})
    folder: str = "/"
    user: int = 0
    entrypoint: list[str] = field(default_factory=list)
    cmd: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    def copied(self, root: Path) -> "Image":
        """The same in another directory, to begin an image with."""
        # by cp, which copies devices as such: read, /dev/full has no end
        subprocess.run(["cp", "-a", "--reflink=auto", self.root, root], check=True)
        return Image(root, dict(self.env), self.folder, self.user, list(self.entrypoint),
                     list(self.cmd), list(self.volumes), list(self.health))  # fmt: skip


class Source(NamedTuple):
    """What a build is made from.

    Attributes:
        file: the Dockerfile.
        context: folder whose files it copies.
        args: build arguments.
        contexts: named folders, for COPY --from.
        images: images that FROM may name.
    """

    file: Path
    context: Path
    args: Mapping[str, str] = {}
    contexts: Mapping[str, Path] = {}
    images: Mapping[str, Image] = {}


def build(source: Source, base: Base, work: Path) -> Image:
    """Carry out every stage; the last one is the image.

    Args:
        source: what it is made from.
        base: stands for images that `source` does not have.
        work: folder for the root directories; it must exist.
    """
    named = dict(source.contexts)
    for number, stage in enumerate(stages(source.file, source.args)):
        root = work / f"stage-{number}"
        begin = source.images.get(stage.base)
        image = begin.copied(root) if begin else Image(base.fresh(root))
        _Building(source, base, stage, image, named).run()
        named[stage.name or str(number)] = image.root
    return image


@dataclass
class _Building:
    source: Source
    base: Base
    stage: Stage
    image: Image
    named: Mapping[str, Path]
    args: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        for step in self.stage.steps:
            begun = time.monotonic()
            getattr(self, f"_{step.name.lower()}")(self._expanded(step))
            if step.name in {"RUN", "COPY"}:
                print(
                    f"{time.monotonic() - begun:6.1f} s  {step.name} {step.text[:90]}", flush=True
                )

    def _expanded(self, step: Instruction) -> str:
        # the shell of RUN replaces its variables itself
        is_shell = step.name in {"RUN", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
        return step.text if is_shell else expanded(step.text, {**self.args, **self.image.env})

    def _arg(self, text: str) -> None:
        name, _, default = text.partition("=")
        self.args[name] = self.source.args.get(name, self.stage.args.get(name, default))

    def _env(self, text: str) -> None:
        self.image.env |= pairs(text)

    def _label(self, text: str) -> None:
        pairs(text)

    def _expose(self, text: str) -> None:
        int(text)

    def _workdir(self, text: str) -> None:
        self.image.folder = text
        (self.image.root / text.lstrip("/")).mkdir(parents=True, exist_ok=True)

    def _user(self, text: str) -> None:
        self.image.user = int(text)

    def _volume(self, text: str) -> None:
        self.image.volumes.append(text)

    def _healthcheck(self, text: str) -> None:
        self.image.health = [] if text == "NONE" else words(text[text.index("[") :])

    def _entrypoint(self, text: str) -> None:
        self.image.entrypoint, self.image.cmd = words(text), []

    def _cmd(self, text: str) -> None:
        self.image.cmd = words(text)

    def _run(self, text: str) -> None:
        env = {**self.image.env, **self.args, **inherited()}
        run = Run(env, self.image.folder, self.image.user)
        check(self.image.root, self.base, run, ["/bin/sh", "-c", text])

    def _copy(self, text: str) -> None:
        places = text.split()
        whence = self.source.context
        if places[0].startswith("--from="):
            whence = self.named[places.pop(0).removeprefix("--from=")]
        elif stray := [each for each in places[:-1] if not allowed(each, self.source.context)]:
            raise SystemExit(f".dockerignore leaves out {', '.join(stray)}")
        *sources, target = places
        into = self.image.root / str(Path(self.image.folder, target)).lstrip("/")
        # as the last line of .dockerignore
        ignored = shutil.ignore_patterns("__pycache__") if whence is self.source.context else None
        for each in sources:
            source = whence / each.lstrip("/")
            if source.is_dir():  # its content, not itself
                shutil.copytree(source, into, symlinks=True, dirs_exist_ok=True, ignore=ignored)
            else:
                _file_copied(source, into / source.name if target[-1] in "/." else into)


def allowed(name: str, context: Path) -> bool:
    """Whether the .dockerignore of a context lets a file or folder in; all pass without one."""
    file = context / ".dockerignore"
    if not file.exists():
        return True
    kept = [line[1:] for line in file.read_text("utf-8").splitlines() if line.startswith("!")]
    return any(name == each or name.startswith(f"{each}/") for each in kept)


def _file_copied(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
