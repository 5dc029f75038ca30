"""A run with frozen layers learns from reviewed photos: its classifier is fitted again."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pandas as pd
import pytest
import torch
from onnx.numpy_helper import to_array

import okng
from okng import Inspector, config, modelfile
from okng.commands.retrain import Retrained, retrain
from okng.commands.train import Run
from okng.dataset import load_photos, read_manifest
from okng.errors import DatasetError, TrainingError
from okng.export import export
from okng.runs.layout import ModelsFolder
from okng.testing import Defect, draw_part, write_folder
from okng.testing.folders import encode
from okng.training import has_features, load_full
from okng.training.networks.architecture import Architecture
from okng.training.networks.registry import build
from okng.training.networks.timm_backbone import Backbone

pytestmark = pytest.mark.slow  # one training in folds: 25 s
SIDE = 64


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty good and thirty defective parts."""
    return write_folder(tmp_path_factory.mktemp("photos"), good=30, defective=30, size=SIDE)


@pytest.fixture(scope="module")
def champion(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A quick run on them: only its classifier learned."""
    folder = tmp_path_factory.mktemp("champion")
    torch.manual_seed(0)
    asked = config.load(None, {"model": "resnet10t", "weights": "random"}).model
    network = build(Architecture(settings=asked, classes=2, channels=3, image_size=SIDE))
    assert isinstance(network, Backbone)
    torch.save(network.model.state_dict(), folder / "resnet10t.pth")
    return okng.train(source, out=folder / "run", model="resnet10t", image_size=SIDE,
                      weights=folder / "resnet10t.pth")  # fmt: skip


def write_reviewed(folder: Path, source: Path, champion: Run) -> Path:
    """Ten new parts, a training photo, a test photo, and a training photo with another label."""
    folder.mkdir()
    lines = ["path,label,group"]
    for number in range(10):
        kind = Defect.BLOWHOLE if number % 2 else None
        name = f"new{number}.jpg"
        (folder / name).write_bytes(encode(draw_part(1000 + number, kind, size=SIDE).photo))
        lines.append(f"{name},{'defective' if kind else 'ok'},serial{number}")
    photos = pd.read_csv(champion.manifest)
    train, other = (
        photos.query("split == 'train'").iloc[0],
        photos.query("split == 'train'").iloc[1],
    )
    tested = photos.query("split == 'test'").iloc[0]
    wrong = "ok" if other.label == "defective" else "defective"
    for name, row, label in (("old.jpg", train, train.label), ("test.jpg", tested, tested.label),
                             ("wrong.jpg", other, wrong)):  # fmt: skip
        shutil.copyfile(source / row.path, folder / name)
        lines.append(f"{name},{label},")
    manifest = folder / "manifest.csv"
    manifest.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return manifest


@pytest.fixture(scope="module")
def reviewed(source: Path, champion: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A manifest of reviewed photos."""
    return write_reviewed(tmp_path_factory.mktemp("reviewed") / "photos", source, champion)


@pytest.fixture(scope="module")
def done(champion: Run, reviewed: Path, tmp_path_factory: pytest.TempPathFactory) -> Retrained:
    """The champion, retrained."""
    out = tmp_path_factory.mktemp("challenger") / "run"
    return retrain(champion.folder, reviewed=reviewed, out=out, progress=False)


def test_a_training_keeps_the_features_of_its_photos(champion: Run) -> None:
    """Of training and validation, in every orientation and draw."""
    assert has_features(champion.folder)


def test_sound_photos_join_and_others_do_not(done: Retrained) -> None:
    """A copy teaches nothing, a test photo stays in the test, a contradiction goes to a person."""
    audit = done.retraining.audit

    assert (audit.reviewed, audit.added, audit.fresh) == (13, 10, 10)
    assert (audit.known, audit.tested, len(audit.conflicts)) == (1, 1, 1)


def test_the_frozen_test_stays_as_it_was(champion: Run, done: Retrained) -> None:
    """The same photos, with the same digests, and nothing of it in training."""
    tested = [
        {
            p.sha256
            for p in read_manifest(run.manifest, run.folder, no_ok=True).select("test").photos
        }
        for run in (champion, done.run)
    ]

    assert tested[0] == tested[1]
    assert pd.read_csv(champion.manifest).split.value_counts()["test"] == len(tested[0])


def test_the_model_file_gives_the_scores_of_the_features(source: Path, done: Retrained) -> None:
    """The table was computed without a photo; the sealed file agrees on all test photos."""
    scores = pd.read_csv(done.run.scores).query("split == 'test'")
    inspector = Inspector(done.run.model_file)
    given = [inspector(source / path).defect_score for path in scores["path"]]

    assert given == pytest.approx(scores["defect_score"].tolist(), abs=1e-4)


def test_scores_out_of_fold_are_of_the_photos_that_they_stand_beside(done: Retrained) -> None:
    """They follow the scores of the file, photo by photo; in another order they would not."""
    files = (done.run.scores, done.run.out_of_fold)
    whole, folded = (pd.read_csv(path).set_index("path") for path in files)
    of_file = whole["defect_score"].reindex(folded.index)
    agreement = folded["defect_score"].corr(of_file, method="spearman")

    assert set(folded.index) == set(whole.query("split != 'test'").index)
    assert agreement > 0.6


def test_unfamiliarity_is_that_of_the_file(source: Path, done: Retrained) -> None:
    """Its detector was fitted again, too."""
    scores = pd.read_csv(done.run.scores).query("split == 'test'")
    inspector = Inspector(done.run.model_file)
    given = [inspector(source / path).unfamiliarity for path in scores["path"]]

    assert given == pytest.approx(scores["unfamiliarity"].tolist(), abs=1e-3)


def test_constants_are_exchanged_as_an_export_would_have_them(
    source: Path, done: Retrained, tmp_path: Path
) -> None:
    """The graph of the champion with the tensors of the refit is the graph of the refit."""
    model = load_full(ModelsFolder(done.run.folder).full)
    paths = [source / photo for photo in pd.read_csv(done.run.manifest)["path"][:3]]
    export(model, tmp_path / "exported.onnx", name="x", dataset_digest="0" * 64,
           reference=load_photos(paths, SIDE))  # fmt: skip
    one, other = (
        {t.name: to_array(t) for t in onnx.load(path).graph.initializer}
        for path in (tmp_path / "exported.onnx", done.run.model_file)
    )
    sealed = {"calibration_scale", "calibration_bias", "threshold", "heat.reference"}
    differing = [name for name in one if not np.array_equal(one[name], other[name])]

    assert one.keys() == other.keys()
    assert set(differing) <= sealed


def test_reviewed_photos_were_learned(done: Retrained, reviewed: Path) -> None:
    """The model file states them among the photos that taught it."""
    traces = modelfile.read(done.run.model_file).metadata.traces
    digest = hashlib.sha256((reviewed.parent / "new0.jpg").read_bytes()).hexdigest()

    assert traces is not None
    assert modelfile.traces.shortened(digest) in modelfile.traces.unpack(traces.taught.files)


def test_the_gate_compares_on_the_test_and_on_new_parts(done: Retrained) -> None:
    """Its verdict stands in the run folder; the new parts were judged out of fold."""
    stored = json.loads(done.run.gate.read_text(encoding="utf-8"))
    recent = next(check for check in done.gate.checks if check.rule == "recent")

    assert stored == done.gate.plain()
    assert done.gate.challenger == modelfile.read(done.run.model_file).digest
    assert recent.photos == 10


def test_a_challenger_is_a_run_that_can_be_retrained(done: Retrained, tmp_path: Path) -> None:
    """The next round begins with its folder: features and manifest are whole."""
    more = tmp_path / "more"
    (more / "ok").mkdir(parents=True)
    for number in range(3):
        photo = draw_part(2000 + number, size=SIDE).photo
        (more / "ok" / f"{number}.jpg").write_bytes(encode(photo))
    again = retrain(
        done.run.folder, reviewed=more, out=tmp_path / "next", report=False, progress=False
    )

    assert done.run.is_finished
    assert again.retraining.audit.added == 3
    assert again.retraining.photos == done.retraining.photos + 3


def test_nothing_new_is_an_error(champion: Run, source: Path, tmp_path: Path) -> None:
    """It states why each photo was left out."""
    photos = pd.read_csv(champion.manifest).query("split == 'train'").iloc[:3]
    for path, label in zip(photos["path"], photos["label"], strict=True):
        target = tmp_path / "same" / label / Path(path).name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / path, target)

    with pytest.raises(DatasetError, match="3 are in the run already"):
        retrain(champion.folder, reviewed=tmp_path / "same", out=tmp_path / "out", progress=False)


def test_an_unfinished_run_is_refused(tmp_path: Path) -> None:
    """There is no champion in it."""
    with pytest.raises(TrainingError, match="no finished run"):
        retrain(tmp_path, reviewed=tmp_path, progress=False)
