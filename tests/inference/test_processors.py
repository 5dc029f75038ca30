"""Threads follow the cores that a container may use."""

from pathlib import Path

import pytest

from okng.inference import processors
from okng.inference.processors import cores, limited_cores


@pytest.mark.parametrize(
    ("content", "expected"),
    [("150000 100000", 1.5), ("max 100000", None), ("50000 100000", 0.5), ("", None), ("1", None),
     ("100000 0", None)],
)  # fmt: skip
def test_limit_of_a_control_group(content: str, expected: float | None, tmp_path: Path) -> None:
    """Quota over period; without a quota, and where the file has another form, there is none."""
    file = tmp_path / "cpu.max"
    file.write_text(content)

    assert limited_cores(file) == expected


@pytest.mark.parametrize(("quota", "expected"), [("200000", 2.0), ("-1", None)])
def test_limit_of_an_old_control_group(quota: str, expected: float | None, tmp_path: Path) -> None:
    """Version 1 has two files, and -1 for no limit."""
    (tmp_path / "quota").write_text(quota)
    (tmp_path / "period").write_text("100000")
    found = limited_cores(tmp_path / "none", tmp_path / "quota", tmp_path / "period")

    assert found == expected


def test_no_control_group_is_no_limit(tmp_path: Path) -> None:
    """As on Windows and macOS."""
    assert limited_cores(*(tmp_path / name for name in "abc")) is None


@pytest.mark.parametrize(
    ("limit", "expected"), [(None, 8), (0.5, 1), (1.5, 2), (4.0, 4), (64.0, 8)]
)
def test_cores_are_those_of_the_limit(
    limit: float | None, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rounded up, at least one, and no more than the process may use."""
    monkeypatch.setattr(processors, "limited_cores", lambda: limit)
    monkeypatch.setattr(processors, "_allowed", lambda: 8)

    assert cores.__wrapped__() == expected
