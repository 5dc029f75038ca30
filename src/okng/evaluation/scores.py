"""The table of scores: one row per photo, what it is and what the model file said of it."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from okng.dataset import Photo
from okng.error_codes import Code
from okng.errors import ConfigError, DatasetError
from okng.evaluation.statistics.intervals import Groups, group_numbers
from okng.files import write_atomic
from okng.text import as_written, from_bytes, harmless, harmless_path, path_as_written
from okng.verdict import (
    Judgement,
    OperatingPoint,
    Output,
    Verdict,
    decide_all,
    likeliest_defect,
    reaches_threshold,
)

_TEXT = ("path", "split", "label", "group", "verdict", "class", "error")
_OPTIONAL = ("unfamiliarity", "reason")
OWN = (*_TEXT, "defect_score", "threshold", *_OPTIONAL)
"""Columns that okng writes itself, beside p_<class>."""
_FROM_MANIFEST = "manifest:"
"""Begins the name of a column of the manifest that is also one of okng's own."""


@dataclass(frozen=True)
class Scores:
    """Scores of photos with known labels.

    Attributes:
        table: columns path, split, label, group, verdict, defect_score, class (the likeliest one),
            threshold, error, p_<class> for each class, and further ones of the manifest. Of these,
            one that is called like a column of okng stands under `manifest:NAME`.
        classes: the OK class first, if there is one.
        ok_class: its name, or None.
    """

    table: pd.DataFrame
    classes: tuple[str, ...]
    ok_class: str | None

    @classmethod
    def from_verdicts(
        cls,
        photos: Sequence[Photo],
        verdicts: Iterable[Verdict],
        classes: tuple[str, ...],
        ok_class: str | None,
    ) -> "Scores":
        """Join photos and their verdicts, which come in the same order."""
        taken = {*OWN, *(f"p_{name}" for name in classes)}
        rows = [
            {_free(name, taken): value for name, value in p.facts}
            | v.to_row()
            | {"path": p.path, "split": p.split, "label": p.label, "group": p.group}
            for p, v in zip(photos, verdicts, strict=True)
        ]
        fixed = ["path", "split", "label", "group", "verdict", "defect_score", "class"]
        fixed += [*(f"p_{name}" for name in classes), "threshold", "error"]
        known = dict.fromkeys(name for row in rows for name in row)
        optional = [name for name in _OPTIONAL if name in known]
        facts = [name for name in known if name not in {*fixed, *_OPTIONAL}]
        table = pd.DataFrame(rows, columns=[*fixed, *optional, *facts], dtype=object)
        for name in facts:
            table[name] = _text(table[name], table.index)
        for name in ("threshold", *(f"p_{name}" for name in classes)):
            table[name] = pd.to_numeric(table[name]).astype(float)
        return cls(_tidy(table), classes, ok_class)

    @classmethod
    def read(cls, path: Path, classes: tuple[str, ...], ok_class: str | None) -> "Scores":
        """Read a `scores.csv`.

        Raises:
            DatasetError: columns are missing, a photo stands there twice, or a judged photo has no
                score in [0, 1]; all faults at once.
        """
        numbers = ["defect_score", *(f"p_{c}" for c in classes)]
        try:
            table = pd.read_csv(path, dtype=object, keep_default_na=False)
        except (OSError, ValueError) as exc:
            raise DatasetError(
                f"The scores cannot be read: {exc}",
                where=path,
                hint="Judge again.",
                code=Code.SCORES_UNREADABLE,
            ) from exc
        faults = [f"column {name} is missing" for name in [*_TEXT, *numbers] if name not in table]
        if not faults:
            for name in set(table) - set(numbers):
                undo = path_as_written if name == "path" else as_written
                table[name] = _text((undo(from_bytes(cell)) for cell in table[name]), table.index)
            for name in numbers:
                table[name] = pd.to_numeric(table[name], errors="coerce")
            faults = _faults(table)
        if faults:
            listed = "".join(f"\n  - {fault}" for fault in faults[:10])
            more = f"\n  - and {len(faults) - 10} more" if len(faults) > 10 else ""
            raise DatasetError(
                f"The scores cannot be used:{listed}{more}",
                where=path,
                hint="Judge again.",
                code=Code.SCORES_UNREADABLE,
            )
        return cls(_tidy(table), classes, ok_class)

    def write(self, path: Path) -> None:
        """Write the table as CSV in UTF-8, whole or not at all.

        No cell is run by a spreadsheet, and any file name comes back by `read`.
        """
        table, odd = self.table.copy(), False
        for name in [n for n in table if not pd.api.types.is_numeric_dtype(table[n].dtype)]:
            defuse = harmless_path if name == "path" else harmless
            table[name] = _text(map(defuse, table[name]), table.index)
            odd = odd or any("\r" in cell for cell in table[name])
        # The csv module forgets to quote a bare carriage return, which ends a line for a reader.
        text = table.to_csv(
            index=False,
            lineterminator="\n",
            quoting=csv.QUOTE_ALL if odd else csv.QUOTE_MINIMAL,
        )
        write_atomic(path, text)

    def select(self, split: str) -> "Scores":
        """The rows of one split."""
        return self.keep(np.asarray(self.table["split"] == split))

    def keep(self, mask: npt.NDArray[np.bool_]) -> "Scores":
        """The rows where the mask (N,) is true."""
        return Scores(self.table[mask].reset_index(drop=True), self.classes, self.ok_class)

    def decided_by(self, point: OperatingPoint) -> "Scores":
        """The same scores with the verdicts of another operating point."""
        table, valid = self.table.copy(), np.asarray(self.table["error"] == "")
        output = Output(
            self.probabilities[valid], self.defect_scores[valid], self.unfamiliarity[valid]
        )
        decisions = decide_all(output, point, has_ok=True)
        table.loc[valid, "verdict"] = [decision.verdict.value for decision in decisions]
        # Tables of okng 0.1.0 hold what the threshold made of the class.
        table.loc[valid, "class"] = [self.classes[d.class_index] for d in decisions]
        table["threshold"] = point.threshold
        if "reason" in table:
            reasons = np.full(len(self), "", dtype=object)
            reasons[valid] = [decision.reason for decision in decisions]
            table["reason"] = reasons
        return Scores(table, self.classes, self.ok_class)

    def unfamiliar(self, point: OperatingPoint) -> npt.NDArray[np.bool_]:
        """Which photos (N,) are so unlike the training photos that a person decides."""
        return point.is_unfamiliar(self.unfamiliarity)

    def column(self, name: str) -> npt.NDArray[np.str_]:
        """One column (N,) as text; the manifest's own, where okng has one of that name, too.

        Raises:
            ConfigError: there is no such column.
        """
        if _FROM_MANIFEST + name in self.table:
            name = _FROM_MANIFEST + name
        if name not in self.table:
            raise ConfigError(
                f"There is no column {name!r}",
                where="`by`, `runs`",
                allowed=", ".join(self.table.columns),
                hint="Further columns come from a manifest: path,label,station,...",
                code=Code.COLUMN_MISSING,
            )
        return self.table[name].to_numpy(dtype=str)

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def probabilities(self) -> npt.NDArray[np.float64]:
        """Float (N, K) in [0, 1]; NaN where a photo could not be judged."""
        return self.table[[f"p_{name}" for name in self.classes]].to_numpy(dtype=float)

    @cached_property
    def defect_scores(self) -> npt.NDArray[np.float64]:
        """Float (N,) in [0, 1]. A photo that could not be judged counts as NG, so 1."""
        return self.table["defect_score"].to_numpy(dtype=float, na_value=1.0)

    @cached_property
    def unfamiliarity(self) -> npt.NDArray[np.float64]:
        """Float (N,) in [0, 1]; NaN where a photo has none."""
        if "unfamiliarity" not in self.table:
            return np.full(len(self), np.nan)
        return self.table["unfamiliarity"].to_numpy(dtype=float)

    @cached_property
    def labels(self) -> npt.NDArray[np.int64]:
        """True class indices (N,); a defect class that the model never saw counts as a defect."""
        return self._indices("label")

    @cached_property
    def guesses(self) -> npt.NDArray[np.int64]:
        """Likeliest class (N,), as index; a photo that could not be judged counts as a defect.

        Of two classes it is what the threshold makes of the photo, like every other figure.
        """
        if self.ok_class is not None and len(self.classes) == 2:
            return self.called.astype(np.int64)
        return self._indices("class")

    @cached_property
    def called(self) -> npt.NDArray[np.bool_]:
        """Whether each photo (N,) is at or above the threshold that judged it; False for none."""
        limits = pd.to_numeric(self.table["threshold"], errors="coerce").to_numpy(dtype=float)
        unread = np.asarray(self.table["error"] != "")
        return unread | reaches_threshold(self.defect_scores, limits)

    @cached_property
    def decided_as(self) -> npt.NDArray[np.str_]:
        """What each photo (N,) was taken for: the OK class below the threshold, else a defect.

        It differs from the likeliest class where threshold and probabilities disagree.
        """
        if self.ok_class is None:
            return self.table["class"].to_numpy(dtype=object)
        defects = self._names(likeliest_defect(np.nan_to_num(self.probabilities)))
        return np.where(self.called, defects, self.ok_class)

    @cached_property
    def is_defective(self) -> npt.NDArray[np.bool_]:
        """Truth (N,): whether the part is defective. All are, where there is no OK class."""
        return np.asarray(self.table["label"] != self.ok_class, dtype=bool)

    @cached_property
    def is_known(self) -> npt.NDArray[np.bool_]:
        """Whether the model has the class of each photo (N,)."""
        return np.asarray(self.table["label"].isin(self.classes), dtype=bool)

    @cached_property
    def groups(self) -> Groups:
        """Group numbers (N,)."""
        return group_numbers(self.table["group"])

    def _names(self, indices: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
        return np.array(self.classes, dtype=object)[indices]

    def _indices(self, column: str) -> npt.NDArray[np.int64]:
        index = {name: number for number, name in enumerate(self.classes)}
        return np.array([index.get(name, 1) for name in self.table[column]], dtype=np.int64)


def _free(name: str, taken: set[str]) -> str:
    """The column that a fact of the manifest stands in, so that no column of okng hides it."""
    clashes = name in taken or name.startswith(_FROM_MANIFEST)
    return _FROM_MANIFEST + name if clashes else name


def _text(values: Iterable[object], index: "pd.Index[Any]") -> "pd.Series[Any]":
    """A column of plain Python text: pandas' own type refuses names that are no UTF-8."""
    cells = [value if isinstance(value, str) else _cell(value) for value in values]
    return pd.Series(cells, index=index, dtype=object)


def _cell(value: object) -> str:
    """Text of a value that is none; what is missing is empty."""
    return "" if value is None or value is pd.NA or isinstance(value, float) else str(value)


def _tidy(table: pd.DataFrame) -> pd.DataFrame:
    for column in _TEXT:
        table[column] = _text(table[column], table.index)
    if "reason" in table:
        table["reason"] = _text(table["reason"], table.index)
    for column in {"defect_score", "unfamiliarity"}.intersection(table):
        table[column] = pd.to_numeric(table[column], errors="coerce").astype(float)
    return table


def _faults(table: pd.DataFrame) -> list[str]:
    scores = table["defect_score"]
    valid = table["verdict"] != Judgement.ERROR
    empty = valid & scores.isna()
    outside = valid & ~empty & ~scores.between(0, 1)
    twice = table["path"].duplicated()
    return [
        *(f"{photo} has no defect score" for photo in table["path"][empty]),
        *(f"{photo} has a defect score outside of [0, 1]" for photo in table["path"][outside]),
        *(f"{photo} stands there twice" for photo in table["path"][twice]),
    ]
