"""`okng watch` that is killed at any moment loses no photo and judges none twice."""

import csv
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from okng.records import InspectionRow, Records
from okng.records.queries import InspectionFilter
from okng.testing import grey_photo

pytestmark = pytest.mark.slow
PHOTOS, KILLS = 300, 5


def watch(folder: Path, model: Path) -> "subprocess.Popen[bytes]":
    """Start it; it ends by itself where no photo waits."""
    return subprocess.Popen(
        [sys.executable, "-m", "okng", "watch", str(folder), "--model", str(model),
         "--data", str(folder.parent / "station"), "--until", "empty", "--quiet"],
    )  # fmt: skip


def moved(folder: Path) -> int:
    """Photos that are sorted."""
    return len(list(folder.glob("*/*.png")))


def test_every_photo_is_judged_once(tmp_path: Path, exported: Path) -> None:
    """On record once, in the table once, and in the folder of its verdict."""
    folder = tmp_path / "incoming"
    folder.mkdir()
    for number in range(PHOTOS):
        (folder / f"{number:03d}.png").write_bytes(grey_photo(20 + number % 200, mark=number))
    rng = random.Random(0)  # noqa: S311 - no secret
    for kill in range(1, KILLS + 1):
        process = watch(folder, exported)
        end = time.monotonic() + 120
        while moved(folder) < kill * PHOTOS // (KILLS + 2) and time.monotonic() < end:
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.05))
        assert process.poll() is None, "it ended before it was killed"
        process.kill()
        process.wait()
    assert watch(folder, exported).wait(240) == 0

    with Records(tmp_path / "station/records.sqlite") as records:
        rows: list[InspectionRow] = []
        cursor = None
        while True:
            page = records.page(InspectionFilter(), 500, cursor)
            rows += page.rows
            if (cursor := page.next) is None:
                break
    by_key = Counter(row.idempotency_key for row in rows)
    with (folder / "verdicts.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    folders = {path.name: path.parent.name for path in folder.glob("*/*.png")}

    assert len(rows) == PHOTOS
    assert set(by_key.values()) == {1}
    assert Counter(row["id"] for row in table) == Counter(row.id for row in rows)
    assert folders == {row["path"]: row["verdict"].lower() for row in table}
