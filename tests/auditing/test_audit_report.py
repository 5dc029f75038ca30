"""okng.auditing.report: one page with the evidence side by side, and nothing from elsewhere."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from okng.auditing import examine, with_splits, write_report
from okng.dataset import add_digests, find_photos
from okng.events import Silent
from okng.testing import write_folder


@pytest.fixture(scope="module")
def page(planted: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page on photos whose copies all lie in the test."""
    photos = tuple(
        replace(p, split="test" if "copy" in p.path else "train")
        for p in planted.examined.dataset.photos
    )
    examined = with_splits(planted.examined, replace(planted.examined.dataset, photos=photos))
    path = write_report(examined, tmp_path_factory.mktemp("report") / "audit.html")
    return path.read_text(encoding="utf-8")


def test_page_tells_the_findings(page: str) -> None:
    """The headline, what leaks, what to do, and how it was found."""
    assert "These 44 photos show about 32 parts" in page
    assert "12 of 12 photos of the test split show parts that are also in training" in page
    assert "Use --split new" in page
    assert "small details of the surface are in the same places on both" in page
    assert (
        "Correct the photos first: one finding is serious" in page or "findings are serious" in page
    )
    assert "Not checked: suspicious labels" in page


def test_pairs_stand_side_by_side_with_the_overlay(page: str) -> None:
    """Three pictures in each row: both photos, and one laid over the other."""
    rows = re.findall(r"<tr><td><img.*?</tr>", page, flags=re.DOTALL)

    assert len(rows) == 24  # the leaks and the links, twelve each
    assert all(row.count("data:image/jpeg;base64,") == 3 for row in rows)


def test_page_says_where_when_and_by_what(page: str) -> None:
    """Path, date and version, so that a printed page can be put back."""
    assert re.search(r'class="soft facts">[^<]*/[^<]* \| \d{4}-\d\d-\d\d \| okng \d', page)


def test_every_part_is_counted_by_its_photos(page: str) -> None:
    """Parts with one photo are parts, too: the column adds up to all of them."""
    table = page[page.index("photos of one part") :]
    rows = re.findall(r'<td class="n">(\d+)</td><td class="n">(\d+)</td>', table)

    assert sum(int(parts) for _, parts in rows) == 32
    assert sum(int(photos) * int(parts) for photos, parts in rows) == 44


def test_page_needs_nothing_else(page: str) -> None:
    """No address outside of it; tables can be sorted."""
    assert not re.search(r"""(src|href)=["'](?!data:)""", page)
    assert "https://" not in page
    assert 'class="sortable"' in page


def test_vanished_photos_leave_a_gap(tmp_path: Path) -> None:
    """A photo that cannot be read any more has no picture; names are escaped."""
    root = write_folder(tmp_path / "p", good=4, defective=4, size=32)
    original = min((root / "ok").iterdir())
    odd = original.with_name("<b>&.jpg")
    odd.write_bytes(original.read_bytes())
    examined = examine(add_digests(find_photos(root)), Silent())
    odd.unlink()
    page = write_report(examined, tmp_path / "audit.html").read_text(encoding="utf-8")

    assert "ok/&lt;b&gt;&amp;.jpg" in page
    assert "<b>&.jpg" not in page
