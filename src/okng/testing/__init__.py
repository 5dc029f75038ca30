"""Generated photos of cast discs, for tests and tutorials. No figure on them means anything."""

from okng.testing.broken import broken_photos
from okng.testing.copies import copy_photo
from okng.testing.defects import Defect
from okng.testing.folders import Layout, encode, write_folder
from okng.testing.parts import Sample, draw_part
from okng.testing.recording import RecordingProgress

__all__ = [
    "Defect",
    "Layout",
    "RecordingProgress",
    "Sample",
    "broken_photos",
    "copy_photo",
    "draw_part",
    "encode",
    "write_folder",
]
