"""The check of an image finds what is missing in its list of packages and its licences."""

import json
from pathlib import Path

import pytest
from content import LICENCES, SBOM, Package, entries, faults, installed, listed, megabytes, plain

LONG = "Permission is hereby granted, free of charge, to any person obtaining a copy. " * 3


def _image(
    root: Path, *names: str, texts: dict[str, str] | None = None, licence: str = "MIT"
) -> Path:
    """An image with packages of version 1.0, all in order."""
    site = root / "opt/okng/lib/python3.11/site-packages"
    for name in names:
        (site / f"{name}-1.0.dist-info").mkdir(parents=True)
    (root / SBOM).parent.mkdir(parents=True)
    bom = {"components": [{"name": name, "version": "1.0"} for name in names]}
    (root / SBOM).write_text(json.dumps(bom))
    parts = [f"{name}\n1.0\n{licence}\n{(texts or {}).get(name, LONG)}\n" for name in names]
    (root / LICENCES).write_text("\n\n".join(parts))
    return root


def test_an_image_in_order_has_no_faults(tmp_path: Path) -> None:
    """Two packages, both listed, both with a text."""
    image = _image(tmp_path, "one", "two_words")

    assert faults(image) == []
    assert listed(image) == installed(image) == {Package("one", "1.0"), Package("two-words", "1.0")}


def test_a_package_that_is_not_listed_is_named(tmp_path: Path) -> None:
    """Installed, but not in the CycloneDX file."""
    image = _image(tmp_path, "one", "two")
    (image / SBOM).write_text(json.dumps({"components": [{"name": "one", "version": "1.0"}]}))

    assert faults(image) == ["not in the list of packages: two"]


def test_another_version_is_not_the_package(tmp_path: Path) -> None:
    """A list that was made of something else."""
    image = _image(tmp_path, "one")
    (image / SBOM).write_text(json.dumps({"components": [{"name": "one", "version": "1.1"}]}))

    assert faults(image) == ["not in the list of packages: one"]


def test_a_package_without_a_licence_is_named(tmp_path: Path) -> None:
    """Neither an empty text nor a missing entry passes."""
    image = _image(tmp_path, "one", "two", texts={"two": "UNKNOWN"})

    assert faults(image) == ["no text of the licence: two"]
    (image / LICENCES).write_text(f"one\n1.0\nMIT\n{LONG}")
    assert faults(image) == ["no entry among licences: two"]


@pytest.mark.parametrize(
    ("licence", "count"),
    [("GNU Affero AGPL", 1), ("GPLv3", 1), ("GNU Lesser GPLv3 (LGPLv3)", 0), ("BSD-3-Clause", 0)],
)
def test_licences_that_bind_the_user_are_refused(tmp_path: Path, licence: str, count: int) -> None:
    """AGPL and GPL; LGPL is a library beside ours."""
    assert len(faults(_image(tmp_path, "one", licence=licence))) == count


def test_torch_is_a_fault(tmp_path: Path) -> None:
    """A station needs none; it would be ten times the rest."""
    assert faults(_image(tmp_path, "torch")) == ["torch is in the image"]


def test_an_entry_ends_where_the_next_begins() -> None:
    """Texts have empty lines and versions in them."""
    text = "one\n1.0\nMIT\nFirst line\n\nVersion 2.0, of\n\ntwo.words\n2.0.1\nBSD\nText\n"

    assert [(name, version, licence) for name, version, licence, _ in entries(text)] == [
        ("one", "1.0", "MIT"), ("two.words", "2.0.1", "BSD"),
    ]  # fmt: skip
    assert "Version 2.0" in entries(text)[0][3]


def test_names_are_compared_as_pypi_does() -> None:
    """Dots, dashes and underlines are the same."""
    assert plain("Two_Words.x--y") == "two-words-x-y"


def test_size_is_that_on_a_disk(tmp_path: Path) -> None:
    """In millions of bytes."""
    (tmp_path / "file").write_bytes(bytes(3_000_000))

    assert 2.9 < megabytes(tmp_path) < 3.2
