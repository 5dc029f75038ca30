"""A model file and labelled photos -> figures, without torch."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import okng
from okng import modelfile
from okng.commands.train import Run
from okng.errors import ConfigError, DatasetError
from okng.testing import Defect, write_folder

KINDS = (Defect.CHIPPED_EDGE, Defect.BLOWHOLE)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Parts that the run has not seen, two photos each, by type of defect."""
    return write_folder(tmp_path_factory.mktemp("fresh"), good=12, defective=12, defects=KINDS,
                        by_type=True, copies=2, size=64, seed=900)  # fmt: skip


@pytest.fixture(scope="module")
def manifest(fresh: Path) -> Path:
    """The same photos with parts, stations, runs, and half of them for validation."""
    with (fresh / "manifest.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "label", "group", "split", "station", "run"])
        for path in sorted(fresh.rglob("*.jpg")):
            part, copy = path.stem.split("_")
            number = int(part.removeprefix("part"))
            split = "val" if number % 2 else "test"
            station = "AB"[number // 2 % 2]
            name = path.relative_to(fresh).as_posix()
            writer.writerow([name, path.parent.name, part, split, station, copy])
    return fresh / "manifest.csv"


def test_folder_is_that_of_the_design(run: Run, fresh: Path, tmp_path: Path) -> None:
    """Scores, metrics, figures, report; types that the model does not know are defects."""
    found = okng.evaluate(run.model_file, fresh, out=tmp_path / "out", no_near=True)
    files = {p.relative_to(found.folder).as_posix() for p in found.folder.rglob("*")}

    assert {"metrics.json", "scores.csv", "report.html", "figures/confusion_matrix.png"} <= files
    assert found.metrics["photos"] == 48
    assert found.metrics["unseen_classes"] == {"blowhole": 12, "chipped_edge": 12}
    assert found.metrics["leakage"]["photos"] == 0
    assert found.metrics["model"]["digest"] == run.inspector().digest
    assert {row["value"] for row in found.metrics["by"]["label"]["rows"]} == {
        "ok", "blowhole", "chipped_edge"
    }  # fmt: skip
    assert len(found.metrics["evaluation"]["data_digest"]) == 64


def test_scores_are_those_of_the_run(run: Run, photos: Path, tmp_path: Path) -> None:
    """The test photos of a run, judged again by its file, give its figures."""
    table = pd.read_csv(run.manifest).query("split == 'test'")
    for name in table["path"]:
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(photos / name, tmp_path / "photos" / name)
    found = okng.evaluate(run.model_file, tmp_path / "photos", out=tmp_path / "out", no_near=True)

    assert found.metrics["confusion_matrix"] == run.metrics["confusion_matrix"]
    assert found.metrics["leakage"]["photos"] == 0
    assert found.metrics["leakage"]["set_aside"] is True
    assert run.metrics["leakage"]["set_aside"] is True


def test_training_photos_are_found(run: Run, photos: Path, tmp_path: Path) -> None:
    """Who evaluates on what was trained on is told, and sees the rest beside it."""
    found = okng.evaluate(run.model_file, photos, out=tmp_path / "out", no_near=True)

    assert found.metrics["photos"] == 80
    assert found.metrics["leakage"]["photos"] == 68
    assert found.metrics["leakage"]["without_leaked"]["photos"] == 12


def test_model_without_traces_says_that_its_origin_is_unknown(
    run: Run, manifest: Path, tmp_path: Path
) -> None:
    """An older model file without its manifest: neither these photos nor a threshold are sure."""
    alone = tmp_path / "alone.onnx"
    shutil.copy(run.model_file, alone)
    metadata = modelfile.read(alone).metadata
    modelfile.seal(alone, metadata.model_copy(update={"traces": None}))
    found = okng.evaluate(alone, manifest, out=tmp_path / "out", no_near=True, max_f1=True)
    said = [sentence for sentence in found.metrics["warnings"] if "not known" in sentence]

    assert len(said) == 2
    assert "threshold" in said[1]


def test_model_alone_knows_its_training_photos(run: Run, photos: Path, tmp_path: Path) -> None:
    """By eight bytes of each digest: they are leaked photos, and nothing was set aside."""
    shutil.copy(run.model_file, tmp_path / "alone.onnx")
    found = okng.evaluate(tmp_path / "alone.onnx", photos, out=tmp_path / "out", no_near=True)
    report = (found.folder / "report.md").read_text(encoding="utf-8")

    assert found.metrics["leakage"]["photos"] == 68
    assert found.metrics["leakage"]["found"]["file"] == 68
    assert found.metrics["leakage"]["set_aside"] is False
    assert "set aside" not in report
    assert "changed copies of training parts were NOT looked for" in report


def test_new_threshold_is_chosen_on_validation(run: Run, manifest: Path, tmp_path: Path) -> None:
    """On photos that are not reported; stations and runs come from the manifest."""
    found = okng.evaluate(run.model_file, manifest, out=tmp_path / "out", no_near=True,
                          by=["station"], cost_escape=20)  # fmt: skip
    metrics, table = found.metrics, pd.read_csv(found.scores)
    held_out = table[table["split"] == "val"]
    threshold = metrics["threshold"]

    assert metrics["photos"] == 24
    assert metrics["operating_point"]["policy"] == "lowest cost"
    assert ((held_out["defect_score"] < threshold) & (held_out["label"] != "ok")).mean() < 0.1
    assert [row["value"] for row in metrics["by"]["station"]["rows"]] == ["A", "B"]
    assert metrics["repeatability"]["parts"] == 12
    assert "validation" in metrics["curves"]
    assert np.allclose(table["threshold"], threshold)


def test_threshold_is_never_chosen_on_what_is_reported(
    run: Run, fresh: Path, tmp_path: Path
) -> None:
    """Without validation photos it is refused; a given one is taken."""
    with pytest.raises(ConfigError, match="never chosen on the photos that are reported"):
        okng.evaluate(run.model_file, fresh, out=tmp_path / "out", max_escape="1%")

    found = okng.evaluate(run.model_file, fresh, out=tmp_path / "out", no_near=True, threshold=0.9)
    assert found.metrics["threshold"] == 0.9


def test_validation_parts_that_are_reported_are_left_out(
    run: Run, manifest: Path, tmp_path: Path
) -> None:
    """One part on both sides does not choose the threshold that judges it."""
    table = pd.read_csv(manifest)
    table.loc[table["group"] == "part0001", "group"] = "part0000"
    table.to_csv(manifest.parent / "crossing.csv", index=False)
    found = okng.evaluate(run.model_file, manifest.parent / "crossing.csv", out=tmp_path / "out",
                          no_near=True, max_f1=True)  # fmt: skip

    assert any("2 validation photos show parts" in s for s in found.metrics["warnings"])


@pytest.mark.parametrize(("kind", "absent"), [("ok", "escape_rate"), ("blowhole", "overkill_rate")])
def test_one_kind_of_parts_is_enough(
    run: Run, fresh: Path, tmp_path: Path, kind: str, absent: str
) -> None:
    """Good parts alone tell overkill, defective ones alone tell escapes; the rest is said.

    So is a file that is no photo.
    """
    folder = tmp_path / "photos" / ("ok" if kind == "ok" else "defective")
    shutil.copytree(fresh / kind, folder)
    (folder / "broken.jpg").write_bytes(b"no photo")
    found = okng.evaluate(run.model_file, tmp_path / "photos", out=tmp_path / "out", no_near=True)

    assert found.metrics[absent]["value"] is None
    assert any("There is no" in sentence for sentence in found.metrics["warnings"])
    assert any("broken.jpg" in sentence for sentence in found.metrics["warnings"])


def test_absent_photos_of_a_manifest_are_named(run: Run, fresh: Path, tmp_path: Path) -> None:
    """All at once."""
    (tmp_path / "m.csv").write_text("path,label\na.jpg,ok\nb.jpg,defective\n")

    with pytest.raises(
        DatasetError, match=r"there is no file a\.jpg[\s\S]*there is no file b\.jpg"
    ):
        okng.evaluate(run.model_file, tmp_path / "m.csv", out=tmp_path / "out")


def test_columns_that_are_not_there_are_refused_first(
    run: Run, manifest: Path, tmp_path: Path
) -> None:
    """Before anything is judged, with those that there are."""
    with pytest.raises(ConfigError, match=r"no column 'shift'[\s\S]*station"):
        okng.evaluate(run.model_file, manifest, out=tmp_path / "out", by=["shift"])


def test_run_is_not_overwritten(run: Run, fresh: Path) -> None:
    """A run's figures are not lost by a typo."""
    with pytest.raises(ConfigError, match="holds a run"):
        okng.evaluate(run.model_file, fresh, out=run.folder)


def test_unknown_settings_are_refused(run: Run, fresh: Path, tmp_path: Path) -> None:
    """Those of training mean nothing here."""
    with pytest.raises(ConfigError, match="epochs is unknown"):
        okng.evaluate(run.model_file, fresh, out=tmp_path / "out", epochs=3)


def test_torch_is_not_needed(run: Run, fresh: Path, tmp_path: Path) -> None:
    """Evaluation runs where torch is not installed, with its search for near-duplicates."""
    code = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"torch", "torchvision", "lightning", "timm"}:
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Absent())
from okng.cli.main import run
run()
"""
    command = [sys.executable, "-c", code, "evaluate", str(run.model_file), str(fresh)]
    done = subprocess.run([*command, "--out", str(tmp_path / "out"), "--quiet"],
                          capture_output=True, text=True, check=False)  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "On 48 test photos" in done.stdout
    assert json.loads((tmp_path / "out" / "metrics.json").read_text())["groups"] <= 48
