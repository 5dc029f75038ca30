"""Selects the page of a TIFF file that is the photo; pages with other content are an error."""

import itertools

from okng.preprocess.faults import pages
from okng.preprocess.formats.tiff import directory as tags
from okng.preprocess.formats.tiff.directory import Directory

_REDUCED, _MASK = 1, 4  # bits of the tag NewSubfileType
_ASPECT = 0.05  # relative difference between the aspect ratios of a thumbnail and of its photo


def find_photo(data: bytes, all_pages: list[Directory], name: str) -> int:
    """The number of the page that is the photo.

    Pages that are marked as reduced or as a mask, smaller pages of the same aspect ratio, and
    exact copies count as previews.

    Raises:
        PhotoError: there are further pages with other content.
    """
    full = [number for number, page in enumerate(all_pages) if not _is_marked(page)] or [0]
    photo = all_pages[full[0]]
    others = [
        number
        for number in full[1:]
        if not _is_preview(all_pages[number], photo)
        and not _is_copy(data, all_pages[number], photo)
    ]
    if others:
        raise pages(1 + len(others), name)
    return full[0]


def _is_marked(page: Directory) -> bool:
    return bool(
        page.one(tags.NEW_SUBFILE) & (_REDUCED | _MASK)
        or page.one(tags.SUBFILE) == 2
        or page.one(tags.PHOTOMETRIC) == 4
    )


def _is_preview(page: Directory, photo: Directory) -> bool:
    (width, height), (full_width, full_height) = page.size, photo.size
    # At most half the size, with rounding: a smaller difference is another photo.
    if not width or not height or 2 * width > full_width + 1 or 2 * height > full_height + 1:
        return False
    # Rounding alone changes the aspect of a small picture.
    slack = _ASPECT + 1 / width + 1 / height
    return abs(width * full_height / (height * full_width) - 1) <= slack


def _is_copy(data: bytes, page: Directory, photo: Directory) -> bool:
    pairs = itertools.zip_longest(page.segments, photo.segments, fillvalue=(0, 0))
    return page.size == photo.size and all(
        data[a : a + size] == data[b : b + other] for (a, size), (b, other) in pairs
    )
