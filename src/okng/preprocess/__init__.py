"""Decodes image files to uint8 RGB arrays. Training, audit and line share this one path.

Parts, classes and networks do not occur here.
"""

from okng.preprocess.decoded_cache import DecodedCache, decode_anew, keep_decoded
from okng.preprocess.decoding import (
    Decoded,
    decode,
    from_array,
    from_image,
    open_photo,
    pixel_count,
    read,
    reduced_by,
    show,
    side_to_keep,
    size_of,
)
from okng.preprocess.faults import FORMATS, MAX_PIXELS
from okng.preprocess.files import MAX_BYTES, read_bytes
from okng.preprocess.forms import Form, Opened
from okng.preprocess.levels import DEPTHS, FULL_DEPTH, Array, Samples, Span, depth_of, span_of
from okng.preprocess.suffixes import PHOTO_SUFFIXES, RAW_SUFFIXES, UNREAD_PHOTO_SUFFIXES
from okng.resize import is_grey
from okng.resize import resize as shrink

__all__ = [
    "DEPTHS",
    "FORMATS",
    "FULL_DEPTH",
    "MAX_BYTES",
    "MAX_PIXELS",
    "PHOTO_SUFFIXES",
    "RAW_SUFFIXES",
    "UNREAD_PHOTO_SUFFIXES",
    "Array",
    "Decoded",
    "DecodedCache",
    "Form",
    "Opened",
    "Samples",
    "Span",
    "decode",
    "decode_anew",
    "depth_of",
    "from_array",
    "from_image",
    "is_grey",
    "keep_decoded",
    "open_photo",
    "pixel_count",
    "read",
    "read_bytes",
    "reduced_by",
    "show",
    "shrink",
    "side_to_keep",
    "size_of",
    "span_of",
]
