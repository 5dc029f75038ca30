"""A job of a cluster: its folder, what it judges with, and by how many workers."""

import json
from pathlib import Path
from typing import NamedTuple

from okng.config import Runtime
from okng.error_codes import Code
from okng.errors import ConfigError
from okng.files import write_atomic
from okng.inference.inspection import okng_version
from okng.modelfile import ModelFile

SPARE_CPUS = 2
"""CPUs of the cluster that no worker takes: Ray reads the list, writes files, and on a resume looks
up what is done, each in a task of one CPU. Without them a job waits for ever. They do little work.
"""


class Workers(NamedTuple):
    """How a job is spread.

    Attributes:
        number: workers; None takes as many as the cluster has room for.
        threads: CPU threads of each.
        address: of the cluster, such as `head:6379` or `auto`; None starts one here.
    """

    number: int | None = None
    threads: int = 1
    address: str | None = None


class ClusterJob:
    """The folder of a job; all nodes reach it by the same path.

    Args:
        folder: it need not exist.

    Attributes:
        photos: folder with the list of photos that are asked for.
        verdicts: folder of Parquet files, the result.
        checkpoint: folder in which Ray notes which photos are done.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.photos = self.folder / "photos"
        self.verdicts = self.folder / "verdicts"
        self.checkpoint = self.folder / "checkpoint"

    def begin(self, model: ModelFile, runtime: Runtime) -> None:
        """Make the folder, or refuse to go on in one of another model.

        Raises:
            ConfigError: the folder holds the job of another model file, or something else.
        """
        note = self.folder / "job.json"
        mine = {"model_digest": model.digest, "runtime": runtime.value}
        if note.exists():
            known = json.loads(note.read_text(encoding="utf-8"))
            if {name: known.get(name) for name in mine} != mine:
                raise self._refused("The folder holds verdicts of another model file or runtime")
            return
        if self.folder.exists() and any(p.name != ".lock" for p in self.folder.iterdir()):
            raise self._refused("The folder is not empty, and holds no job of a cluster")
        for each in (self.photos, self.verdicts):
            each.mkdir(parents=True, exist_ok=True)
        write_atomic(note, json.dumps(mine | {"okng_version": okng_version()}, indent=2))

    def _refused(self, what: str) -> ConfigError:
        return ConfigError(
            what,
            where=f"`output` {self.folder}",
            allowed="a new folder, or that of the same job, which is then resumed",
            hint="Take another `output`.",
            code=Code.RUN_EXISTS,
        )
