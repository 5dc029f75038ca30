"""A folder that judges photos without okng: model file, script, requirements, licences, a photo."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from PIL import Image

from okng import preprocess
from okng.error_codes import Code
from okng.errors import ConfigError
from okng.files import write_atomic, write_error
from okng.inference import Inspector
from okng.modelfile import Metadata, ModelFile
from okng.runs.layout import MODEL
from okng.targets.licences import licence_of

SCRIPT, REQUIREMENTS, ABOUT, LICENCES = "judge.py", "requirements.txt", "README.md", "LICENCES.md"


@dataclass(frozen=True)
class Bundle:
    """A bundle that was written.

    Attributes:
        folder: holds everything.
        photo: the sample.
        expected: the line that the script prints of it.
    """

    folder: Path
    photo: Path
    expected: str


def write_bundle(file: ModelFile, folder: Path, photo: Path | None = None) -> Bundle:
    """Write a bundle into a new folder.

    Args:
        file: the model file, read and checked.
        folder: it is not there yet, or empty.
        photo: the sample; one of noise is made when left out.

    Raises:
        ConfigError: the folder holds something, or the photo has more than 8 bits.
        PhotoError: the photo cannot be read.
        OkngError: a file cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(
            "The folder of the bundle is not empty",
            where=folder,
            hint="Name a new one with `out`.",
            code=Code.FILE_EXISTS,
        )
    if photo is not None:
        _check_photo(photo)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sample = _sample(file.metadata, folder, photo)
        write_atomic(folder / MODEL, file.data)
    except OSError as exc:
        raise write_error(exc, folder) from exc
    bundle = Bundle(folder, sample, _expected(folder, sample))
    for name in (SCRIPT, REQUIREMENTS):
        write_atomic(folder / name, _template(name))
    _write_licences(file.metadata, folder)
    write_atomic(folder / ABOUT, _about(file, bundle))
    return bundle


def packages() -> list[str]:
    """Names of the packages in the requirements."""
    pins = re.findall(r"^([A-Za-z0-9][\w.-]*)==", _template(REQUIREMENTS), flags=re.MULTILINE)
    return list(dict.fromkeys(pins))  # numpy has one pin for each of two versions of Python


def _template(name: str) -> str:
    source = name if name == REQUIREMENTS else f"{name}.txt"
    return (files("okng.targets") / "files" / source).read_text(encoding="utf-8")


def _check_photo(photo: Path) -> None:
    """Raise where the script cannot judge it as okng does."""
    opened = preprocess.open_photo(preprocess.read_bytes(photo), str(photo))
    if preprocess.span_of(opened.samples, str(photo)) is not None:
        raise ConfigError(
            "The sample photo has more than 8 bits, which the script does not judge",
            where=photo,
            allowed="a photo of 8 bits",
            hint="Take another `photo`.",
        )


def _sample(metadata: Metadata, folder: Path, photo: Path | None) -> Path:
    if photo is not None:
        return Path(shutil.copyfile(photo, folder / f"sample{photo.suffix.lower()}"))
    side = 2 * metadata.input.image_size  # so that it is resized
    coarse = np.random.default_rng(0).integers(60, 200, (8, 8, 3), dtype=np.uint8)
    path = folder / "sample.png"
    Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC).save(path)
    return path


def _expected(folder: Path, sample: Path) -> str:
    """What the script will print: okng's own verdict."""
    photo = preprocess.read(sample)  # at its full size, as the script decodes it
    verdict = Inspector(folder / MODEL)(photo)
    return f"{sample.name} {verdict.verdict.value} {verdict.defect_score:.4f}"


def _write_licences(metadata: Metadata, folder: Path) -> None:
    rows = [
        ("weights of the network", metadata.weights_licence or "not stated", metadata.weights),
        (SCRIPT, "Apache-2.0", "okng"),
    ]
    for licence in map(licence_of, packages()):
        rows.append((licence.package, licence.name, "installed by pip, not in this folder"))
        for name, text in licence.texts.items():
            write_atomic(folder / "licences" / licence.package / name, text)
    write_atomic(folder / LICENCES, _table(rows))


def _table(rows: Sequence[tuple[str, str, str]]) -> str:
    lines = [f"| {' | '.join(cells)} |" for cells in rows]
    return "\n".join(
        [
            "# Licences",
            "",
            "| what | licence | source |",
            "|---|---|---|",
            *lines,
            "",
            "The texts of the packages are in the folder `licences`.",
            "",
        ]
    )


def _about(file: ModelFile, bundle: Bundle) -> str:
    metadata = file.metadata
    return f"""# {metadata.name}

Judges photos with one model file. It needs Python 3.11 or newer, and no okng.

    python -m venv .venv
    .venv/bin/pip install --require-hashes -r {REQUIREMENTS}
    .venv/bin/python {SCRIPT} {bundle.photo.name}

prints `{bundle.expected}`. On Windows the programs are in `.venv\\Scripts`.

- `{MODEL}`: SHA-256 {file.digest}
- classes: {", ".join(metadata.classes)}
- a score of {metadata.operating_point.threshold:.6g} or more is NG. REVIEW means that a
  person decides: the score lies in the review band, or the photo is unlike the training photos.
  ERROR never passes a part.
- `{SCRIPT}` judges photos of 8 bits. It keeps no records; a line is run with `okng serve`.
"""
