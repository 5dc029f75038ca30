"""What several adapters of one station use together: a server that is a sink and a trigger."""

from collections.abc import Callable
from threading import Lock
from typing import TypeVar, cast

T = TypeVar("T")


class Shared:
    """Objects of one station by class and name. Used by any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._objects: dict[tuple[type, str], object] = {}

    def get(self, cls: type[T], name: str, make: Callable[[], T]) -> T:
        """The object of that class and name; made at the first call."""
        with self._lock:
            if (cls, name) not in self._objects:
                self._objects[cls, name] = make()
            return cast("T", self._objects[cls, name])

    def find(self, cls: type[T], name: str) -> T | None:
        """The object of that class and name; None where nothing made it."""
        with self._lock:
            return cast("T | None", self._objects.get((cls, name)))
