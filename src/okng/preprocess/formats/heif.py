"""HEIC photos, if the package pi-heif or pillow-heif is installed."""

import importlib
import importlib.util
from typing import Any

import numpy as np
from PIL import Image

from okng.errors import PhotoFault
from okng.preprocess.faults import check_size, damaged, fault
from okng.preprocess.forms import Form, Opened, camera
from okng.preprocess.images import faults_of, samples_of
from okng.preprocess.levels import has_clear_parts

_PACKAGES = ("pi_heif", "pillow_heif")


def read(data: bytes, name: str) -> Opened:
    """Decode the primary picture of a HEIC file, turned upright by the library.

    Raises:
        PhotoError: it is damaged, or no package for it is installed.
    """
    package = next((p for p in _PACKAGES if importlib.util.find_spec(p)), None)
    if package is None:
        what = "Reading HEIC needs `pip install 'okng[heic]'`"
        raise fault(PhotoFault.FORMAT, what, name)
    module: Any = importlib.import_module(package)
    with faults_of(name, "HEIC"):
        file = module.open_heif(data, convert_hdr_to_8bit=True)
        if not len(file):
            raise damaged("it holds no picture", name)
        picture = file[file.primary_index]
        width, height = picture.size
        check_size(width, height, name)
        image: Image.Image = picture.to_pillow()
        if image.mode.startswith("I"):  # grey of 10 or 12 bits, which the package scales to 16
            image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
        samples = samples_of(image)
        mode, clear = image.mode, has_clear_parts(samples)
        return Opened(samples, Form("HEIF", mode, 8, 1, camera(image), len(file), clear))
