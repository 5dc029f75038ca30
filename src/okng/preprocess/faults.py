"""Errors for photos that cannot be read, each with its kind and a hint."""

from okng.errors import PhotoError, PhotoFault

MAX_PIXELS = 128_000_000
"""Pixels of a photo, at most: 384 MB of RGB in memory."""
FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP", "AVIF", "HEIF", "PPM")
"""Supported formats, by Pillow's names."""

_SAVE = "Save it as PNG or TIFF of 8 or 16 bit with 1 or 3 channels."
_HINTS = {
    PhotoFault.DAMAGED: "Take the photo again, or leave it out.",
    PhotoFault.EMPTY: "Take the photo again, or leave it out.",
    PhotoFault.DENIED: "Check path and permissions.",
    PhotoFault.FORMAT: "Save it as JPEG, PNG or TIFF.",
    PhotoFault.FORM: _SAVE,
    PhotoFault.RANGE: _SAVE,
    PhotoFault.PAGES: "Split it into one file per photo.",
    PhotoFault.DEPTH: "Save it with the bit depth of the training photos.",
    PhotoFault.SIZE: "Crop or shrink it.",
    PhotoFault.NO_PHOTO: "Leave it out.",
}


def fault(kind: PhotoFault, what: str, name: str) -> PhotoError:
    """The error for a photo.

    Args:
        kind: kind of the fault; selects the hint.
        what: the reason, in one sentence.
        name: name of the photo, or empty.
    """
    return PhotoError(
        what,
        where=name or None,
        allowed=f"a complete {', '.join(FORMATS)} file of at most {MAX_PIXELS:,} pixels",
        hint=_HINTS.get(kind, "Leave it out."),
        fault=kind,
    )


def damaged(why: object, name: str) -> PhotoError:
    """The error for a file with missing or altered pixels."""
    return fault(PhotoFault.DAMAGED, f"The photo is damaged or truncated: {why}", name)


def form(file_format: str, why: str, name: str) -> PhotoError:
    """The error for an intact file in an unsupported form."""
    return fault(
        PhotoFault.FORM,
        f"This form of {file_format} is not supported ({why}): save it as 8 or 16 bit, 1 or 3 "
        "channels",
        name,
    )


def pages(count: int, name: str) -> PhotoError:
    """The error for a file with several photos."""
    what = f"The file has {count} pages; one photo per file: split it"
    return fault(PhotoFault.PAGES, what, name)


def check_size(width: int, height: int, name: str) -> None:
    """Refuse a photo with too many pixels, or without pixels, according to its header.

    Raises:
        PhotoError: it has more than 128 million pixels.
    """
    if width * height > MAX_PIXELS:
        what = f"The photo has too many pixels: {width} x {height}"
        raise fault(PhotoFault.SIZE, what, name)
    if min(width, height) < 1:
        raise damaged(f"its size is {width} x {height} pixels", name)
