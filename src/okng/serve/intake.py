"""Photos in the bodies of requests: raw bytes, or a form with files."""

from collections.abc import Mapping
from typing import NamedTuple

from starlette.datastructures import UploadFile
from starlette.requests import Request

from okng.error_codes import Code
from okng.errors import StationError
from okng.inference.frames import Arrival

_RAW = ("image/", "application/octet-stream", "application/x-image")  # the last is SageMaker's
_FORM = "multipart/form-data"
_BASE64 = (b"/9j/", b"iVBORw0KGgo", b"Qk", b"SUkq", b"TU0AK", b"UklGR", b"data:image/")
"""First bytes of JPEG, PNG, BMP, TIFF and WebP in base64, and of an address with data."""
_TYPES = "image/*, application/octet-stream, or multipart/form-data with a file `photo`"


class Received(NamedTuple):
    """Photos of one request.

    Attributes:
        photos: bytes of image files, in their order.
        fields: of the form, each with its values in their order; empty for raw bytes.
        arrival: when the whole body was received.
    """

    photos: list[bytes]
    fields: Mapping[str, list[str]]
    arrival: Arrival


async def receive(request: Request, *, most: int) -> Received:
    """Read the photos of a request.

    Args:
        request: whose body was not read yet.
        most: files, at most.

    Raises:
        StationError: the body is of another type, is no sound form, or has no photo or too
            many.
    """
    kind = request.headers.get("content-type", "application/octet-stream").strip().lower()
    if not kind.startswith((*_RAW, _FORM)):
        raise StationError(
            f"A body of type {kind.partition(';')[0]} is not read here",
            where="Content-Type",
            allowed=_TYPES,
            hint="Send the bytes of an image file.",
            code=Code.REQUEST_MEDIA_TYPE,
        )
    photos, fields = await (_form(request, most) if kind.startswith(_FORM) else _raw(request))
    if not photos or not all(photos):
        raise StationError("The request has no photo", allowed=_TYPES, hint="Send one.")
    if any(photo.startswith(_BASE64) for photo in photos):
        raise StationError(
            "The photo is text in base64",
            allowed="the bytes of an image file as they are",
            hint="Send the file itself: `curl --data-binary @photo.jpg`.",
            code=Code.REQUEST_MEDIA_TYPE,
        )
    return Received(photos, fields, Arrival.now())


async def _raw(request: Request) -> tuple[list[bytes], Mapping[str, list[str]]]:
    return [await request.body()], {}


async def _form(request: Request, most: int) -> tuple[list[bytes], Mapping[str, list[str]]]:
    # A part that is no file is a serial number or its like: a kilobyte is plenty.
    async with request.form(max_files=most, max_fields=most + 20, max_part_size=1024) as form:
        parts = form.multi_items()
        photos = [await part.read() for _, part in parts if isinstance(part, UploadFile)]
        fields: dict[str, list[str]] = {}
        for name, part in parts:
            if isinstance(part, str):
                fields.setdefault(name, []).append(part)
        return photos, fields
