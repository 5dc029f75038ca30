"""What is known of the photos that a model file was made from."""

from dataclasses import dataclass
from pathlib import Path

from okng.dataset import Dataset, Photo, read_manifest
from okng.errors import DatasetError
from okng.modelfile import Digests, Metadata
from okng.modelfile.traces import shortened, unpack
from okng.runs.layout import OUT_OF_FOLD, RunFolder
from okng.steps.leakage.fingerprints import LEARNED


@dataclass(frozen=True)
class Known:
    """Photos by their shortened digests.

    Attributes:
        files: digests of files.
        pixels: digests of decoded pixels.
    """

    files: frozenset[bytes] = frozenset()
    pixels: frozenset[bytes] = frozenset()

    @classmethod
    def of(cls, digests: Digests) -> "Known":
        """Those of a model file."""
        return cls(unpack(digests.files), unpack(digests.pixels))

    def has(self, photo: Photo, pixels: str) -> str:
        """How a photo is known: `file`, `pixels`, or empty where it is not."""
        if shortened(photo.sha256) in self.files:
            return "file"  # the first 8 bytes of a digest, as the model file holds them
        return "pixels" if pixels and shortened(pixels) in self.pixels else ""


@dataclass(frozen=True)
class Origin:
    """The photos that a model file was made from.

    Attributes:
        taught: photos that the network or its classifier was trained on.
        chose: what calibration, threshold and the best epoch were chosen on, and nothing else.
        run: the run folder, where it lies beside the model file and is the one of this model.
        manifest: all photos of that run.
    """

    taught: Known
    chose: Known
    run: RunFolder | None = None
    manifest: Dataset | None = None

    @property
    def learned(self) -> tuple[Photo, ...]:
        """Photos of training and validation, where the run folder is there."""
        return self.manifest.select(*LEARNED).photos if self.manifest else ()

    @property
    def tested(self) -> tuple[Photo, ...]:
        """Photos of the run's own test, where the run folder is there."""
        return self.manifest.select("test").photos if self.manifest else ()

    def set_aside(self, photos: tuple[Photo, ...]) -> bool:
        """Whether all of these are test photos of the run, unchanged."""
        digests = {photo.sha256 for photo in self.tested}
        # no photo: nothing was set aside
        return bool(photos) and all(photo.sha256 in digests for photo in photos)


def find_origin(model: Path, metadata: Metadata) -> Origin | None:
    """The origin of a model file; None where neither file nor folder records it."""
    run = RunFolder(model.parent)
    manifest = _manifest(run, metadata)
    beside = None if manifest is None else run
    if metadata.traces is not None:
        traces = metadata.traces
        return Origin(Known.of(traces.taught), Known.of(traces.chose), beside, manifest)
    if manifest is None:
        return None
    folds = (model.parent / OUT_OF_FOLD).exists()
    taught = manifest.select(*(LEARNED if folds else LEARNED[:1])).photos
    chose = () if folds else manifest.select(LEARNED[1]).photos
    return Origin(_of(taught), _of(chose), beside, manifest)


def _of(photos: tuple[Photo, ...]) -> Known:
    return Known(frozenset(shortened(photo.sha256) for photo in photos))


def _manifest(run: RunFolder, metadata: Metadata) -> Dataset | None:
    """The manifest beside a model file; None where there is none, or one of another model."""
    if not run.manifest.exists():
        return None
    try:
        manifest = read_manifest(run.manifest, run.folder, no_ok=True)
    except DatasetError:
        return None
    return manifest if manifest.digest == metadata.dataset_digest else None
