"""The certificate at the end of a training."""

import shutil
from pathlib import Path

import pytest

import okng
from okng import modelfile
from okng.certification import Certificate
from okng.commands.train import Run
from okng.dataset import Photo
from okng.errors import ModelFileError
from okng.evaluation import Scores
from okng.runs.layout import RunFolder
from okng.steps.evaluating.certifying import certify_run
from okng.testing import RecordingProgress
from okng.verdict import Judgement, Verdict


@pytest.fixture
def draft(exported: Path, tmp_path: Path) -> Path:
    """A sealed file without a certificate; its threshold is 0.5."""
    return Path(shutil.copy(exported, tmp_path / "draft.onnx"))


@pytest.fixture
def root(photos: Path) -> Path:
    """Folder of the photos."""
    return photos


def _scores(root: Path, values: dict[str, tuple[str, float]]) -> Scores:
    """One row per photo: its split and its score."""
    paths = [path.relative_to(root).as_posix() for path in sorted(root.rglob("*.jpg"))]
    photos = [Photo(p, "ok", split=s) for p, (s, _) in zip(paths, values.values(), strict=False)]
    verdicts = [
        Verdict(Judgement.OK, score, "ok", {"ok": 1 - score, "dent": score})
        for _, score in values.values()
    ]
    return Scores.from_verdicts(photos, verdicts, ("ok", "dent"), "ok")


def test_photos_nearest_to_the_limits_come_first(
    draft: Path, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of validation and test; training photos prove less."""
    asked: list[list[str]] = []

    def certify(_: object, photos: list[Path], *__: object, **___: object) -> None:
        asked.append([str(photo[1]) for photo in photos])  # type: ignore[index]
        raise ModelFileError("no time")

    monkeypatch.setattr("okng.steps.evaluating.certifying.certify", certify)
    values = {"far": ("test", 0.9), "near": ("val", 0.45), "own": ("train", 0.5),
              "next": ("test", 0.6)}  # fmt: skip
    scores = _scores(root, values)
    certify_run(draft, root, scores, RunFolder(tmp_path), RecordingProgress())
    far, near, _, following = scores.table["path"]

    assert asked == [[near, following, far]]


def test_what_cannot_be_compared_is_a_warning(
    draft: Path, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model file is as good as before; the run goes on, without a certificate."""

    def fail(*_: object, **__: object) -> None:
        raise ModelFileError("The process has ended")

    monkeypatch.setattr("okng.steps.evaluating.certifying.certify", fail)
    progress, before = RecordingProgress(), draft.read_bytes()
    certify_run(draft, root, _scores(root, {"a": ("test", 0.9)}), RunFolder(tmp_path), progress)

    assert "could not be compared: The process has ended" in progress.sentences[-1]
    assert draft.read_bytes() == before
    assert not (tmp_path / "certificate.json").exists()


def test_a_narrow_margin_is_a_warning(
    run: Run, draft: Path, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No verdict differs, and the score nearest to the threshold is nearer than scores differ."""
    made = Certificate.read(run.certificate)
    moved = made.rows[0].model_copy(update={"largest_score_difference": 0.01})
    digest = modelfile.read(draft).digest
    changes = {"rows": (moved,), "nearest_score": 0.001, "model_digest": digest}
    narrow = made.model_copy(update=changes)
    monkeypatch.setattr("okng.steps.evaluating.certifying.certify", lambda *_, **__: narrow)
    progress = RecordingProgress()
    certify_run(draft, root, _scores(root, {"a": ("test", 0.9)}), RunFolder(tmp_path), progress)

    assert "may get two verdicts" in progress.sentences[-1]


def test_a_run_without_held_out_photos_has_no_certificate(
    draft: Path, root: Path, tmp_path: Path
) -> None:
    """Nothing is to be judged, and nothing fails."""
    scores = _scores(root, {"a": ("train", 0.9)})
    certify_run(draft, root, scores, RunFolder(tmp_path), RecordingProgress())

    assert not (tmp_path / "certificate.json").exists()


def test_every_run_ends_with_a_certificate_of_its_model_file(run: Run) -> None:
    """Onnxruntime with two numbers of threads, two batches and two sets of kernels at least."""
    certificate = Certificate.read(run.certificate)
    mark = modelfile.read(run.model_file).metadata.certificate

    assert certificate.holds
    assert certificate.photos >= 8
    assert len(certificate.rows) >= 7
    assert certificate.operating_point == modelfile.read(run.model_file).metadata.operating_point
    assert mark is not None
    assert mark.digest == certificate.digest


def test_the_report_has_the_certificate(run: Run) -> None:
    """In its annex, with the digest that the model file holds."""
    text = run.report_markdown.read_text(encoding="utf-8")
    certificate = Certificate.read(run.certificate)

    assert "The same verdict from every engine" in text
    assert "No verdict differs. Scores differ by up to" in text
    assert "| onnxruntime | without the blocked layout | 1, " in text
    assert certificate.digest in text


def test_a_later_certificate_is_in_the_report_of_the_run(
    run: Run, photos: Path, tmp_path: Path
) -> None:
    """The report, the file and the model file hold one digest."""
    own = RunFolder(shutil.copytree(run.folder, tmp_path / "own"))
    pattern = str(photos / "ok" / "part000?_0.jpg")
    certified = okng.certify(
        own.folder, pattern, runtimes=["onnxruntime"], threads=[2], batches=[2], progress=False
    )
    mark = modelfile.read(own.model_file).metadata.certificate

    assert certified.report == own.report
    assert mark is not None
    assert certified.certificate.digest == Certificate.read(own.certificate).digest == mark.digest
    assert mark.digest in own.report_markdown.read_text(encoding="utf-8")
