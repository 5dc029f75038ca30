"""okng.auditing.cache: where the audit keeps its work."""

from pathlib import Path

import pytest

from okng.auditing.cache import cache_folder


def test_folder_is_named_or_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """OKNG_CACHE first, then the user's cache folder, then the one below the home folder."""
    monkeypatch.setenv("OKNG_CACHE", "/somewhere")
    monkeypatch.setenv("XDG_CACHE_HOME", "/mine")
    assert cache_folder() == Path("/somewhere")
    monkeypatch.delenv("OKNG_CACHE")
    assert cache_folder() == Path("/mine/okng")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "okng"


def test_user_without_a_home_has_a_temporary_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """`docker run --user 12345`: no HOME, and no entry in passwd."""
    for name in ("OKNG_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pathlib.Path.home", _no_home)

    assert cache_folder().is_dir()
    assert cache_folder() == cache_folder()


def _no_home() -> Path:
    raise RuntimeError("Could not determine home directory.")
