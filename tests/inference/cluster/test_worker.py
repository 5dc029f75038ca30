"""A worker judges as a single process does; no Ray is needed for that."""

import shutil
from pathlib import Path

import fsspec
import numpy as np
import pyarrow as pa
import pytest

from okng import modelfile
from okng.config import Runtime
from okng.inference import Inspector
from okng.inference.cluster.rows import schema_of, table_of
from okng.inference.cluster.worker import Judge
from okng.inference.tables.rows import columns


@pytest.fixture(scope="module")
def judge(exported: Path) -> Judge:
    """With the exported file of the tests."""
    return Judge(modelfile.read(exported), Runtime.ONNXRUNTIME, 1)


@pytest.fixture(scope="module")
def some(photos: Path) -> list[str]:
    """Five photos."""
    return [str(path) for path in sorted(photos.rglob("*.jpg"))[:5]]


def test_verdicts_are_those_of_the_inspector(judge: Judge, exported: Path, some: list[str]) -> None:
    """Score for score, in order."""
    expected = [verdict.to_row() for verdict in Inspector(exported, threads=1).judge(some)]
    rows = judge({"path": np.array(some, dtype=object)}).to_pylist()

    assert [{name: row[name] for name in expected[0]} for row in rows] == expected


def test_photos_at_urls_have_the_same_scores(judge: Judge, some: list[str]) -> None:
    """Their bytes take the same way; a local path among them keeps its place."""
    urls = []
    for path in some[1:]:
        fsspec.filesystem("memory").pipe_file(f"/worker/{Path(path).name}", Path(path).read_bytes())
        urls.append(f"memory://worker/{Path(path).name}")
    asked = [urls[0], some[0], *urls[1:]]
    local = {Path(each.path).name: each.verdict.defect_score for each in judge.inspect(some)}
    inspections = judge.inspect(asked)

    assert [each.path for each in inspections] == asked
    assert [each.verdict.defect_score for each in inspections] == [
        local[Path(address).name] for address in asked
    ]


def test_photo_that_cannot_be_read_is_a_row(judge: Judge, some: list[str], tmp_path: Path) -> None:
    """Cut off, missing, missing at a URL: the others are judged."""
    cut = tmp_path / "cut.jpg"
    shutil.copy(some[0], cut)
    cut.write_bytes(cut.read_bytes()[:400])
    asked = [str(cut), str(tmp_path / "none.jpg"), "memory://worker/none.jpg", some[0]]
    rows = judge({"path": np.array(asked, dtype=object)}).to_pylist()

    assert [row["verdict"] == "ERROR" for row in rows] == [True, True, True, False]
    assert [row["path"] for row in rows] == asked
    assert all(row["error"] and row["error_code"] for row in rows[:3])
    assert rows[0]["defect_score"] is None


def test_schema_does_not_depend_on_the_rows(judge: Judge, some: list[str]) -> None:
    """Files of fine photos and files of errors are one table."""
    schema = schema_of(["ok", "defective"])
    fine = table_of(judge.inspect(some[:1]), schema)
    faulty = table_of(judge.inspect(["/nowhere.jpg"]), schema)

    assert schema.names == columns(["ok", "defective"], traced=True)
    assert pa.concat_tables([fine, faulty]).num_rows == 2
