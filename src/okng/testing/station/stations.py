"""Settings and photos for tests of a station."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from okng.config import StationSettings


def station_settings(folder: Path, **sections: dict[str, Any]) -> StationSettings:
    """Settings of a station in a folder, without keys and login.

    Args:
        folder: for its database and photos.
        **sections: section -> setting -> value, over the defaults.
    """
    values: dict[str, dict[str, Any]] = {
        "station": {"folder": folder},
        "server": {"no_auth": True},
    }
    for name, section in sections.items():
        values[name] = values.get(name, {}) | section
    return StationSettings.model_validate(values)


def grey_photo(level: int, size: int = 50, mark: int = 0) -> bytes:
    """A PNG of one grey level, with which a `BrightnessSession` gives the score level / 255.

    Args:
        level: from 0 to 255.
        size: of each side, in pixels.
        mark: makes the bytes of photos of one level differ.
    """
    data = io.BytesIO()
    photo = Image.fromarray(np.full((size, size, 3), level, np.uint8))
    photo.save(data, "PNG", pnginfo=_marked(mark))
    return data.getvalue()


def _marked(mark: int) -> PngInfo:
    info = PngInfo()
    info.add_text("mark", str(mark))
    return info
