"""The models of a station: those that decide, each by its name, and the shadow."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from okng import modelfile
from okng.config.station import ModelsSection
from okng.errors import ConfigError, MissingError
from okng.inference.engine import InspectionEngine
from okng.inference.engine.loaded import LoadedModel
from okng.modelfile import HeldOut, ModelFile
from okng.station.documents import Documents
from okng.station.library import Library


class Served(NamedTuple):
    """A model of the station.

    Attributes:
        name: at this station; it stays when the model is exchanged.
        engine: that it is loaded in.
    """

    name: str
    engine: InspectionEngine


class Pinned(NamedTuple):
    """A model with what is loaded at a moment.

    Attributes:
        name: at this station.
        engine: that inspects.
        loaded: of the engine, at that moment.
    """

    name: str
    engine: InspectionEngine
    loaded: LoadedModel


class Models:
    """Model files that are loaded side by side; to be used in a `with` block.

    Args:
        files: of the models that decide; the first one does where none is named.
        settings: runtime, threads and sessions, and the shadow to begin with.
        library: which file judges in place of a given one.
        heatmaps: whether the first heatmap must take as long as any other, see `warm_up`.

    Raises:
        ModelFileError: one of them is no sound model file.
        ConfigError: two have the same name.

    Attributes:
        library: of model files that the station holds itself.
        given: digest of the file that each model was started with.
        documents: what the trainings of the models left.
    """

    def __init__(
        self,
        files: Sequence[Path],
        settings: ModelsSection,
        library: Library,
        *,
        heatmaps: bool = True,
    ) -> None:
        self._settings, self.library, self._heatmaps = settings, library, heatmaps
        self._live: dict[str, InspectionEngine] = {}
        self.given: dict[str, str] = {}
        self.documents = Documents()
        for path in files:
            file = self._read(path)
            name = file.metadata.name
            if name in self._live:
                raise ConfigError(
                    f"Two models have the name {name!r}",
                    where=path,
                    hint="Serve one of them, or train the other anew with a name of its own.",
                )
            self.given[name] = file.digest
            self._live[name] = self._engine(library.current(name, file))

    def live(self, name: str | None = None) -> Served:
        """A model that decides; the first one, if none is named.

        Raises:
            MissingError: there is no such model.
        """
        name = next(iter(self._live)) if name is None else name
        if name not in self._live:
            raise MissingError(
                f"There is no model {name!r}",
                allowed=", ".join(self._live),
                hint="Name one of them, or none for the first.",
            )
        return Served(name, self._live[name])

    def pinned(self, name: str | None = None) -> Pinned:
        """A model as it is loaded at this moment; see `live`."""
        served = self.live(name)
        return Pinned(*served, served.engine.pin())

    def all(self) -> list[Served]:
        """Every model that decides, in the order in which they were given."""
        return [Served(name, engine) for name, engine in self._live.items()]

    def held_out(self, digest: str) -> HeldOut | None:
        """What the live model of a digest states of its test; None where it states nothing."""
        files = [served.engine for served in self.all()]
        return next((each.metadata.held_out for each in files if each.digest == digest), None)

    def shadow(self, model: Path | ModelFile) -> InspectionEngine:
        """A loaded shadow, which computes with one thread.

        Raises:
            ModelFileError: it is no sound model file.
        """
        file = model if isinstance(model, ModelFile) else self._read(model)
        engine = InspectionEngine(file, runtime=self._settings.runtime, threads=1)
        engine.open()
        return engine

    def _read(self, given: Path) -> ModelFile:
        path = modelfile.located(given)
        file = modelfile.read(path)
        self.documents.add(path, file)
        return file

    def __enter__(self) -> Self:
        """Load them, and judge a first photo with each."""
        try:
            for _, engine in self.all():
                engine.open()
                engine.warm_up(heatmaps=self._heatmaps)
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Unload them, after what they were given."""
        self._close()

    def _close(self) -> None:
        for _, engine in self.all():
            engine.close()

    def _engine(self, file: ModelFile) -> InspectionEngine:
        return InspectionEngine(
            file,
            runtime=self._settings.runtime,
            threads=self._settings.threads,
            sessions=self._settings.sessions,
        )
