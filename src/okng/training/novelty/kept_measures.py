"""What the novelty detector was fitted on, in the run folder: it is fitted again without photos."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from okng.error_codes import Code
from okng.errors import TrainingError
from okng.files import whole_file
from okng.runs.layout import ModelsFolder
from okng.training.novelty.mahalanobis import Measured

_NAME = "unfamiliarity.measures"  # no block of features, which end in .npz


class KeptMeasures(NamedTuple):
    """Descriptors of training photos, and of harmless changes to some of them.

    Attributes:
        digests: SHA-256 of the photos, in hex.
        values: float32 (N, D).
        changes: float32 (M, D), differences that harmless changes made to some of the values.
        rows: int64 (M,), to which of them.
    """

    digests: tuple[str, ...]
    values: npt.NDArray[np.float32]
    changes: npt.NDArray[np.float32]
    rows: npt.NDArray[np.int64]

    def write(self, run: Path) -> None:
        """Write them into the folder of the features, whole or not at all."""
        digests = np.array(self.digests, dtype="S64")
        with whole_file(ModelsFolder(run).features / _NAME) as path, path.open("wb") as file:
            np.savez(
                file, digests=digests, values=self.values, changes=self.changes, rows=self.rows
            )

    @classmethod
    def read(cls, run: Path) -> "KeptMeasures | None":
        """What a training left; None where there is nothing, as with fewer than 20 parts.

        Raises:
            TrainingError: the file is damaged.
        """
        path = ModelsFolder(run).features / _NAME
        if not path.exists():
            return None
        try:
            with np.load(path, allow_pickle=False) as stored:
                digests = tuple(digest.decode("ascii") for digest in stored["digests"])
                return cls(digests, stored["values"], stored["changes"], stored["rows"])
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as exc:
            raise TrainingError(
                f"Features of the run cannot be read: {exc}",
                where=path,
                hint="Delete the folder of the features; the run is then trained anew.",
                code=Code.RUN_DAMAGED,
            ) from exc


def keep_measured(
    run: Path, digests: Sequence[str], measured: Measured, rows: npt.NDArray[np.int64]
) -> None:
    """Keep what a detector was fitted on.

    Args:
        run: the run folder.
        digests: SHA-256 of the training photos.
        measured: descriptors of some of them.
        rows: int64 (N,), of which.
    """
    own = tuple(digests[row] for row in rows)
    KeptMeasures(own, measured.values, measured.changes, measured.rows).write(run)
