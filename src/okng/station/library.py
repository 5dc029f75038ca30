"""Model files of a station: its own copies by digest, and which of them judges in which slot.

A change of model or threshold at the station stays in force after a restart, as long as the station
is started with the same file as before. Started with another file, that one judges.
"""

import json
from pathlib import Path

from okng import modelfile
from okng.error_codes import Code
from okng.errors import ModelFileError
from okng.files import locked, write_atomic
from okng.modelfile import ModelFile

FOLDER = "models"
"""Name of its folder, in that of the station."""
_STATE = "library.json"


class Library:
    """The folder of model files of a station.

    Args:
        folder: made when the first change is stored.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def current(self, slot: str, given: ModelFile) -> ModelFile:
        """The file that judges: the given one, or the one that it was exchanged for.

        Raises:
            ModelFileError: the copy of the station is gone or was changed.
        """
        given_before, live = self._slots().get(slot, ("", ""))
        if given_before != given.digest or live == given.digest:
            return given
        return self.held(live)

    def held(self, digest: str) -> ModelFile:
        """A file that the station holds.

        Raises:
            ModelFileError: the copy of the station is gone or was changed.
        """
        return modelfile.read(self._path(digest), digest=digest)

    def stored(self, digest: str) -> ModelFile | None:
        """A copy of the station; None where it has none of this file."""
        return self.held(digest) if digest and self._path(digest).exists() else None

    def names(self) -> list[str]:
        """Names of the models that the station was started with."""
        return sorted(self._slots())

    def before(self, slot: str) -> str:
        """Digest of the file that judged last; empty for a new slot."""
        return self._slots().get(slot, ("", ""))[1]

    def given(self, slot: str) -> str:
        """Digest of the file that the station was started with; empty for a new slot."""
        return self._slots().get(slot, ("", ""))[0]

    def store(self, file: ModelFile) -> Path:
        """Store a copy of a model file."""
        path = self._path(file.digest)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(path, file.data)
        return path

    def remember(self, slot: str, *, given: str, live: str) -> None:
        """Store which file judges in a slot.

        Args:
            slot: name of the model at this station.
            given: digest of the file that the station was started with.
            live: digest of the file that judges.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with locked(self._folder / _STATE):  # `okng promote` is another process
            slots = {**self._slots(), slot: (given, live)}
            write_atomic(self._folder / _STATE, json.dumps(slots, indent=1, sort_keys=True))

    def _path(self, digest: str) -> Path:
        return self._folder / f"{digest}.onnx"

    def _slots(self) -> dict[str, tuple[str, str]]:
        path = self._folder / _STATE
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            return {slot: (given, live) for slot, (given, live) in stored.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError) as exc:
            raise ModelFileError(
                f"The list of models of the station cannot be read: {exc}",
                where=path,
                hint="Restore it from a backup, or delete it: the given model then judges.",
                code=Code.MODEL_UNREADABLE,
            ) from exc
