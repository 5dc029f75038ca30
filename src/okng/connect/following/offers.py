"""What an address offers now: the file of a model, fetched, unpacked and checked."""

import json
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from okng import modelfile
from okng.config.station import ModelsSection
from okng.connect.following.contents import broken, shown, sibling
from okng.connect.following.fetching import fetch
from okng.error_codes import Code
from okng.errors import ModelFileError
from okng.modelfile import ModelFile
from okng.modelfile.archives import is_archive, unpacked

_POINTER = ".json"
_POINTER_BYTES = 64_000


class Pointer(BaseModel):
    """The JSON file that names a model: a small file is exchanged at once, a model is not."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    model: str = Field(min_length=1, max_length=1000, description="Its name beside, or address.")
    sha256: str = Field(pattern=r"^[0-9a-fA-F]{64}$", description="Of the model file.")


class Offer(NamedTuple):
    """A file that was fetched.

    Attributes:
        path: of it.
        version: of the address, by which the next look sees a change.
        digest: SHA-256 that its model file must have; None where none is asked.
    """

    path: Path
    version: str
    digest: str | None


def offered(settings: ModelsSection, known: str, folder: Path) -> Offer | None:
    """Fetch what an address offers; None where that is what it offered before.

    Args:
        settings: the address, and what the model must have.
        known: version of before; empty for none.
        folder: that it is written to.

    Raises:
        ConnectError: it cannot be fetched.
        ModelFileError: the JSON file is not valid.
    """
    url, path = settings.follow or "", folder / "followed"
    version = fetch(url, known, path)
    if version is None:
        return None
    if not urlsplit(url).path.endswith(_POINTER):
        return Offer(path, version, settings.follow_sha256)
    pointer = _pointer(path, url)
    model = sibling(url, pointer.model)
    scheme, own = (each.partition("://")[0].lower() for each in (model, url))
    if scheme != own:
        raise broken(url, f"it names a model by {scheme}, not as it is itself")
    fetch(model, "", path)
    return Offer(path, version, settings.follow_sha256 or pointer.sha256)


def checked(offer: Offer, settings: ModelsSection, folder: Path) -> ModelFile:
    """The model file of an offer.

    Args:
        offer: fetched.
        settings: what the model must have.
        folder: empty, for what an archive holds.

    Raises:
        ModelFileError: it is no model file of okng, was changed, has another digest, or lacks the
            signature.
        ConfigError: the public key cannot be read.
    """
    path = unpacked(offer.path, folder) if is_archive(offer.path) else offer.path
    try:
        return modelfile.read(path, digest=offer.digest, require_signature=settings.follow_key)
    except ModelFileError as exc:  # the file that was fetched has no name that says anything
        where = shown(settings.follow or "")
        raise ModelFileError(
            exc.what, where=where, allowed=exc.allowed, hint=exc.hint, code=exc.code
        ) from exc


def check_classes(
    file: ModelFile, classes: tuple[str, ...], ok_class: str | None, url: str
) -> None:
    """Refuse a model of another product, which would judge every part of this one wrongly."""
    offered_classes = file.metadata.classes
    if (set(offered_classes), file.metadata.ok_class) == (set(classes), ok_class):
        return
    raise ModelFileError(
        f"The followed model judges other classes: {', '.join(offered_classes)}",
        where=shown(url),
        allowed=", ".join(classes),
        hint="Exchange it by hand, or follow the model of this product.",
    )


def _pointer(path: Path, url: str) -> Pointer:
    text = path.read_bytes()[:_POINTER_BYTES]  # a longer one is cut off, and no JSON then
    try:
        return Pointer.model_validate(json.loads(text))
    except (ValidationError, ValueError, RecursionError) as exc:
        raise ModelFileError(
            f"The file that names the followed model is not valid: {str(exc).splitlines()[0]}",
            where=shown(url),
            allowed='{"model": "inspector.onnx", "sha256": "..."}',
            hint="Write the model first, and then this file.",
            code=Code.MODEL_UNREADABLE,
        ) from exc
