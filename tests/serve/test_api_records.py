"""What is on record can be listed, read, shown and reviewed."""

import io

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from okng.error_codes import Code
from okng.testing import grey_photo

URL = "/api/v1/inspections"
PNG = {"content-type": "image/png"}


def _judge(client: TestClient, level: int, **about: str) -> str:
    answer = client.post(URL, content=grey_photo(level), headers=PNG, params=about)
    return str(answer.json()["id"])


def test_list_is_filtered_and_paged(client: TestClient) -> None:
    """Newest first; the cursor leads through all of them once."""
    made = [_judge(client, level, serial=f"A-{level}") for level in (10, 20, 230)]
    first = client.get(URL, params={"limit": 2}).json()
    second = client.get(URL, params={"limit": 2, "cursor": first["next"]}).json()
    rejected = client.get(URL, params={"verdict": ["NG", "ERROR"]}).json()
    named = client.get(URL, params={"serial": "A-20"}).json()

    pages = [[each["id"] for each in page["inspections"]] for page in (first, second)]
    assert pages == [[made[2], made[1]], [made[0]]]
    assert second["next"] is None
    assert [each["id"] for each in rejected["inspections"]] == [made[2]]
    assert [each["id"] for each in named["inspections"]] == [made[1]]


def test_times_need_an_offset(client: TestClient) -> None:
    """Six o'clock is not the same everywhere."""
    bare = client.get(URL, params={"since": "2026-03-02T06:00:00"})
    whole = client.get(URL, params={"since": "2026-03-02T06:00:00Z"})

    assert (bare.status_code, bare.json()["code"]) == (400, Code.REQUEST_INVALID)
    assert whole.status_code == 200


def test_photo_comes_back_as_it_was_given(client: TestClient) -> None:
    """Byte for byte, with its type."""
    answer = client.get(f"{URL}/{_judge(client, 51)}/photo")

    assert answer.content == grey_photo(51)
    assert answer.headers["content-type"] == "image/png"


def test_heatmap_lies_over_the_photo(client: TestClient) -> None:
    """A picture of its size, with transparency."""
    answer = client.get(f"{URL}/{_judge(client, 230)}/heatmap")

    with Image.open(io.BytesIO(answer.content)) as picture:
        assert (picture.size, picture.mode) == ((50, 50), "RGBA")
        assert np.asarray(picture)[..., 3].any()


@pytest.mark.parametrize("what", ["", "/photo", "/heatmap"])
def test_what_is_not_there_is_missing(client: TestClient, what: str) -> None:
    """With the code for it."""
    answer = client.get(f"{URL}/01900000-0000-7000-8000-000000000000{what}")

    assert (answer.status_code, answer.json()["code"]) == (404, Code.MISSING)


def test_review_joins_the_inspection(client: TestClient) -> None:
    """Agree, disagree, or state what the part is; the last one counts, all of them stay."""
    url = f"{URL}/{_judge(client, 230)}"
    first = client.post(f"{url}/reviews", json={"agree": False, "note": "only dust"})
    second = client.post(f"{url}/reviews", json={"truth": "NG", "label": "dent"})
    detail = client.get(url).json()
    listed = client.get(URL, params={"label": "dent"}).json()

    assert (first.status_code, first.json()["truth"]) == (201, "OK")
    assert detail["reviews"] == [first.json(), second.json()]
    assert [each["verdict"] for each in detail["reviews"]] == ["NG", "NG"]
    assert listed["reviews"][detail["id"]] == {"truth": "NG", "label": "dent"}


def test_review_of_nothing_or_of_everything_is_refused(client: TestClient) -> None:
    """Exactly one statement; nobody agrees with an ERROR."""
    url = f"{URL}/{_judge(client, 5)}/reviews"  # so dark that the session fails
    answers = [
        client.post(url, json=body)
        for body in ({}, {"agree": True, "truth": "OK"}, {"agree": True}, {"truth": "OK"})
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 400, 201]


def test_many_photos_have_a_result_each(client: TestClient) -> None:
    """With their own serials and keys; a bad one costs the others nothing."""
    photos = [grey_photo(51), b"nothing", grey_photo(230)]
    files = [("photo", ("a", photo)) for photo in photos]
    data = {"serial": ["1", "2", "3"], "idempotency_key": "k"}
    answer = client.post(f"{URL}/batch", files=files, data=data)
    again = client.post(f"{URL}/batch", files=files, data=data)

    results = answer.json()["results"]
    assert answer.status_code == 200
    assert [each["inspection"] and each["inspection"]["serial"] for each in results] == [
        "1", None, "3",
    ]  # fmt: skip
    assert results[1]["problem"]["code"] == Code.PHOTO_NO_PHOTO
    assert [each["inspection"] for each in again.json()["results"]] == [
        each["inspection"] for each in results
    ]
