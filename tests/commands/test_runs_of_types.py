"""A model with several defect types tells OK from NG, and names the type."""

import csv
import io
from pathlib import Path

import pytest
from typer.testing import CliRunner

import okng
from okng.cli.main import app
from okng.testing import Defect, draw_part, encode, write_folder

KINDS = (Defect.MISSING_BLADE, Defect.CHIPPED_EDGE)


@pytest.mark.slow
def test_rows_of_predict_name_the_type(tmp_path: Path) -> None:
    """Parts that training never saw: NG with the right type, and OK without one."""
    photos = write_folder(tmp_path / "photos", good=30, defective=60, defects=KINDS,
                          by_type=True, size=96)  # fmt: skip
    run = okng.train(photos, out=tmp_path / "run", image_size=96, no_near=True, unfamiliar_limit=1)
    for number, kind in enumerate([None, *KINDS] * 4):
        name = f"{kind.value if kind else 'ok'}_{number}.png"
        photo = draw_part(9_000 + number, kind, size=96).photo
        (tmp_path / name).write_bytes(encode(photo, "PNG"))
    files = sorted(str(path) for path in tmp_path.glob("*.png"))
    done = CliRunner().invoke(
        app, ["predict", str(run.model_file), *files, "--format", "csv", "--quiet"]
    )
    rows = list(csv.DictReader(io.StringIO(done.stdout)))

    assert len(rows) == 12
    for row in rows:
        truth = Path(row["path"]).name.rpartition("_")[0]
        assert (row["verdict"], row["class"]) == ("OK" if truth == "ok" else "NG", truth)
