"""The licence that a package states."""

from email.message import Message

import pytest

from okng.targets import licences


class _Strict(Message):
    """As a later importlib_metadata: a key that is missing is an error."""

    def __getitem__(self, name: str) -> str:
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return str(value)


class _Package:
    """A package with some metadata and no files."""

    files = ()

    def __init__(self, **stated: str) -> None:
        self.metadata = _Strict()
        for name, value in stated.items():
            self.metadata[name.replace("_", "-")] = value


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ({"License_Expression": "Apache-2.0"}, "Apache-2.0"),
        ({"License": "MIT License"}, "MIT License"),
        ({"Classifier": "License :: OSI Approved :: BSD License"}, "BSD License"),
        ({}, "see its text"),
    ],
)
def test_a_licence_is_found_wherever_it_is_stated(
    monkeypatch: pytest.MonkeyPatch, stated: dict[str, str], name: str
) -> None:
    """By expression, by the older field, or by a classifier; a missing field is no error."""
    monkeypatch.setattr(licences, "distribution", lambda _: _Package(**stated))

    assert licences.licence_of("some-package").name == name
