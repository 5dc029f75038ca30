"""Both clients at a real application: what they send and read is what it takes and gives."""

import asyncio
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from okng.client import AsyncClient, Client
from okng.errors import MissingError, PhotoError, RecordsConflictError
from okng.serve import Serving, create_app
from okng.station import Station
from okng.testing import grey_photo


@pytest.fixture
def connected(client: TestClient) -> Client:
    """A client whose requests go to the application."""
    return Client("http://localhost", http=client)


def test_a_photo_and_its_record(connected: Client) -> None:
    """What was judged is on record, with the photo as it was sent."""
    photo = grey_photo(200)

    judged = connected.judge(photo, serial="A-1", batch="B", product="P")

    stored = connected.inspection(judged.id)
    assert (stored.serial, stored.batch, stored.product) == ("A-1", "B", "P")
    assert stored.verdict is judged.verdict
    assert connected.photo(judged.id) == photo
    assert connected.heatmap(judged.id)[:4] == b"\x89PNG"


def test_the_same_key_has_the_same_answer(connected: Client) -> None:
    """A repeat after a lost answer judges nothing anew; another photo is refused."""
    first = connected.judge(grey_photo(200), key="k")

    assert connected.judge(grey_photo(200), key="k").id == first.id
    with pytest.raises(RecordsConflictError):
        connected.judge(grey_photo(90), key="k")


def test_lists_reviews_and_models(connected: Client) -> None:
    """Pages, reviews and models have the types of the client."""
    ids = [connected.judge(grey_photo(200), serial=f"S-{n}").id for n in range(3)]
    stated = connected.review(ids[0], truth="OK", note="clean")

    listed = [each.id for each in connected.inspections(serial_prefix="S-", limit=2)]
    assert listed == ids[::-1]
    assert stated.truth == "OK"
    assert connected.inspection(ids[0]).reviews == [stated]
    assert [model.role for model in connected.models()] == ["live"]
    assert connected.station().ready


def test_faults_of_the_station(connected: Client) -> None:
    """They come as the errors that the station raised."""
    with pytest.raises(PhotoError):
        connected.judge(b"no photo")
    with pytest.raises(MissingError):
        connected.inspection("00000000-0000-7000-8000-000000000000")


def test_for_asyncio(station: Station, tmp_path: Path) -> None:
    """The client for asyncio gives the same, from a file, too."""
    path = tmp_path / "part.png"
    path.write_bytes(grey_photo(200))

    async def run() -> tuple[str, list[str]]:
        transport = httpx2.ASGITransport(create_app(Serving(station)))
        http = httpx2.AsyncClient(transport=transport)
        async with AsyncClient("http://localhost", http=http) as client:
            judged = await client.judge(path, serial="A-1")
            return judged.id, [each.id async for each in client.inspections(serial="A-1")]

    judged, listed = asyncio.run(run())
    assert listed == [judged]
