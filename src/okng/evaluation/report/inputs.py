"""What a report is written from: the files of one folder, some of which may be missing."""

import contextlib
import csv
import json
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from okng.error_codes import Code
from okng.errors import DatasetError
from okng.evaluation.scores import Scores
from okng.runs.layout import RunFolder, StudyFolder
from okng.wording import finding_in_words

_EPOCH = {"epoch", "train_loss", "val_loss", "train_accuracy", "val_accuracy"}


class Asked(NamedTuple):
    """What a report is headed by, and its language; None where it was not given."""

    title: str | None
    part: str | None
    author: str | None
    language: str | None


class Source:
    """The files of a run, or of an `okng evaluate`.

    Args:
        folder: holds metrics.json and scores.csv, maybe audit.json, okng.toml, figures, gradcam.

    Raises:
        DatasetError: there is no metrics.json, or it cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.files = RunFolder(folder)
        self.folder = folder
        self.name = folder.resolve().name
        try:
            self.metrics: dict[str, Any] = _json(self.files.metrics_file)
        except (OSError, ValueError) as exc:
            raise DatasetError(
                f"The figures cannot be read: {exc}",
                where=self.files.metrics_file,
                hint="A report is written of a finished run, or by `okng evaluate`.",
                code=Code.SCORES_UNREADABLE,
            ) from exc

    @cached_property
    def audit(self) -> dict[str, Any] | None:
        """What the audit found; None where the photos were not audited."""
        path = self.files.audit
        return _json(path) if path.exists() else None

    @property
    def asked(self) -> Asked:
        """What the report is headed by; older files lack some of it."""
        settings = self.metrics.get("settings") or {}
        given = self.metrics.get("report") or settings.get("report") or {}
        return Asked(**{name: given.get(name) for name in Asked._fields})

    @property
    def serious(self) -> list[str]:
        """Serious findings of the audit, a sentence each; leaks have figures of their own."""
        findings = (self.audit or {}).get("findings", [])
        leaks = self.metrics["leakage"]["photos"]
        return [
            finding_in_words(finding).what
            for finding in findings
            if finding["severity"] == "serious" and not (leaks and finding["check"] == "leaks")
        ]

    @cached_property
    def study(self) -> dict[str, Any] | None:
        """The study that the settings were taken from; None where there was none."""
        path = StudyFolder(self.files.tuning).study
        return _json(path) if path.exists() else None

    @cached_property
    def settings(self) -> str:
        """The settings file, or nothing."""
        path = self.files.settings
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @cached_property
    def scores(self) -> Scores | None:
        """Scores of the photos that the figures are about; None where they were not kept."""
        path = self.files.scores
        if not path.exists():
            return None
        classes = tuple(self.metrics["classes"])
        return Scores.read(path, classes, self.metrics["ok_class"]).select(self.metrics["split"])

    @cached_property
    def cases(self) -> list[dict[str, Any]]:
        """Photos with heatmaps, as the gallery lists them."""
        path = self.files.gallery
        return _json(path) if path.exists() else []

    @cached_property
    def history(self) -> list[dict[str, float]]:
        """The epochs of the training; none where nothing was trained here."""
        path = self.files.history
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            rows = [_numbers(row) for row in csv.DictReader(file)]
        return [row for row in rows if row.keys() >= _EPOCH]

    def figure(self, name: str) -> Path | None:
        """A drawn figure, if it is there."""
        path = self.files.figures / f"{name}.png"
        return path if path.exists() else None


def _numbers(row: dict[str, str]) -> dict[str, float]:
    """The cells of a row that are numbers."""
    numbers = {}
    for name, text in row.items():
        with contextlib.suppress(TypeError, ValueError):
            numbers[name] = float(text)
    return numbers


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
