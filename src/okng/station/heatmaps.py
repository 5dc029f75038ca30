"""Heatmaps of stored photos, computed when somebody asks for one.

The model that decided computes it from the stored photo, so it is the heatmap of that verdict. One
costs an inference, and few parts are ever looked at: it is not computed for every part.
"""

import io
import threading
from collections import OrderedDict

import numpy as np
from PIL import Image

from okng.errors import MissingError
from okng.inference.engine import InspectionEngine
from okng.inference.overlay import layer, strength
from okng.records import InspectionRow
from okng.station.station import Station

_CACHED = 64  # pictures; a page asks for the same one again when the slider is moved


class Heatmaps:
    """Draws heatmaps of inspections; to be used from any thread.

    Args:
        station: whose photos and models they are.
    """

    def __init__(self, station: Station) -> None:
        self._station = station
        self._lock = threading.Lock()
        self._cached: OrderedDict[str, bytes] = OrderedDict()

    def png(self, row: InspectionRow) -> bytes:
        """The heatmap of an inspection as a PNG of the size of its photo, to be laid over it.

        Transparent where there is little evidence, tinted where there is much, with an outline.

        Raises:
            MissingError: the photo is not stored, or the model that decided is not loaded.
            OkngError: the photo cannot be read.
        """
        with self._lock:
            picture = self._cached.get(row.id)
        if picture is None:
            picture = self._drawn(row)
            with self._lock:
                self._cached[row.id] = picture
                while len(self._cached) > _CACHED:
                    self._cached.popitem(last=False)
        return picture

    def _drawn(self, row: InspectionRow) -> bytes:
        photo = photo_of(self._station, row)
        engine = self._engine(row)
        with Image.open(io.BytesIO(photo)) as image:
            size = image.height, image.width
        verdict = engine.inspect(photo, heatmap=True).verdict
        strengths = strength(verdict, engine.metadata.heat)
        if strengths is None:
            raise MissingError("The model file gives no heatmap", where=row.model_name)
        return _png(layer(strengths, size).colour)

    def _engine(self, row: InspectionRow) -> InspectionEngine:
        engines = [served.engine for served in self._station.models.all()]
        if self._station.shadow.engine is not None:
            engines.append(self._station.shadow.engine)
        for engine in engines:
            if engine.digest == row.model_digest:
                return engine
        raise MissingError(
            "The model that decided is not loaded any more",
            where=row.model_digest,
            hint="`okng predict` with that model file and `heatmaps` draws it.",
        )


def photo_of(station: Station, row: InspectionRow) -> bytes:
    """The stored photo of an inspection, as it was given.

    Raises:
        MissingError: it is not stored.
        OkngError: the store cannot be read.
    """
    if station.photos is None or row.photo_place is None:
        raise MissingError(
            "The photo of this inspection is not stored",
            where=row.id,
            hint="`records.photos` decides which photos are.",
        )
    return station.photos.get(row.photo_place)


def _png(colour: np.ndarray) -> bytes:
    data = io.BytesIO()
    Image.fromarray(colour, "RGBA").save(data, "PNG", compress_level=1)
    return data.getvalue()
