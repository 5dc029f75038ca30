"""The run folder: the name of every file, once. Stages meet here, never through live objects."""

import json
from functools import cached_property
from pathlib import Path
from typing import Any

AUDIT = "audit.json"
CERTIFICATE = "certificate.json"
"""Verdicts of the model file in every way to run it."""
GATE = "gate.json"
"""Whether the model of a run may take the place of the one that it was retrained from."""
GALLERY = "gallery.json"
"""Lists the pictures in the folder `gradcam`."""
MANIFEST = "manifest.csv"
METRICS = "metrics.json"
MODEL = "inspector.onnx"
OUT_OF_FOLD = "out_of_fold.csv"
"""Scores by classifiers that did not see the part, where the model's own comes from folds."""
SETTINGS = "okng.toml"


class RunFolder:
    """One training, or one evaluation, and everything it left, in one folder.

    An evaluation has no models, settings, manifest and history. A stage that finds a file missing
    decides itself what that means; paths are given whether the file is there or not.

    Args:
        folder: the run folder, whole or in the making.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.settings = self.folder / SETTINGS  # resolved, commented
        self.state = self.folder / "state.json"  # how far it is, for those who watch
        self.lock = self.folder / ".lock"
        self.manifest = self.folder / MANIFEST  # photos with groups and splits
        self.audit = self.folder / AUDIT
        self.audit_page = self.audit.with_suffix(".html")
        self.history = self.folder / "history.csv"  # one row an epoch; epoch 0 is the probe
        self.scores = self.folder / "scores.csv"  # of the published file
        self.out_of_fold = self.folder / OUT_OF_FOLD  # of classifiers that have not seen the part
        self.metrics_file = self.folder / METRICS
        self.model_file = self.folder / MODEL
        self.report = self.folder / "report.html"
        self.report_docx = self.report.with_suffix(".docx")
        self.report_markdown = self.report.with_suffix(".md")
        self.report_pdf = self.report.with_suffix(".pdf")
        self.figures = self.folder / "figures"
        self.gradcam = self.folder / "gradcam"  # heatmaps of the cases in the report
        self.certificate = self.folder / CERTIFICATE
        self.gate = self.folder / GATE
        self.retraining = self.folder / "retrain.json"  # how it came about, if not by a training
        self.reviewed = self.folder / "reviewed"  # photos that it was retrained with
        self.gallery = self.gradcam / GALLERY  # which case is which picture
        self.models = self.folder / "models"
        self.tuning = self.folder / "tuning"
        self.traces = self.folder / "traces"  # features of the photos, to find copies of them later
        self.mlflow = self.folder / "mlflow.txt"  # id of its run at MLflow, to go on with
        self.tensorboard = self.folder / "tensorboard"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.folder)!r})"

    @property
    def is_finished(self) -> bool:
        """Whether the run came to its end: the report is the last file that is written."""
        return all(path.exists() for path in (self.model_file, self.metrics_file, self.report))

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """The content of `metrics.json`."""
        document: dict[str, Any] = json.loads(self.metrics_file.read_text(encoding="utf-8"))
        return document


class ModelsFolder:
    """The files of the training itself, in `models/` of a run folder.

    Args:
        run: the run folder.
    """

    def __init__(self, run: Path | str) -> None:
        self.folder = RunFolder(run).models
        self.best = self.folder / "best_model.pth"  # lowest validation loss
        self.last = self.folder / "model_weights.pth"  # last epoch
        self.full = self.folder / "full_model.pth"  # the whole network, once training has ended
        self.checkpoint = self.folder / "checkpoint.pth"  # to resume from; written last
        self.out_of_fold = self.folder / "out_of_fold.pth"
        self.precision = self.folder / "precision.txt"  # which one was measured as the fastest
        self.trunk_precision = self.folder / "trunk_precision.json"  # INT8 or not, and why
        self.time_plan = self.folder / "plan.json"  # of a time budget
        self.features = self.folder / "features"  # of frozen layers, by digest, to fit on again
        self.fitted_as = self.features / "classifier.json"  # how the classifier was fitted on them
        # the export before calibration and threshold are sealed
        self.draft = self.folder / "unproven.onnx"
        self.raw_scores = self.folder / "raw_scores.csv"  # uncalibrated, all photos


class StudyFolder:
    """The files of a study of `okng tune`, or of the study that a run took its settings from.

    Args:
        folder: of the study.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.study = self.folder / "study.json"
        self.trials = self.folder / "trials.csv"
        self.best = self.folder / "best.toml"
        self.report = self.folder / "tuning.html"
        self.database = self.folder / "study.db"
        self.audit = self.folder / AUDIT
        self.manifest = RunFolder(folder).manifest
        self.state = RunFolder(folder).state
