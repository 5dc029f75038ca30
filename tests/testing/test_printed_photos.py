"""Printed parts: the print is common, grain and marks are a part's own, copies are planted."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from okng.testing import Print, PrintLook, draw_printed, write_printed_folder

STILL = PrintLook(jitter=0, light=0, grain=0.01, marks=0, noise=0.002)


@pytest.mark.parametrize("kind", Print)
def test_print_is_common_and_grain_is_not(kind: Print) -> None:
    """The same seed is the same part; on others the print lies in the same place."""
    one, again, other = (
        draw_printed(n, kind, style=STILL, size=96).photo.astype(float) for n in (1, 1, 2)
    )
    design = draw_printed(1, kind, style=STILL, size=96, design=7).photo.astype(float)

    assert (one == again).all()
    assert np.abs(one - other).mean() > 0.3
    assert np.abs(one - design).mean() > 1.3 * np.abs(one - other).mean()


def test_folder_holds_parts_and_planted_copies(tmp_path: Path) -> None:
    """Each copy lies in the class of its source and names it."""
    planted = write_printed_folder(tmp_path, Print.LOGO, parts=8, copies=3, size=64)

    assert len(planted.parts) == 11
    assert len(planted.sources) == 3
    for copy, source in planted.sources.items():
        assert planted.parts[copy] == planted.parts[source]
        assert Path(copy).parent == Path(source).parent
    for path in planted.parts:
        with Image.open(tmp_path / path) as photo:
            assert photo.size == (64, 64)
