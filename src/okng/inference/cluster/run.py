"""Judge photos on a cluster: begin or resume a job, run it, and count its rows."""

from collections.abc import Sequence
from pathlib import Path

from okng import modelfile
from okng.config import Runtime
from okng.events import Progress, watched
from okng.inference.cluster import ray_data
from okng.inference.cluster.job import ClusterJob, Workers
from okng.inference.cluster.results import Tally, WrittenRows, is_complete, tally
from okng.modelfile import ModelFile
from okng.runs.lock import claimed

_EVERY_CPU = Workers()


def judge_on_cluster(
    model: Path | str | ModelFile,
    photos: Sequence[str],
    out: Path | str,
    *,
    workers: Workers = _EVERY_CPU,
    runtime: Runtime = Runtime.ONNXRUNTIME,
    progress: Progress | bool | None = None,
) -> Tally:
    """Judge photos with the workers of a Ray cluster.

    Args:
        model: the model file, or the folder of its run; only this process reads it.
        photos: addresses, each once, see `find_addresses`; every node reaches them.
        out: folder of the job, which every node reaches by the same path. The rows are in its
            Parquet files `verdicts/*.parquet`, in no order. A job that was stopped is resumed: only
            photos without a row are judged.
        workers: how many, and where.
        runtime: what runs the network.
        progress: receives the progress; None shows it on stderr, False shows nothing.

    Returns:
        Photos by verdict. There is one row per photo; one that cannot be read has the verdict
        ERROR.

    Raises:
        ConfigError: Ray is not installed, the cluster is too small, or the folder holds another
            job.
        OkngError: the cluster failed; run it again to go on.
        RunBusyError: another process works in the folder.
    """
    file, job, watcher = modelfile.loaded(model), ClusterJob(Path(out)), watched(progress)
    job.folder.mkdir(parents=True, exist_ok=True)
    with claimed(job.folder):
        job.begin(file, runtime)
        ray_data.write_list(job, photos)
        if not is_complete(job.verdicts, photos):
            _judge(job, file, runtime, photos, workers, watcher)
        return tally(job.verdicts, photos)


def _judge(
    job: ClusterJob,
    file: ModelFile,
    runtime: Runtime,
    photos: Sequence[str],
    workers: Workers,
    progress: Progress,
) -> None:
    rows = WrittenRows(job.verdicts)
    known = rows.count()
    with (
        ray_data.connected(workers) as cluster,
        progress.stage("judge", max(0, len(photos) - known)) as advance,
    ):
        for _ in ray_data.judging(cluster, job, file, runtime, len(photos)):
            now = rows.count()
            advance(max(0, now - known))
            known = max(now, known)
