"""Defect masks: finds them among photos, and reads them.

MVTec stores them below `ground_truth/<class>`; other data sets beside the photos (`001_GT.png`), in
a folder `mask` or `masks`, or under the photo's name with another suffix (`001.jpg`, `001.png`).
"""

import re
from collections import Counter
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt

from okng import preprocess
from okng.dataset.parallel import in_order
from okng.dataset.records import Dataset, Reason
from okng.dataset.tree import Folder
from okng.errors import PhotoError

MASKS = "ground_truth"
"""Folder of the masks, beside those of the photos."""
_FOLDERS = frozenset({
    "mask", "masks", "label", "labels", "annotation", "annotations", "groundtruth", "gt",
    "segmentation", "segmentations", "segmentationclass", "seg", "binary_mask", "defect_masks",
})  # fmt: skip
_ENDING = re.compile(
    r"[_\-. ](mask|masks|gt|label|labels|seg|segmentation|annotation|groundtruth|ground_truth)"
    r"(?:[_\-]?\d+)?$",
    re.IGNORECASE,
)
_ENDINGS = ("_mask", "_GT", "_gt", "_label", "_seg", "-mask", "_Mask", "_MASK")
_LOSSLESS = (".png", ".bmp", ".tif", ".tiff")  # formats of masks beside a JPEG of the same name
_FEW = 4  # colours of a drawn mask: two, one if nothing is marked, and some for anti-aliased edges
_NEAR = 32  # grey levels by which JPEG compression changes black and white
_BLURRED = 0.98  # fraction of pixels of a JPEG mask that are so near to black or white


def take_masks(tree: Folder, root: Path) -> list[str]:
    """Remove the masks from a tree of folders.

    Folders `ground_truth` contain masks only. Elsewhere a file is a mask if its name or folder is
    that of a mask and its pixels have two values: a photo with such a name stays.

    Returns:
        Paths of the masks, relative to the root.
    """
    masks = _named_ground_truth(tree)
    doubtful = [item for folder in (tree, *tree.below()) for item in _doubtful(folder)]
    checked = in_order(lambda item: is_mask(root / item[0].join(item[1])), doubtful)
    for (folder, name), drawn in checked:
        if drawn:
            folder.photos.remove(name)
            masks.append(folder.join(name))
    return masks


def is_mask(path: Path) -> bool:
    """Whether the pixels of an image have two values, as in a mask; JPEG may blur them."""
    try:
        photo = preprocess.read(path, depth=None)
    except PhotoError:
        return False
    # Colours as one number each, (H, W): 24 bits, which `unique` sorts faster than rows of three.
    packed = photo.astype(np.uint32) @ np.array([65_536, 256, 1], dtype=np.uint32)
    if len(np.unique(packed)) <= _FEW:
        return True
    near = (photo <= _NEAR).all(axis=2) | (photo >= 255 - _NEAR).all(axis=2)
    return path.suffix.lower() in {".jpg", ".jpeg", ".webp"} and bool(near.mean() >= _BLURRED)


def has_masks(dataset: Dataset) -> bool:
    """Whether any photo may have a mask."""
    left_out = any(item.reason is Reason.MASK for item in dataset.left_out)
    return left_out or (dataset.root / MASKS).is_dir()


def find_mask(root: Path, path: str, label: str) -> Path | None:
    """The mask of a photo, if there is one.

    Args:
        root: root of the photos.
        path: path of the photo, relative to the root.
        label: class of the photo.
    """
    name = PurePosixPath(path)
    stem, own = name.stem, root / name.parent
    # MVTec's own folder contains masks only; elsewhere the pixels decide, in `is_mask`.
    expected = [root / MASKS / label / f for f in (f"{stem}_mask.png", f"{stem}.png", name.name)]
    if mask := next((place for place in expected if place.is_file()), None):
        return mask
    places = [
        *(own / f"{stem}{ending}.png" for ending in _ENDINGS),
        *([own / f"{stem}.png"] if name.suffix.lower() != ".png" else []),
        *(own / folder / f"{stem}.png" for folder in ("mask", "masks")),
        *(root / folder / f"{stem}.png" for folder in ("mask", "masks", "Masks")),
        *(root / folder / label / f"{stem}.png" for folder in ("mask", "masks", "Masks")),
    ]
    return next((place for place in places if place.is_file() and is_mask(place)), None)


def read_mask(path: Path) -> npt.NDArray[np.bool_]:
    """The defective pixels: bool (H, W), true above half of the mask's largest value.

    Raises:
        PhotoError: the file does not exist or is not a complete image.
    """
    pixels = preprocess.read(path, depth=None).max(axis=2)
    return np.asarray(pixels > pixels.max() / 2)


def _doubtful(folder: Folder) -> list[tuple[Folder, str]]:
    """Files with the name or folder of a mask, or with the name of a photo in another format."""
    stems = Counter(PurePosixPath(name).stem for name in folder.photos)
    return [
        (folder, name)
        for name in folder.photos
        if _in_mask_folder(folder)
        or _ENDING.search(stem := PurePosixPath(name).stem)
        or (stems[stem] > 1 and name.lower().endswith(_LOSSLESS))
    ]


def _in_mask_folder(folder: Folder) -> bool:
    return not _FOLDERS.isdisjoint(folder.path.lower().split("/"))


def _named_ground_truth(tree: Folder) -> list[str]:
    masks = []
    for folder in (tree, *tree.below()):
        inside = [f for f in folder.folders if f.name.lower() == MASKS]
        masks += [path for f in inside for path in f.paths()]
        folder.folders = [f for f in folder.folders if f not in inside]
    return masks
