"""Mutated image files of every format through `okng predict`: one row each, in little memory.

Usage: fuzz.py MODEL FOLDER [--files 10000] [--seed 0]

Writes FOLDER anew. Ends with 1 where a row is missing, the program crashed, or memory at the peak
exceeds 1.5 times what a whole photo takes alone that is as large as the largest claim of a header.
"""

import argparse
import contextlib
import csv
import io
import os
import random
import subprocess
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

from okng.preprocess import MAX_PIXELS
from okng.testing import draw_part
from okng.testing.tiff_files import TiffForm, tiff

SIDE = 600  # pixels of a whole photo


def seeds() -> dict[str, list[bytes]]:
    """Whole files by suffix."""
    photo = draw_part(1, size=SIDE).photo
    image, deep = Image.fromarray(photo), photo.astype(np.uint16) * 257
    frames = [Image.fromarray(255 - photo)]
    exif = Image.Exif()
    exif[0x0112] = 6
    rgba = Image.fromarray(np.dstack([photo, photo[..., 0]]))
    forms = [
        TiffForm(photometric=2), TiffForm(photometric=2, planar=True, deflate=True, predictor=2),
        TiffForm(photometric=2, tile=64, order=">"), TiffForm(photometric=2, big=True),
    ]  # fmt: skip
    floats = TiffForm(photometric=2, deflate=True, predictor=3)
    pgm = f"P5 {SIDE} {SIDE} 4095\n".encode() + (deep[..., 0] >> 4).astype(">u2").tobytes()
    found = {
        ".jpg": [_saved(image, "JPEG"), _saved(image, "JPEG", progressive=True, exif=exif),
                 _saved(image.convert("CMYK"), "JPEG"),
                 _saved(image, "MPO", save_all=True, append_images=frames)],
        ".png": [_saved(image, "PNG"), _saved(rgba, "PNG"), _saved(image.quantize(20), "PNG"),
                 _saved(Image.fromarray(deep[..., 0]), "PNG"),
                 _saved(image, "PNG", save_all=True, append_images=frames)],
        ".bmp": [_saved(image, "BMP"), _saved(image.quantize(20), "BMP")],
        ".tif": [tiff(photo, form=forms[0]), *(tiff(deep, form=form) for form in forms),
                 tiff(photo / np.float32(255), form=floats),
                 *(_saved(image, "TIFF", compression=c) for c in ("tiff_lzw", "jpeg", "packbits"))],
        ".webp": [_saved(image, "WEBP"),
                  _saved(image, "WEBP", save_all=True, append_images=frames)],
        ".avif": [_saved(image, "AVIF", speed=10)],
        ".pgm": [pgm, f"P6 {SIDE} {SIDE} 255\n".encode() + photo.tobytes()],
    }  # fmt: skip
    # Boxes of the same kind; HEIC itself cannot be written here, but for a kept one.
    found[".heic"] = [*found[".avif"], *(p.read_bytes() for p in Path().glob("*.heic"))]
    return found


def _saved(image: Image.Image, file_format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def mutated(data: bytes, rng: random.Random) -> bytes:
    """A damaged copy: bits, numbers, pieces, or the end."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        # Half of all hits land in the first bytes, where the structure is.
        reach = min(len(out), 600) if rng.random() < 0.5 else len(out)
        if reach < 8:
            break
        at = rng.randrange(reach - 4)
        kind = rng.randrange(7)
        if kind == 0:
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            out[at : at + 4] = rng.choice((b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff", b"\0\1\0\0"))
        elif kind == 2:
            del out[at : at + rng.randrange(1, 400)]
        elif kind == 3:
            out[at:at] = out[at : at + rng.randrange(1, 4000)] * rng.choice((1, 1, 50))
        elif kind == 4:
            out[at:at] = rng.randbytes(rng.randrange(1, 100))
        elif kind == 5:
            del out[rng.randrange(len(out)) :]
        else:
            out[at] = rng.randrange(256)
    return bytes(out)


def write(folder: Path, count: int, seed: int) -> None:
    """So many files, in turn of every format."""
    folder.mkdir(parents=True)
    rng = random.Random(seed)  # noqa: S311 - no secret
    kinds = [(suffix, data) for suffix, many in seeds().items() for data in many]
    for number in range(count):
        suffix, data = kinds[number % len(kinds)]
        (folder / f"{number:05d}{suffix}").write_bytes(mutated(data, rng))


def largest(folder: Path) -> int:
    """Pixels of the largest photo that a header claims, within what okng reads."""
    claims = [4000 * 4000 // 16]
    for path in folder.iterdir():
        with contextlib.suppress(Exception), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                claims.append(image.width * image.height)
    return max(claim for claim in claims if claim <= MAX_PIXELS)


def predict(model: Path, target: Path, rows: Path) -> tuple[int, float, float, str]:
    """Exit code, seconds, GB at the peak and the last line of what it wrote as an error."""
    begun = time.monotonic()
    program = str(Path(sys.executable).with_name("okng"))
    process = subprocess.Popen(
        [program, "predict", model, target, "--format", "csv", "--output", rows, "--quiet",
         "--threads", "1"],
        stderr=subprocess.PIPE,
    )  # fmt: skip
    errors = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    last = (errors.decode(errors="replace").strip().splitlines() or [""])[-1]
    return code, time.monotonic() - begun, usage.ru_maxrss / 1e6, last


def main() -> int:
    """Run it, and print the figures."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("model", type=Path)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--files", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    write(given.folder / "mutated", given.files, given.seed)
    pixels = largest(given.folder / "mutated")
    alone = given.folder / "whole.jpg"
    Image.fromarray(draw_part(2, size=SIDE).photo).resize((pixels // 4000, 4000)).save(alone)
    need = predict(given.model, alone, given.folder / "whole.csv")[2]
    code, seconds, peak, last = predict(
        given.model, given.folder / "mutated", given.folder / "rows.csv"
    )
    with (given.folder / "rows.csv").open(newline="", encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    verdicts = Counter(row["verdict"] for row in found)
    print(f"{given.files} files, {len(found)} rows, exit code {code}, {seconds:.0f} s")
    print(f"verdicts {dict(verdicts)}; last line: {last}")
    print(
        f"peak {peak:.2f} GB; one photo of {pixels / 1e6:.0f} MP alone {need:.2f} GB; "
        f"ratio {peak / need:.2f}"
    )
    return int(len(found) != given.files or code not in {0, 3} or peak > 1.5 * need)


if __name__ == "__main__":
    sys.exit(main())
