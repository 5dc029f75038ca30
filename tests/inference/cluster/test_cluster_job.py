"""The folder of a job: begun, resumed, refused; and its rows, counted."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from okng import modelfile
from okng.config import Runtime
from okng.error_codes import Code
from okng.errors import ConfigError, OkngError
from okng.inference.cluster import ClusterJob, Workers, judge_on_cluster, ray_data
from okng.inference.cluster.ray_data import reason, rows_per_block, workers_of
from okng.inference.cluster.results import WrittenRows, is_complete, tally


def _write(folder: Path, name: str, **verdicts: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.table({"path": list(verdicts), "verdict": list(verdicts.values())})
    pq.write_table(table, folder / f"{name}.parquet")


def test_job_is_resumed_with_the_same_model(exported: Path, tmp_path: Path) -> None:
    """The folder names what it was begun with."""
    file = modelfile.read(exported)
    ClusterJob(tmp_path / "job").begin(file, Runtime.ONNXRUNTIME)
    ClusterJob(tmp_path / "job").begin(file, Runtime.ONNXRUNTIME)

    assert file.digest in (tmp_path / "job" / "job.json").read_text()


def test_verdicts_of_two_runtimes_never_mix(exported: Path, tmp_path: Path) -> None:
    """Nor those of two model files."""
    file = modelfile.read(exported)
    ClusterJob(tmp_path).begin(file, Runtime.ONNXRUNTIME)
    with pytest.raises(ConfigError, match="another model file or runtime") as caught:
        ClusterJob(tmp_path).begin(file, Runtime.OPENVINO)

    assert caught.value.code == Code.RUN_EXISTS


def test_folder_of_something_else_is_left_alone(exported: Path, tmp_path: Path) -> None:
    """A run, for example."""
    (tmp_path / "report.html").write_text("mine")
    with pytest.raises(ConfigError, match="is not empty"):
        ClusterJob(tmp_path).begin(modelfile.read(exported), Runtime.ONNXRUNTIME)


def test_each_photo_must_have_one_row(tmp_path: Path) -> None:
    """Counted over all files, whatever Ray reports."""
    _write(tmp_path, "one", a="OK", b="NG")
    _write(tmp_path, "two", c="ERROR", b="NG")

    assert tally(tmp_path, ["a", "c"]).verdicts == {"OK": 1, "ERROR": 1}
    assert tally(tmp_path, ["a", "c"]).failed == 1
    with pytest.raises(OkngError, match="1 photos have no row, 1 have several"):
        tally(tmp_path, ["a", "b", "d"])


def test_file_that_was_cut_off_makes_a_job_incomplete(tmp_path: Path) -> None:
    """Its process was killed; Ray deletes and repeats it."""
    _write(tmp_path, "one", a="OK")
    (tmp_path / "two.parquet").write_bytes(b"PAR1")

    assert not is_complete(tmp_path, ["a"])
    assert WrittenRows(tmp_path).count() == 1


def test_finished_job_needs_no_cluster(exported: Path, tmp_path: Path) -> None:
    """Asked again, it answers from its files; a wrong address is never called."""
    job = ClusterJob(tmp_path / "job")
    job.begin(modelfile.read(exported), Runtime.ONNXRUNTIME)
    _write(job.verdicts, "one", a="OK", b="REVIEW")
    nowhere = Workers(address="192.0.2.1:1")
    found = judge_on_cluster(exported, ["a", "b"], job.folder, workers=nowhere, progress=False)

    assert found.verdicts == {"OK": 1, "REVIEW": 1}


@pytest.mark.parametrize(
    ("photos", "workers", "expected"), [(100, 2, 16), (2000, 2, 125), (1_000_000, 4, 1024)]
)
def test_blocks_are_neither_few_nor_small(photos: int, workers: int, expected: int) -> None:
    """Eight turns a worker, 16 to 1024 rows a file."""
    assert rows_per_block(photos, workers) == expected


def test_cluster_keeps_cpus_for_reading_and_writing() -> None:
    """Workers on all of them would wait for each other for ever."""
    assert workers_of(Workers(), 10) == 8
    assert workers_of(Workers(threads=4), 10) == 2
    with pytest.raises(ConfigError, match="allowed: 0 such workers"):
        workers_of(Workers(number=1), 2)


def test_reason_is_found_in_the_traceback_of_a_worker() -> None:
    """Ray's text begins with where it happened, and may end with a hint."""
    text = (
        "ray::MapWorker() (pid=7, ip=10.0.0.2)\n  File 'x.py', line 3\n"
        "okng.errors.ModelFileError: onnxruntime refuses the model\n  next: Export it again."
    )

    assert reason(RuntimeError(text)) == "okng.errors.ModelFileError: onnxruntime refuses the model"
    assert reason(RuntimeError("No room")) == "No room"


def test_cluster_that_does_not_start_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ray raises a bare exception on an overloaded machine; no program should see it."""
    ray: Any = SimpleNamespace(is_initialized=lambda: False, init=_times_out)
    monkeypatch.setattr(ray_data, "_load", lambda: ray)
    with pytest.raises(OkngError, match="timed out during startup") as caught:
        ray_data.connected(Workers(1)).__enter__()

    assert caught.value.code == Code.CLUSTER_FAILED


def _times_out(*_: object, **__: object) -> None:
    raise Exception("The current node timed out during startup.")  # noqa: TRY002 - as Ray does
