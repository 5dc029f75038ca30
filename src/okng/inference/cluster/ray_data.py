"""The one module that loads Ray: a job as a pipeline of Ray Data.

List of photos -> blocks -> batches in workers -> Parquet. Ray notes each written file in a
checkpoint; a note without its file, or a file without its note, is dropped when a job is resumed.
"""

import logging
import math
import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, NamedTuple

from okng.config import Runtime
from okng.error_codes import Code
from okng.errors import ConfigError, OkngError
from okng.files import whole_file
from okng.inference.cluster.job import SPARE_CPUS, ClusterJob, Workers
from okng.inference.cluster.worker import Judge
from okng.inference.processors import cores
from okng.modelfile import ModelFile

BATCH = 64
"""Addresses that a worker is given at once. Left out, Ray gives it a whole block."""
_BLOCKS_PER_WORKER = 8  # so many turns even out slow and fast workers
_FEWEST, _MOST = 16, 1024  # rows of a block, and so of a file: what is judged again after a crash
_POLL_S = 1.0  # seconds between two looks at the files that are written
_FILTER_BYTES = (
    256 * 2**20
)  # of memory for what is done: some 100 MB for a million paths (facts 1.7)
_ERROR = re.compile(r"(\w+\.)*\w*(Error|Exception): ")  # the line that ends a traceback


class Cluster(NamedTuple):
    """A cluster that is connected.

    Attributes:
        ray: the package.
        workers: how many are to judge.
        threads: CPU threads of each.
    """

    ray: Any
    workers: int
    threads: int


def rows_per_block(photos: int, workers: int) -> int:
    """Rows of a block, so that every worker has several turns and there are not too many files."""
    return min(_MOST, max(_FEWEST, photos // (workers * _BLOCKS_PER_WORKER)))


def workers_of(wanted: Workers, cpus: int) -> int:
    """How many workers a cluster gets.

    Args:
        wanted: as the user asks.
        cpus: of the cluster.

    Raises:
        ConfigError: it is too small for them.
    """
    room = (cpus - SPARE_CPUS) // wanted.threads
    count = wanted.number or max(1, room)
    if count > room:
        raise ConfigError(
            f"The cluster has {cpus} CPUs, too few for {count} workers of {wanted.threads} threads",
            where="`workers`, `threads`",
            allowed=f"{max(0, room)} such workers: {SPARE_CPUS} CPUs read, write and look up",
            hint="Take fewer workers or threads, or add nodes.",
            code=Code.CLUSTER_FAILED,
        )
    return count


def write_list(job: ClusterJob, photos: Sequence[str]) -> None:
    """Leave the list of photos in the folder of the job; Ray resumes only what it reads itself."""
    pyarrow, parquet = _arrow()
    with whole_file(job.photos / "photos.parquet") as temporary:
        parquet.write_table(pyarrow.table({"path": list(photos)}), temporary)


@contextmanager
def connected(workers: Workers) -> Iterator[Cluster]:
    """Connect to the cluster that is named, or start one on this machine.

    A program that has connected to a cluster keeps it.

    Raises:
        ConfigError: Ray is not installed, or the cluster is too small.
        OkngError: there is no cluster at the address.
    """
    ray = _load()
    own = not ray.is_initialized()
    if own:
        _init(ray, workers)
    try:
        cpus = int(ray.cluster_resources().get("CPU", 0))
        yield Cluster(ray, workers_of(workers, cpus), workers.threads)
    finally:
        if own:
            ray.shutdown()


def judging(
    cluster: Cluster, job: ClusterJob, file: ModelFile, runtime: Runtime, photos: int
) -> Iterator[None]:
    """Judge the photos of the list that have no row yet; comes back every second.

    Args:
        cluster: connected.
        job: with its list.
        file: the model file.
        runtime: what runs the network.
        photos: how many are in the list.

    Raises:
        OkngError: the cluster failed.
    """
    context = cluster.ray.data.DataContext.get_current()
    before = context.checkpoint_config
    context.checkpoint_config = _checkpoint(job)
    pool = ThreadPoolExecutor(1, "okng-ray")
    try:
        data = _pipeline(cluster, job, file, runtime, photos)
        writing = pool.submit(data.write_parquet, str(job.verdicts))
        while not writing.done():
            wait([writing], timeout=_POLL_S)
            yield
        _end(cluster.ray, writing)
        yield
    finally:
        context.checkpoint_config = before
        pool.shutdown(wait=False)  # an interrupted job ends when the connection is closed


def _pipeline(
    cluster: Cluster, job: ClusterJob, file: ModelFile, runtime: Runtime, photos: int
) -> Any:
    data = cluster.ray.data
    rows = rows_per_block(photos, cluster.workers)
    return (
        data.read_parquet(str(job.photos))
        .repartition(target_num_rows_per_block=rows)
        .map_batches(
            Judge,
            batch_size=min(BATCH, rows),
            compute=data.ActorPoolStrategy(size=min(cluster.workers, math.ceil(photos / rows))),
            num_cpus=cluster.threads,
            fn_constructor_args=(file, runtime, cluster.threads),
        )
    )


def _checkpoint(job: ClusterJob) -> Any:
    from ray.data.checkpoint import CheckpointConfig  # noqa: PLC0415 - heavy

    config = CheckpointConfig(
        id_column="path", checkpoint_path=str(job.checkpoint), delete_checkpoint_on_success=False
    )
    config.checkpoint_actor_memory_bytes = _FILTER_BYTES
    return config


def _end(ray: Any, writing: "Future[None]") -> None:
    try:
        writing.result()
    except (ray.exceptions.RayError, OSError, RuntimeError) as exc:
        raise OkngError(
            f"The cluster failed: {reason(exc)}",
            hint="Run the same command again: what has a row is not judged again.",
            code=Code.CLUSTER_FAILED,
        ) from exc


def reason(exc: Exception) -> str:
    """The error itself: Ray puts the traceback of the worker before it, and hints may follow."""
    lines = [line.strip() for line in str(exc).splitlines() if line.strip()]
    named = [line for line in lines if _ERROR.match(line)]
    return (named or lines or [repr(exc)])[-1]


def _init(ray: Any, workers: Workers) -> None:
    try:
        if workers.address is None:
            count = workers.number or max(1, cores() // workers.threads)
            cpus = count * workers.threads + SPARE_CPUS
            ray.init("local", num_cpus=cpus, include_dashboard=False, log_to_driver=False,
                     logging_level="error")  # fmt: skip
        else:
            ray.init(workers.address, log_to_driver=False, logging_level="error")
    except Exception as exc:
        raise OkngError(
            f"There is no cluster to connect to: {reason(exc)}",
            where=f"`address` {workers.address or 'local'}",
            hint="Start a cluster, or leave the address out.",
            code=Code.CLUSTER_FAILED,
        ) from exc


def _load() -> Any:
    # `okng.privacy` has switched the statistics of use off by now.
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # lines of C++ on the terminal
    try:
        import ray  # noqa: PLC0415 - heavy, and comes with an extra
        import ray.data  # noqa: PLC0415
    except ModuleNotFoundError as exc:
        raise _missing() from exc
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False  # okng has its own
    return ray


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa  # noqa: PLC0415 - comes with an extra
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ModuleNotFoundError as exc:
        raise _missing() from exc
    return pa, pq


def _missing() -> ConfigError:
    return ConfigError(
        "Ray is not installed",
        where="`engine` ray",
        allowed="the engine single, which always is",
        hint="pip install 'okng[ray]', on every node",
        code=Code.LIBRARY_MISSING,
    )
