"""Generated photos of cast discs and printed parts, and fakes. No figure on them means anything."""

from okng.testing.broken import broken_photos
from okng.testing.copies import copy_photo
from okng.testing.defects import Defect
from okng.testing.folders import Layout, encode, write_folder
from okng.testing.parts import Sample, draw_part
from okng.testing.printed_folders import Planted, write_printed_folder
from okng.testing.prints import Print, PrintLook, draw_printed
from okng.testing.recording import RecordingProgress
from okng.testing.sessions import BrightnessSession
from okng.testing.station.stations import grey_photo, station_settings

__all__ = [
    "BrightnessSession",
    "Defect",
    "Layout",
    "Planted",
    "Print",
    "PrintLook",
    "RecordingProgress",
    "Sample",
    "broken_photos",
    "copy_photo",
    "draw_part",
    "draw_printed",
    "encode",
    "grey_photo",
    "station_settings",
    "write_folder",
    "write_printed_folder",
]
