"""okng.audit.cache: where the audit keeps its work."""

from pathlib import Path

import pytest

from okng.audit.cache import cache_folder


def test_folder_is_named_or_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """OKNG_CACHE first, then the user's cache folder, then the one below the home folder."""
    monkeypatch.setenv("OKNG_CACHE", "/somewhere")
    monkeypatch.setenv("XDG_CACHE_HOME", "/mine")
    assert cache_folder() == Path("/somewhere")
    monkeypatch.delenv("OKNG_CACHE")
    assert cache_folder() == Path("/mine/okng")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "okng"
