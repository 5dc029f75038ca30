"""Features of photos in a run folder: a classifier is fitted on them again without the photos.

Frozen layers give the same features of the same photo whenever they are asked. So a run whose
layers stayed frozen keeps them, by the digest of the photo, in blocks: one by its training, further
ones by whoever needs features of further photos.
"""

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from okng.error_codes import Code
from okng.errors import TrainingError
from okng.files import whole_file, write_atomic
from okng.runs.layout import ModelsFolder
from okng.training.probe.feature_source import ViewFeatures

Floats = npt.NDArray[np.float32]
MOST_BYTES = 4_000_000_000
"""Features beyond are not kept: 5,000 photos in five views take 140 MB."""
TRAINED = "trained"
"""Name of the block that a training leaves."""
_SUFFIX = ".npz"


class FeatureBlock:
    """Features of some photos.

    Args:
        digests: SHA-256 of the photos, in hex.
        plain: float32 (P, n, F), of the photos as they are, in each orientation of the network.
        drawn: float32 (D, n, F), of random draws of them; none for photos that teach nothing.
    """

    def __init__(self, digests: Sequence[str], plain: Floats, drawn: Floats) -> None:
        shapes = {plain.shape[1:], drawn.shape[1:]} if len(drawn) else {plain.shape[1:]}
        if len(shapes) > 1 or plain.shape[1] != len(digests):
            raise ValueError(f"{len(digests)} digests, features {plain.shape} and {drawn.shape}")
        self.digests, self.plain, self.drawn = tuple(digests), plain, drawn

    def write(self, folder: Path, name: str) -> None:
        """Write it into a folder, whole or not at all."""
        digests = np.array(self.digests, dtype="S64")
        with whole_file(folder / f"{name}{_SUFFIX}") as path, path.open("wb") as file:
            np.savez(file, digests=digests, plain=self.plain, drawn=self.drawn)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a block.

        Raises:
            TrainingError: the file is damaged.
        """
        try:
            with np.load(path, allow_pickle=False) as stored:
                digests = [digest.decode("ascii") for digest in stored["digests"]]
                return cls(digests, stored["plain"], stored["drawn"])
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as exc:
            raise TrainingError(
                f"Features of the run cannot be read: {exc}",
                where=path,
                hint="Delete the folder of the features; the run is then trained anew.",
                code=Code.RUN_DAMAGED,
            ) from exc


class FittedAs(BaseModel):
    """How the classifier was fitted on the features.

    Attributes:
        strength: inverse strength of the regularisation that was chosen.
        folds: of the cross-fit; 0 for none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    strength: float = Field(gt=0)
    folds: int = Field(ge=0)

    def write(self, run: Path) -> None:
        """Leave it beside the features."""
        write_atomic(ModelsFolder(run).fitted_as, self.model_dump_json(indent=1) + "\n")

    @classmethod
    def read(cls, run: Path) -> Self | None:
        """What a training left; None where it kept no features."""
        path = ModelsFolder(run).fitted_as
        if not path.exists():
            return None
        return cls.model_validate_json(path.read_text(encoding="utf-8"))


def keep_views(
    run: Path, digests: Sequence[str], views: ViewFeatures, strength: float, folds: int
) -> None:
    """Keep the features that a classifier was fitted on, unless they are too large.

    Args:
        run: the run folder.
        digests: SHA-256 of the training photos, then of the validation photos.
        views: of the same photos.
        strength: of the regularisation that was chosen.
        folds: of the cross-fit; 0 for none.
    """
    pairs = list(zip(views.train, views.validation, strict=True))
    size = sum(view.values.numel() * view.values.element_size() for pair in pairs for view in pair)
    if size > MOST_BYTES:
        return
    rows = [np.concatenate([view.values.numpy() for view in pair]) for pair in pairs]
    plain, drawn = rows[: views.passes], rows[views.passes :]
    block = FeatureBlock(digests, np.stack(plain), _stacked(drawn, plain[0]))
    block.write(ModelsFolder(run).features, TRAINED)
    FittedAs(strength=strength, folds=folds).write(run)


def stored_blocks(run: Path) -> Iterator[FeatureBlock]:
    """All blocks of a run folder, the one of its training first.

    Raises:
        TrainingError: one is damaged.
    """
    files = sorted(ModelsFolder(run).features.glob(f"*{_SUFFIX}"))
    for path in sorted(files, key=lambda path: path.stem != TRAINED):
        yield FeatureBlock.read(path)


def has_features(run: Path) -> bool:
    """Whether a run has kept the features that its classifier was fitted on."""
    models = ModelsFolder(run)
    return models.fitted_as.exists() and (models.features / f"{TRAINED}{_SUFFIX}").exists()


def _stacked(rows: list[Floats], like: Floats) -> Floats:
    return np.stack(rows) if rows else np.empty((0, *like.shape), np.float32)
