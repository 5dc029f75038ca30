"""Files that a real folder of photos holds sooner or later: broken ones, and unusual ones."""

import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from okng.testing.folders import encode
from okng.testing.parts import draw_part

HUGE = 20_000


def broken_photos(root: Path) -> dict[str, Path]:
    """Write one file of each kind, and tell where.

    Broken: empty (0 bytes), truncated (half a JPEG), text (named .jpg), huge (a valid PNG of
    20,000 x 20,000 pixels). Unusual: sixteen_bit, rgba, cmyk, and rotated (EXIF orientation 6).
    """
    root.mkdir(parents=True, exist_ok=True)
    photo = draw_part(1, size=96).photo
    jpeg = encode(photo)
    contents = {
        "empty": b"",
        "truncated": jpeg[: len(jpeg) // 2],
        "text": b"This is not a photo.\n",
    }
    paths = {kind: root / f"{kind}.jpg" for kind in contents}
    for kind, content in contents.items():
        paths[kind].write_bytes(content)
    paths["huge"] = root / "huge.png"
    paths["huge"].write_bytes(_huge_png())
    image = Image.fromarray(photo)
    grey = photo[..., 0].astype(np.uint16) * 257
    paths["sixteen_bit"] = _saved(Image.fromarray(grey), root / "sixteen_bit.png")
    alpha = Image.fromarray(np.full(photo.shape[:2], 128, np.uint8))
    image.putalpha(alpha)
    paths["rgba"] = _saved(image, root / "rgba.png")
    paths["cmyk"] = _saved(Image.fromarray(photo).convert("CMYK"), root / "cmyk.jpg")
    paths["rotated"] = _rotated(photo[:, :64], root / "rotated.jpg")
    return paths


def _saved(image: Image.Image, path: Path) -> Path:
    image.save(path)
    return path


def _rotated(photo: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], path: Path) -> Path:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(photo).save(path, exif=exif)
    return path


def _huge_png() -> bytes:
    """A black one-bit PNG, compressed row by row without ever being in memory."""
    packer = zlib.compressobj(1)
    row = bytes(1 + HUGE // 8)
    data = b"".join(packer.compress(row * 500) for _ in range(HUGE // 500)) + packer.flush()
    header = struct.pack(">IIBBBBB", HUGE, HUGE, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)
