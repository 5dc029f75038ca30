"""An engine on a session without a network."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from okng.inference.engine import InspectionEngine
from okng.testing import BrightnessSession


@pytest.fixture
def engine(exported: Path, session: BrightnessSession) -> Iterator[InspectionEngine]:
    """Open, with one session and room for 5,000 pixels; the batches of its check do not count."""
    with InspectionEngine(exported, sessions=1, pixels=5000) as engine:
        session.batches.clear()
        yield engine
        session.free.set()


@pytest.fixture
def grey() -> Callable[..., np.ndarray]:
    """Makes a photo of one grey level, uint8 (size, size, 3); 2,500 pixels unless told."""

    def made(level: int, size: int = 50) -> np.ndarray:
        return np.full((size, size, 3), level, np.uint8)

    return made
