"""The inspector: a model file that judges photos. It needs no torch and no network connection."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import overload

from PIL import Image

from okng import modelfile, preprocess
from okng.config import Runtime
from okng.errors import ConfigError
from okng.inference.engine import InspectionEngine
from okng.inference.frames import Array, Photo
from okng.inference.inputs import check_array, several
from okng.inference.sessions import named_runtime
from okng.inference.verdict_picture import picture_of
from okng.modelfile import Metadata, ModelFile
from okng.verdict import Verdict


class Inspector:
    """Judges photos with a model file, from any number of threads at once.

    It can be pickled, so that a pool of processes can judge; each process opens its own session.
    It is the simple face of an `InspectionEngine`, which also gives futures, streams and a record
    of each inspection.

    Args:
        path: the `inspector.onnx` of a run, or the folder of the run.
        runtime: the engine that runs the network, or its name: `"onnxruntime"`, `"openvino"`.
        threads: CPU threads; None takes all cores.
        digest: SHA-256 that the file must have, when given.
        require_signature: file with the public key that must have signed the model file, when
            given.

    Raises:
        ModelFileError: the file is not a model file of okng, was changed or damaged, is not the
            expected or signed one, or gives no scores.
        ConfigError: the engine is unknown or not installed, or the key cannot be read.

    Example:
        >>> inspector = Inspector("runs/castings/inspector.onnx")  # doctest: +SKIP
        >>> inspector("part.jpg").verdict  # doctest: +SKIP
        <Judgement.NG: 'NG'>
    """

    def __init__(
        self,
        path: Path | str,
        *,
        runtime: Runtime | str = Runtime.ONNXRUNTIME,
        threads: int | None = None,
        digest: str | None = None,
        require_signature: Path | str | None = None,
    ) -> None:
        file = modelfile.read(
            modelfile.located(path), digest=digest, require_signature=require_signature
        )
        self._open(file, named_runtime(runtime), threads, check=True)

    def _open(self, file: ModelFile, runtime: Runtime, threads: int | None, *, check: bool) -> None:
        self._state = file, runtime, threads
        self.engine = InspectionEngine(file, runtime=runtime, threads=threads)
        self.engine.open(check=check)

    def __getstate__(self) -> tuple[ModelFile, Runtime, int | None]:
        """The content of the model file: a session cannot leave its process."""
        return self._state

    def __setstate__(self, state: tuple[ModelFile, Runtime, int | None]) -> None:
        """Open a session of its own on the content of the model file."""
        self._open(*state, check=False)

    def __repr__(self) -> str:
        """Name, classes and threshold."""
        classes = ", ".join(self.classes)
        return f"Inspector({self.metadata.name!r}: {classes}; NG from {self.threshold:.4f})"

    @property
    def metadata(self) -> Metadata:
        """What the model file states of itself."""
        return self.engine.metadata

    @property
    def digest(self) -> str:
        """SHA-256 of the model file, in hex."""
        return self.engine.digest

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, the OK class first if there is one."""
        return tuple(self.metadata.classes)

    @property
    def threshold(self) -> float:
        """The defect score in [0, 1] from which a part is NG."""
        return self.metadata.operating_point.threshold

    @overload
    def __call__(self, photos: Photo, *, heatmap: bool = False) -> Verdict: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, photos: Iterable[Photo], *, heatmap: bool = False) -> list[Verdict]: ...

    def __call__(
        self, photos: Photo | Iterable[Photo], *, heatmap: bool = False
    ) -> Verdict | list[Verdict]:
        """Judge one photo, or several.

        Args:
            photos: one photo, see `Photo`, or any iterable of photos, a folder, a pattern such as
                `"new/*.jpg"`, or an array of several photos (N, H, W, C).
            heatmap: also compute the evidence for *defective*, as `Verdict.evidence`.

        Returns:
            One verdict, or a list of them in order. A file that cannot be read gets the verdict
            ERROR with the reason, and the others are judged all the same.

        Raises:
            TypeError: something that is not a photo at all.
            PhotoError: one array alone whose type or shape is not that of a photo.
            DatasetError: a folder or pattern without a photo.
        """
        many = several(photos)
        if many is not None:
            known = many if isinstance(many, Sequence) else list(many)
            return list(self.judge(known, heatmap=heatmap))
        verdict = self.engine.inspect(photos, heatmap=heatmap).verdict  # type: ignore[arg-type]
        if verdict.error:
            check_array(photos, self.metadata.input.depth)
        return verdict

    def read(self, path: Path | str) -> Array:
        """The pixels of a photo, uint8 (H, W, 3), RGB, decoded as for a verdict.

        Raises:
            PhotoError: it cannot be read.
        """
        rules = self.metadata.input
        return preprocess.read(path, depth=rules.depth, reduced_side=rules.reduced_side)

    def picture(self, verdict: Verdict) -> Image.Image:
        """The photo of a verdict with its heatmap, verdict and score, RGB.

        Args:
            verdict: of a photo's path, computed with `heatmap=True`.

        Raises:
            ConfigError: the verdict has no path or no heatmap.
            PhotoError: the photo cannot be read any more.
        """
        if not verdict.path or verdict.heatmap is None:
            raise ConfigError(
                "A picture shows the photo of a verdict with its heatmap",
                where=verdict.path or None,
                allowed="the verdict of a path, computed with heatmap=True",
                hint='verdict = inspector("part.jpg", heatmap=True)',
            )
        photo = preprocess.read(verdict.path, depth=self.metadata.input.depth)
        return picture_of(photo, verdict, self.metadata.heat)

    def judge(self, photos: Iterable[Photo], *, heatmap: bool = False) -> Iterator[Verdict]:
        """Judge any number of photos; one verdict each, in order.

        A sequence is read ahead in threads and judged in batches. Of any other iterable, such as
        a generator that waits for a camera, each photo is judged as soon as it comes.
        """
        with closing(self.engine.stream(photos, heatmap=heatmap)) as inspections:
            for inspection in inspections:
                yield inspection.verdict
