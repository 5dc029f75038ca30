"""The models of a station: those that decide, each by its name."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from okng import modelfile
from okng.config.station import ModelsSection
from okng.errors import ConfigError, MissingError
from okng.inference.engine import InspectionEngine
from okng.modelfile import ModelFile


class Served(NamedTuple):
    """A model of the station.

    Attributes:
        name: at this station.
        engine: that it is loaded in.
    """

    name: str
    engine: InspectionEngine


class Models:
    """Model files that are loaded side by side; to be used in a `with` block.

    Args:
        files: of the models that decide; the first one does where none is named.
        settings: runtime, threads and sessions.

    Raises:
        ModelFileError: one of them is no sound model file.
        ConfigError: two have the same name.
    """

    def __init__(self, files: Sequence[Path], settings: ModelsSection) -> None:
        self._settings = settings
        self._live: dict[str, InspectionEngine] = {}
        for path in files:
            file = modelfile.read(modelfile.located(path))
            name = file.metadata.name
            if name in self._live:
                raise ConfigError(
                    f"Two models have the name {name!r}",
                    where=path,
                    hint="Serve one of them, or train the other anew with a name of its own.",
                )
            self._live[name] = self._engine(file)

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

    def all(self) -> list[Served]:
        """Every model that decides, in the order in which they were given."""
        return [Served(name, engine) for name, engine in self._live.items()]

    def __enter__(self) -> Self:
        """Load them, and judge a first photo with each."""
        with ExitStack() as opened:
            for _, engine in self.all():
                opened.enter_context(engine)
                engine.warm_up()
            self._opened = opened.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Unload them, after what they were given."""
        self._opened.close()

    def _engine(self, file: ModelFile) -> InspectionEngine:
        return InspectionEngine(
            file,
            runtime=self._settings.runtime,
            threads=self._settings.threads,
            sessions=self._settings.sessions,
        )
