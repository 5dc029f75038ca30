"""The run folder: where each file of a run lies. Stages meet here, never through live objects."""

import json
from functools import cached_property
from pathlib import Path
from typing import Any

OUT_OF_FOLD = "out_of_fold.csv"
"""Scores by classifiers that did not see the part, where the model's own comes from folds."""


class RunFolder:
    """One training and everything it left, in one folder.

    Args:
        folder: the run folder, whole or in the making.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.settings = self.folder / "okng.toml"
        self.manifest = self.folder / "manifest.csv"
        self.audit = self.folder / "audit.json"
        self.scores = self.folder / "scores.csv"
        self.out_of_fold = self.folder / OUT_OF_FOLD
        self.metrics_file = self.folder / "metrics.json"
        self.model_file = self.folder / "inspector.onnx"
        self.report = self.folder / "report.html"
        self.gradcam = self.folder / "gradcam"
        self.models = self.folder / "models"
        self.tuning = self.folder / "tuning"
        self.traces = self.folder / "traces"

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
