"""The table of scores: one row per photo, what it is and what the model file said of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from okng.dataset import Photo
from okng.errors import DatasetError
from okng.evaluate.intervals import Groups, group_numbers
from okng.files import write_atomic
from okng.predict.rows import row
from okng.verdict import Judgement, Verdict

_TEXT = ("path", "split", "label", "group", "verdict", "class", "error")


@dataclass(frozen=True)
class Scores:
    """Scores of photos with known labels.

    Attributes:
        table: columns path, split, label, group, verdict, defect_score, class, threshold, error,
            and p_<class> for each class.
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
        rows = [
            {**row(v), "path": p.path, "split": p.split, "label": p.label, "group": p.group}
            for p, v in zip(photos, verdicts, strict=True)
        ]
        fixed = ["path", "split", "label", "group", "verdict", "defect_score", "class"]
        columns = [*fixed, *(f"p_{name}" for name in classes), "threshold", "error"]
        return cls(_tidy(pd.DataFrame(rows, columns=columns)), classes, ok_class)

    @classmethod
    def read(cls, path: Path, classes: tuple[str, ...], ok_class: str | None) -> "Scores":
        """Read a `scores.csv`.

        Raises:
            DatasetError: columns are missing, or a judged photo has no score; all faults at once.
        """
        missing = {name: [""] for name in ("defect_score", *(f"p_{c}" for c in classes))}
        kinds = dict.fromkeys(_TEXT, str)
        table = pd.read_csv(path, dtype=kinds, keep_default_na=False, na_values=missing)
        wanted = [*_TEXT, "defect_score", *(f"p_{name}" for name in classes)]
        faults = [f"column {name} is missing" for name in wanted if name not in table]
        if not faults:
            bad = table[table["defect_score"].isna() & (table["verdict"] != Judgement.ERROR)]
            faults = [f"{photo} has no defect score" for photo in bad["path"]]
        if faults:
            listed = "".join(f"\n  - {fault}" for fault in faults[:10])
            raise DatasetError(
                f"The scores cannot be used:{listed}", where=path, hint="Judge again."
            )
        return cls(_tidy(table), classes, ok_class)

    def write(self, path: Path) -> None:
        """Write the table as CSV, whole or not at all."""
        write_atomic(path, self.table.to_csv(index=False, lineterminator="\n"))

    def select(self, split: str) -> "Scores":
        """The rows of one split."""
        rows = self.table[self.table["split"] == split].reset_index(drop=True)
        return Scores(rows, self.classes, self.ok_class)

    def keep(self, mask: npt.NDArray[np.bool_]) -> "Scores":
        """The rows where the mask (N,) is true."""
        return Scores(self.table[mask].reset_index(drop=True), self.classes, self.ok_class)

    def __len__(self) -> int:
        return len(self.table)

    @property
    def probabilities(self) -> npt.NDArray[np.float64]:
        """Float (N, K) in [0, 1]; NaN where a photo could not be judged."""
        return self.table[[f"p_{name}" for name in self.classes]].to_numpy(dtype=float)

    @property
    def defect_scores(self) -> npt.NDArray[np.float64]:
        """Float (N,) in [0, 1]. A photo that could not be judged counts as NG, so 1."""
        return self.table["defect_score"].to_numpy(dtype=float, na_value=1.0)

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """True class indices (N,)."""
        return self._indices("label")

    @property
    def guesses(self) -> npt.NDArray[np.int64]:
        """Predicted class indices (N,); a photo that could not be judged counts as a defect."""
        return self._indices("class")

    @property
    def is_defective(self) -> npt.NDArray[np.bool_]:
        """Truth (N,): whether the part is defective. All are, where there is no OK class."""
        return np.asarray(self.table["label"] != self.ok_class, dtype=bool)

    @property
    def groups(self) -> Groups:
        """Group numbers (N,)."""
        return group_numbers(self.table["group"])

    def _indices(self, column: str) -> npt.NDArray[np.int64]:
        index = {name: number for number, name in enumerate(self.classes)}
        return np.array([index.get(name, 1) for name in self.table[column]], dtype=np.int64)


def _tidy(table: pd.DataFrame) -> pd.DataFrame:
    for column in _TEXT:
        table[column] = table[column].fillna("").astype(str)
    table["defect_score"] = table["defect_score"].astype(float)
    return table
