"""The list of inspections as a file for a spreadsheet."""

import csv
import io
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from okng.records.payloads import Review
from okng.serve import Serving, create_app
from okng.serve.web.pages import inspections_csv
from okng.station import Station
from okng.station.reviews import review
from web_site import inspection_row

RISKY = '=HYPERLINK("http://evil.example")'


@pytest.fixture
def page(station: Station) -> Iterator[TestClient]:
    """A station with four inspections; one is reviewed, one has the serial of an attacker."""
    assert station.records is not None
    given = (("OK", "A-1"), ("NG", "A-2"), ("ERROR", "A-3"), ("OK", RISKY))
    rows = [inspection_row(verdict, station.name, serial) for verdict, serial in given]
    station.records.append(*rows).result()
    review(station.records, rows[1].id, Review(truth="OK", label=""), "user:anna")
    with TestClient(create_app(Serving(station)), "http://localhost") as client:
        yield client


def _rows(page: TestClient, query: str = "") -> list[dict[str, str]]:
    answer = page.get(f"/inspections.csv{query}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment;")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_every_inspection_is_a_line(page: TestClient) -> None:
    """Newest first; cells without a value are empty."""
    rows = _rows(page)
    error, wrong = rows[1], rows[2]

    assert [row["verdict"] for row in rows] == ["OK", "ERROR", "NG", "OK"]
    assert (wrong["defect_score"], wrong["review"]) == ("0.910000000", "OK")
    assert (error["defect_score"], error["error"], error["review"]) == ("", "photo.damaged", "")


def test_no_cell_is_run_by_a_spreadsheet(page: TestClient) -> None:
    """A serial number comes from whoever sends a photo."""
    assert _rows(page)[0]["serial"] == f"'{RISKY}"


@pytest.mark.parametrize(
    ("query", "serials"),
    [("?verdict=NG", ["A-2"]), ("?serial=A-&verdict=OK", ["A-1"]), ("?reviewed=yes", ["A-2"]),
     ("?batch=none", []), ("?since=2999-01-01", [])],
)  # fmt: skip
def test_the_file_holds_what_the_list_shows(
    page: TestClient, query: str, serials: list[str]
) -> None:
    """The same filters, on all pages of it; the page leads to the file with them."""
    shown = page.get(f"/inspections{query}").text.replace("&amp;", "&")

    assert [row["serial"] for row in _rows(page, query)] == serials
    assert 'href="/inspections.csv?' in shown
    assert all(f"{part}" in shown.split("/inspections.csv?")[1].split('"')[0]
               for part in query[1:].split("&"))  # fmt: skip


def test_a_long_file_says_that_there_is_more(
    page: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody takes a part of the records for all of them; one that just fits says nothing."""
    monkeypatch.setattr(inspections_csv, "_PAGE", 2)
    assert len(_rows(page)) == 4
    monkeypatch.setattr(inspections_csv, "MOST_ROWS", 4)
    assert len(_rows(page)) == 4
    monkeypatch.setattr(inspections_csv, "MOST_ROWS", 3)
    rows = _rows(page)

    assert len(rows) == 4
    assert "There are more" in rows[-1]["time"]
