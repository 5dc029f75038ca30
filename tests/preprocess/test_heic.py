"""okng.preprocess: HEIC is read where a package for it is installed, else the reason names it."""

import base64
import importlib.util

import numpy as np
import pytest

from okng import preprocess
from okng.errors import PhotoError, PhotoFault

# 48 x 32 pixels: red rises to the right by 5, green downwards by 7, blue is 90; stored turned with
# EXIF orientation 6. Written by pillow-heif 1.8.1 (x265); the line's package cannot write HEIC.
TURNED = base64.b64decode(
    """
AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAchtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAA
AAAAAAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAAB7AABAAAAAAAAAHkAAgAAAAACZQABAAAAAAAAACQAAAA4aWlu
ZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAB
B2lwcnAAAADmaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA
AAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkA
AAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAADAAAAABAAAAIAAAAAH////w
AAAAAv///+AAAAACAAAAEHBpeGkAAAAAAwgICAAAAAlpcm90AwAAABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAAa
aXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAKVtZGF0AAAAdSgBrwngPf7NzycIOlhjJIfYL9GkBd2ua9ear3mIIMFs
HssYQUY+TXbcwC/MDQO9X40hS8yekW4E8WkRhndbAjpRUSWbp9jnjOspqKsDjhDuS+oMn0su6WZxE1jQOXHkTnR9
xkDGdSCMKI5D81pxiSX0bfi/gAAAAAZFeGlmAABNTQAqAAAACAABARIAAwAAAAEABgAAAAAAAA==
"""
)
Y, X = np.mgrid[:32, :48]
UPRIGHT = np.rot90(np.dstack([X * 5, Y * 7, np.full_like(X, 90)]), -1)


@pytest.mark.skipif(importlib.util.find_spec("pi_heif") is None, reason="needs okng[heic]")
def test_heic_is_upright() -> None:
    """The photo stands upright, once, with its colours."""
    opened = preprocess.open_photo(TURNED)
    photo = preprocess.show(opened).pixels

    assert opened.form.file_format == "HEIF"
    assert photo.shape == (48, 32, 3)
    assert np.abs(photo - UPRIGHT).mean() < 6


def test_without_a_package_the_reason_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has no package for HEIC learns what to install."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(PhotoError, match=r"okng\[heic\]") as caught:
        preprocess.decode(TURNED)

    assert caught.value.fault is PhotoFault.FORMAT
