"""A GenICam camera with a software trigger, as harvesters shows one; the virtual ones have none."""

from collections import deque
from types import SimpleNamespace
from typing import Any, Self

import numpy as np

from okng.testing.line.frame_streams import numbered


class FakeBuffer:
    """One filled buffer."""

    def __init__(self, number: int) -> None:
        photo = numbered(number)
        component = SimpleNamespace(
            data=photo.ravel(), width=photo.shape[1], height=photo.shape[0], data_format="RGB8"
        )
        self.payload = SimpleNamespace(components=[component])
        self.module = SimpleNamespace(frame_id=number)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        """It goes back to the driver."""


class TriggeredAcquirer:
    """Exposes at each TriggerSoftware.

    Attributes:
        waiting: buffers that are filled.
        swallowed: numbers of triggers whose frame never comes.
    """

    def __init__(self) -> None:
        self.waiting: deque[FakeBuffer] = deque()
        self.swallowed: set[int] = set()
        self.triggers = 0
        trigger = SimpleNamespace(execute=self._expose)
        self.remote_device = SimpleNamespace(node_map=SimpleNamespace(TriggerSoftware=trigger))

    def try_fetch(self, *, timeout: float) -> FakeBuffer | None:  # noqa: ARG002 - as harvesters
        """A filled buffer, if there is one."""
        return self.waiting.popleft() if self.waiting else None

    def late(self, number: int) -> None:
        """A frame of an earlier trigger comes late."""
        self.waiting.append(FakeBuffer(number))

    def _expose(self) -> None:
        self.triggers += 1
        if self.triggers not in self.swallowed:
            self.waiting.append(FakeBuffer(self.triggers))


class FakeProducer:
    """Gives one camera, and counts how often it was let go."""

    def __init__(self) -> None:
        self.let_go_of: list[Any] = []

    def let_go(self, acquirer: Any) -> None:
        """The camera is closed."""
        self.let_go_of.append(acquirer)


def is_frame(photo: object, number: int) -> bool:
    """Whether a photo is the frame of a trigger."""
    return np.array_equal(np.asarray(photo), numbered(number))
