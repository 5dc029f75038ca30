"""Manifests that lie elsewhere than the photos."""

from dataclasses import replace
from pathlib import Path

from okng.dataset import Dataset, Photo, is_own_manifest, write_manifest
from okng.error_codes import Code
from okng.errors import ConfigError


def check_target(target: Path, source: Path, *, overwrite: bool) -> None:
    """Refuse to write a manifest over a file that nobody wants to lose.

    Args:
        target: where the manifest goes.
        source: what the photos were named by.
        overwrite: a manifest that okng wrote may be replaced; a file of other origin never is.

    Raises:
        ConfigError: the file is there.
    """
    if not target.exists():
        return
    # never over the manifest that it was read from, or a file of somebody else
    if target.resolve() == source.resolve() or not is_own_manifest(target):
        raise ConfigError(
            "The file is there, and okng did not write it",
            where=target,
            hint="Take another name, or move the file away.",
            code=Code.FILE_EXISTS,
        )
    if not overwrite:
        raise ConfigError(
            "The file is there",
            where=target,
            hint="Take another name, or add `overwrite`.",
            code=Code.FILE_EXISTS,
        )


def write_beside(dataset: Dataset, target: Path) -> Path:
    """Write a manifest whose paths are relative to its own folder, as `okng train` takes them."""
    home = target.resolve().parent
    photos = tuple(_moved(photo, dataset.root, home) for photo in dataset.photos)
    write_manifest(replace(dataset, root=home, photos=photos), target)
    return target


def _moved(photo: Photo, root: Path, home: Path) -> Photo:
    path = root.resolve() / photo.path
    inside = path.is_relative_to(home)
    # absolute where the photo does not lie below the manifest
    return replace(photo, path=(path.relative_to(home) if inside else path).as_posix())
