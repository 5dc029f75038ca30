"""Photos and heatmaps of a station, by their content: one file per SHA-256."""

from okng.records.photos.places import Place, is_stored, place_of
from okng.records.photos.store import PhotoStore

__all__ = ["PhotoStore", "Place", "is_stored", "place_of"]
