"""The format of a file, from its first bytes."""

from enum import Enum, auto

from okng.errors import PhotoError, PhotoFault
from okng.preprocess.faults import damaged, fault


class Kind(Enum):
    """Supported formats."""

    JPEG = auto()
    PNG = auto()
    TIFF = auto()
    BMP = auto()
    DIB = auto()
    WEBP = auto()
    AVIF = auto()
    HEIF = auto()
    PNM = auto()


_STARTS = (
    (b"\xff\xd8", Kind.JPEG), (b"\x89PNG\r\n\x1a\n", Kind.PNG), (b"BM", Kind.BMP),
    (b"II*\0", Kind.TIFF), (b"MM\0*", Kind.TIFF), (b"II+\0", Kind.TIFF), (b"MM\0+", Kind.TIFF),
    (b"\x28\0\0\0", Kind.DIB), (b"\x6c\0\0\0", Kind.DIB), (b"\x7c\0\0\0", Kind.DIB),
)  # fmt: skip
# Formats that are recognised to name them in the error.
_OTHERS = {
    b"GIF8": "GIF", b"%PDF": "PDF", b"8BPS": "Photoshop", b"\0\0\0\x0cjP": "JPEG 2000",
    b"\xff\x4f\xff\x51": "JPEG 2000", b"\xff\x0a": "JPEG XL", b"\0\0\0\x0cJXL ": "JPEG XL",
    b"II\xbc\x01": "JPEG XR", b"\x76\x2f\x31\x01": "OpenEXR", b"SIMPLE  =": "FITS",
    b"#?RADIANCE": "Radiance HDR", b"FUJIFILMCCD-RAW": "a raw file of a camera",
    b"IIRO": "a raw file of a camera", b"IIU\0": "a raw file of a camera", b"P7\n": "PAM",
    b"Pf": "PFM", b"PF": "PFM", b"DDS ": "DDS", b"<svg": "SVG", b"<?xml": "XML",
    b"PK\x03\x04": "a zip file", b"\x59\xa6\x6a\x95": "Sun raster",
}  # fmt: skip
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"mif2"}
_AVIF_BRANDS = {b"avif", b"avis"}


def kind_of(data: bytes) -> Kind | None:
    """The format of a file, or None if it is not supported."""
    if data[:4] == b"RIFF" and data[8:12] in {b"WEBP", b""}:
        return Kind.WEBP
    if data[4:8] == b"ftyp":
        return _boxed(data)
    if data[:1] == b"P" and data[1:2] in b"123456" and data[2:3].isspace():
        return Kind.PNM
    return next((kind for start, kind in _STARTS if data.startswith(start)), None)


def why_unknown(data: bytes, name: str) -> PhotoError:
    """The error for a file in an unsupported format."""
    if data[128:132] == b"DICM":
        return _refused("DICOM", name)
    if data[:4] == b"\x89PNG"[: len(data[:4])] or data[:4] == b"RIFF":
        return damaged("its header cannot be read", name)
    if data[4:8] == b"ftyp":
        raw = data[8:12] == b"crx "
        return _refused("a raw file of a camera" if raw else "a video", name)
    for start, kind in _OTHERS.items():
        if data.startswith(start):
            return _refused(kind, name)
    return fault(PhotoFault.NO_PHOTO, "The file is not a photo of a known format", name)


def _refused(kind: str, name: str) -> PhotoError:
    return fault(PhotoFault.FORMAT, f"The format is not allowed: {kind}", name)


def _boxed(data: bytes) -> Kind | None:
    """HEIC or AVIF, according to the brands in the first box."""
    # The box lists its brands from byte 16 on; a longer list would be damaged.
    size = min(int.from_bytes(data[:4]), 256)
    brands = [data[8:12], *(data[place : place + 4] for place in range(16, size, 4))]
    if any(brand in _AVIF_BRANDS for brand in brands):
        return Kind.AVIF
    return Kind.HEIF if any(brand in _HEIF_BRANDS for brand in brands) else None
