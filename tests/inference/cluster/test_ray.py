"""Jobs on real local clusters: a node dies, the command is killed, a photo is broken."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from okng.inference import Inspector

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed"),
]
_OKNG = "from okng.cli.main import run; run()"
_PATIENCE = 400  # seconds; a cluster starts in 10 to 30 on two busy cores


@pytest.fixture(scope="module")
def many(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """800 photos: each of the tests' under ten names."""
    folder = tmp_path_factory.mktemp("many")
    for number in range(10):
        for path in photos.rglob("*.jpg"):
            os.link(path, folder / f"{number}_{path.parent.name}_{path.name}")
    return folder


def _rows(out: Path) -> dict[str, dict[str, object]]:
    rows = pq.read_table(out / "verdicts").to_pylist()
    by_path = {row["path"]: row for row in rows}
    assert len(by_path) == len(rows)
    return by_path


def _predict(model: Path, photos: Path, out: Path) -> list[str]:
    return [sys.executable, "-c", _OKNG, "predict", str(model), str(photos), "--engine", "ray",
            "--workers", "2", "--output", str(out)]  # fmt: skip


def test_node_that_dies_costs_no_row(exported: Path, many: Path, tmp_path: Path) -> None:
    """Exactly one row per photo, with the verdict of a single process."""
    script = Path(__file__).with_name("three_nodes.py")
    command = [sys.executable, str(script), str(exported), str(many), str(tmp_path / "job")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    rows = _rows(tmp_path / "job")
    expected = {verdict.path: verdict for verdict in Inspector(exported).judge(
        sorted(str(path) for path in many.glob("*.jpg")))}  # fmt: skip

    assert "alive 2" in done.stdout
    assert rows.keys() == expected.keys()
    assert {path: (row["verdict"], row["defect_score"]) for path, row in rows.items()} == {
        path: (each.verdict.value, each.defect_score) for path, each in expected.items()
    }


def test_job_that_was_killed_goes_on(exported: Path, many: Path, tmp_path: Path) -> None:
    """The same command again judges the rest; rows that are written keep their identifiers."""
    out = tmp_path / "job"
    command = _predict(exported, many, out)
    # A session of its own: the whole tree dies, as when the machine is switched off.
    first = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    while not list((out / "checkpoint").glob("*[0-9].parquet")):
        assert first.poll() is None
        time.sleep(0.05)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    before = {row["id"] for row in pq.read_table(list((out / "checkpoint").glob("*[0-9].parquet")))
              .to_pylist() if "id" in row}  # fmt: skip
    again = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    rows = _rows(out)

    assert again.returncode == 0, again.stderr[-2000:]
    assert len(rows) == 800
    assert before <= {row["id"] for row in rows.values()}


def test_worker_that_fails_is_one_sentence(exported: Path, photos: Path, tmp_path: Path) -> None:
    """The reason, not the traceback of another machine; and what to do."""
    script = (
        "import sys\n"
        "from okng import modelfile\n"
        "from okng.inference.cluster import Workers, find_addresses, judge_on_cluster\n"
        "file = modelfile.read(sys.argv[1])._replace(data=b'broken')\n"
        "judge_on_cluster(file, find_addresses([sys.argv[2]]).photos, sys.argv[3],\n"
        "                 workers=Workers(1), progress=False)\n"
    )
    command = [sys.executable, "-c", script, str(exported), str(photos), str(tmp_path / "job")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    lines = [line for line in done.stderr.splitlines() if "The cluster failed" in line]

    assert done.returncode == 1
    assert len(lines) == 1
    assert "onnxruntime refuses the model" in lines[0]


def test_broken_photo_is_a_row(exported: Path, photos: Path, tmp_path: Path) -> None:
    """Named with its reason; the exit code is that of a single process."""
    (tmp_path / "in").mkdir()
    for path in sorted(photos.rglob("*.jpg"))[:3]:
        os.link(path, tmp_path / "in" / path.name)
    (tmp_path / "in" / "cut.jpg").write_bytes(b"\xff\xd8\xff")
    done = subprocess.run(_predict(exported, tmp_path / "in", tmp_path / "job"), text=True,
                          capture_output=True, timeout=_PATIENCE, check=False)  # fmt: skip
    rows = _rows(tmp_path / "job")

    assert done.returncode == 3
    assert "1 of 4 photos could not be judged" in done.stderr
    assert rows[str(tmp_path / "in" / "cut.jpg")]["error_code"] == "photo.damaged"
