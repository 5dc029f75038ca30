"""Bytes of an image file -> uint8 RGB array: the one decode path of training, audit and line.

It knows files and pixels, nothing about parts, classes or networks.
"""

from okng.preprocess.decoding import (
    FORMATS,
    MAX_PIXELS,
    Array,
    decode,
    is_grey,
    orientation,
    read,
    read_bytes,
    shrink,
)
from okng.preprocess.suffixes import PHOTO_SUFFIXES, RAW_SUFFIXES, UNREAD_PHOTO_SUFFIXES

__all__ = [
    "FORMATS",
    "MAX_PIXELS",
    "PHOTO_SUFFIXES",
    "RAW_SUFFIXES",
    "UNREAD_PHOTO_SUFFIXES",
    "Array",
    "decode",
    "is_grey",
    "orientation",
    "read",
    "read_bytes",
    "shrink",
]
