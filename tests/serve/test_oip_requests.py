"""The Open Inference Protocol, version 2: what it answers, in JSON and as bytes."""

import base64
import gzip
import json
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from okng.error_codes import Code
from okng.station import Station
from okng.testing import grey_photo

INFER = "/v2/models/test/infer"
LENGTH = "inference-header-content-length"


def _pixels(*levels: int, size: int = 8) -> np.ndarray:
    return np.stack([np.full((size, size, 3), level, np.uint8) for level in levels])


def _json(photo: np.ndarray, **more: Any) -> dict[str, Any]:
    tensor = {"name": "photo", "shape": list(photo.shape), "datatype": "UINT8"}
    return {"inputs": [tensor | {"data": photo.tolist()}], **more}


def _binary(
    data: bytes, shape: list[int], name: str = "photo", **more: Any
) -> tuple[bytes, dict[str, str]]:
    """A body with the bytes of one tensor behind its JSON part, and its header."""
    tensor = {
        "name": name, "shape": shape, "datatype": "UINT8" if name == "photo" else "BYTES",
        "parameters": {"binary_data_size": len(data)},
    }  # fmt: skip
    head = json.dumps({"inputs": [tensor], **more}).encode()
    return head + data, {LENGTH: str(len(head))}


def _element(data: bytes) -> bytes:
    return struct.pack("<I", len(data)) + data


def _outputs(answer: Any) -> dict[str, Any]:
    return {output["name"]: output for output in answer["outputs"]}


def test_metadata_state_inputs_outputs_and_version(client: TestClient) -> None:
    """As clients ask before they infer; the version is that of the model file."""
    server, model = client.get("/v2").json(), client.get("/v2/models/test").json()
    version = model["versions"][0]

    assert client.get("/v2/").json() == server
    assert server["extensions"] == ["binary_tensor_data"]
    assert [each["shape"] for each in model["inputs"]] == [[-1, -1, -1, 3], [-1]]
    assert model["platform"] == "onnx_onnxv1"
    assert client.get(f"/v2/models/test/versions/{version}").json() == model
    assert client.get("/v2/models").json() == {"models": ["test"]}


def test_health_answers_both_forms(client: TestClient) -> None:
    """KServe reads `ready`, the text of the protocol states `live`."""
    assert client.get("/v2/health/live").json() == {"live": True, "ready": True}
    assert client.get("/v2/models/test/ready").json() == {"name": "test", "ready": True}
    client.app.state.serving.stop()  # type: ignore[attr-defined]
    assert client.get("/v2/health/ready").status_code == 503
    assert client.get("/v2/health/live").status_code == 200


def test_json_tensor_is_judged_and_on_record(client: TestClient, station: Station) -> None:
    """The id is echoed, parameters go on record, and the verdicts are those of the station."""
    asked = _json(_pixels(51, 230), id="line-7", parameters={"serial": "A-7"})
    answer = client.post(INFER, json=asked).json()
    outputs = _outputs(answer)

    assert (answer["id"], answer["model_name"]) == ("line-7", "test")
    assert outputs["verdict"]["data"] == ["OK", "NG"]
    assert outputs["probabilities"]["shape"] == [2, 2]
    assert outputs["defect_score"]["data"] == pytest.approx([51 / 255, 230 / 255])
    assert outputs["probabilities"]["data"][1::2] == outputs["defect_score"]["data"]
    assert station.records is not None
    row = station.records.inspection(outputs["inspection_id"]["data"][0])
    assert row is not None
    assert (row.serial, row.verdict) == ("A-7", "OK")
    assert station.photos is not None
    assert station.photos.get(row.photo_place or "").startswith(b"BM")


def test_flat_json_is_the_same(client: TestClient) -> None:
    """Row-major, as the protocol allows."""
    photo = _pixels(51)
    asked = _json(photo)
    asked["inputs"][0]["data"] = photo.ravel().tolist()

    assert _outputs(client.post(INFER, json=asked).json())["verdict"]["data"] == ["OK"]


def test_bytes_both_ways(client: TestClient) -> None:
    """Little-endian floats, and texts with their lengths, in the order of the outputs."""
    body, header = _binary(
        _pixels(51, 230).tobytes(), [2, 8, 8, 3], parameters={"binary_data_output": True},
        outputs=[{"name": "defect_score"}, {"name": "verdict"},
                 {"name": "class", "parameters": {"binary_data": False}}],
    )  # fmt: skip
    answer = client.post(INFER, content=body, headers=header)
    end = int(answer.headers[LENGTH])
    outputs, behind = _outputs(json.loads(answer.content[:end])), answer.content[end:]

    assert np.frombuffer(behind[:8], "<f4") == pytest.approx([51 / 255, 230 / 255])
    assert behind[8:] == _element(b"OK") + _element(b"NG")
    assert outputs["verdict"]["parameters"] == {"binary_data_size": 12}
    assert outputs["class"]["data"] == ["ok", "dent"]


def test_encoded_photos_are_judged(client: TestClient) -> None:
    """As bytes with their lengths, or in JSON as base64."""
    photos = [grey_photo(51), grey_photo(230)]
    body, header = _binary(b"".join(map(_element, photos)), [2], "photo_bytes")
    texts = [base64.b64encode(photo).decode() for photo in photos]
    tensor = {"name": "photo_bytes", "shape": [2], "datatype": "BYTES", "data": texts}

    for answer in (
        client.post(INFER, content=body, headers=header),
        client.post(INFER, json={"inputs": [tensor]}),
    ):
        assert _outputs(answer.json())["verdict"]["data"] == ["OK", "NG"]


@pytest.mark.parametrize("name", ["gzip", "deflate"])
def test_compression_both_ways(client: TestClient, name: str) -> None:
    """Deflate is a stream of zlib, as in HTTP."""
    plain = json.dumps(_json(_pixels(51))).encode()
    body = gzip.compress(plain) if name == "gzip" else zlib.compress(plain)
    headers = {"content-encoding": name, "accept-encoding": name}
    answer = client.post(INFER, content=body, headers=headers)

    assert answer.headers["content-encoding"] == name
    assert _outputs(answer.json())["verdict"]["data"] == ["OK"]


def test_repeat_with_a_key_gets_the_same_inspections(client: TestClient) -> None:
    """Each photo of a request has a key of its own."""
    asked = _json(_pixels(51, 230), parameters={"idempotency_key": "k"})
    first, second = (client.post(INFER, json=asked).json() for _ in range(2))

    assert _outputs(first)["inspection_id"] == _outputs(second)["inspection_id"]


PHOTO = _json(_pixels(51))
TENSOR = PHOTO["inputs"][0]
BYTES, HEADER = _binary(_pixels(51).tobytes(), [1, 8, 8, 3])
HEAD = int(HEADER[LENGTH])


def _changed(**fields: Any) -> dict[str, Any]:
    return {"inputs": [TENSOR | fields]}


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(b"", {}, id="nothing"),
        pytest.param(b"{", {}, id="half of a document"),
        pytest.param(b"[" * 100_000, {}, id="too deep"),
        pytest.param(b'{"inputs": [NaN]}', {}, id="no number"),
        pytest.param(b'{"inputs": [1' + b"0" * 5000 + b"]}", {}, id="a number of 5,000 digits"),
        pytest.param([], {}, id="a list"),
        pytest.param({"inputs": []}, {}, id="no input"),
        pytest.param({"inputs": [TENSOR, TENSOR]}, {}, id="an input twice"),
        pytest.param(_changed(name="image"), {}, id="unknown input"),
        pytest.param(_changed(datatype="FP32"), {}, id="other type"),
        pytest.param(_changed(shape=[-1, 8, 8, 3]), {}, id="negative size"),
        pytest.param(_changed(shape=[1, 8, 8]), {}, id="three sizes"),
        pytest.param(_changed(shape=[2**40, 2**40, 2**40, 3]), {}, id="sizes that overflow"),
        pytest.param(_changed(shape=[1, 8, 9, 3]), {}, id="too few data"),
        pytest.param(_changed(shape=[True, 8, 8, 3]), {}, id="a size that is no number"),
        pytest.param(_changed(shape=[0, 8, 8, 3]), {}, id="no photo"),
        pytest.param(_changed(data=None), {}, id="no data"),
        pytest.param(_changed(data=[1.5] * 192), {}, id="fractions"),
        pytest.param(_changed(data=[256] * 192), {}, id="above 255"),
        pytest.param(_changed(data=[[1], [2, 3]]), {}, id="ragged"),
        pytest.param(_changed(data=["a"] * 192), {}, id="texts"),
        pytest.param(_changed(parameters={"binary_data_size": 5}), {}, id="data and bytes"),
        pytest.param(PHOTO | {"outputs": [{"name": "mask"}]}, {}, id="unknown output"),
        pytest.param(PHOTO | {"outputs": [{"name": "class"}] * 2}, {}, id="an output twice"),
        pytest.param(PHOTO | {"parameters": {"binary_data_output": "yes"}}, {}, id="no switch"),
        pytest.param(PHOTO | {"parameters": {"serial": "x" * 201}}, {}, id="long serial"),
        pytest.param(PHOTO | {"id": 7}, {}, id="an id that is no text"),
        pytest.param(BYTES, {LENGTH: str(len(BYTES) + 1)}, id="length behind the end"),
        pytest.param(BYTES, {LENGTH: "-1"}, id="negative length"),
        pytest.param(BYTES, {LENGTH: "nan"}, id="length that is no number"),
        pytest.param(BYTES, {LENGTH: "0"}, id="no JSON part"),
        pytest.param(BYTES, {LENGTH: str(HEAD - 1)}, id="length within the JSON part"),
        pytest.param(BYTES + b"x", HEADER, id="a byte too many"),
        pytest.param(BYTES[:-1], HEADER, id="a byte too few"),
        pytest.param(PHOTO, {"content-encoding": "gzip"}, id="not compressed"),
        pytest.param(gzip.compress(b"{}")[:-4], {"content-encoding": "gzip"}, id="cut stream"),
    ],
)
def test_malformed_request_is_a_400_with_a_text(
    client: TestClient, body: Any, headers: dict[str, str]
) -> None:
    """After the cases of Triton's L0_http, L0_input_validation and L0_http_fuzz."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = client.post(INFER, content=content, headers=headers)

    assert answer.headers["content-type"] == "application/json"
    assert (answer.status_code, list(answer.json())) == (400, ["error"])


@pytest.mark.parametrize(
    "data",
    [_element(b"x") * 2, _element(b"x")[:-1], struct.pack("<I", 2**32 - 1) + b"x", b"\1\0", b""],
)
def test_elements_must_fit(client: TestClient, data: bytes) -> None:
    """One too many, cut off, beyond the end, half of a length, none."""
    body, header = _binary(data, [1], "photo_bytes")

    assert client.post(INFER, content=body, headers=header).status_code == 400


def test_what_is_not_there_or_too_large_has_its_status(client: TestClient) -> None:
    """Model, version, encoding, size before and after decompression, too many photos."""
    bomb = gzip.compress(b" " * 1_000_000)
    answers = [
        client.post("/v2/models/none/infer", json=PHOTO),
        client.post("/v2/models/test/versions/7/infer", json=PHOTO),
        client.post(INFER, json=PHOTO, headers={"content-encoding": "br"}),
        client.post(INFER, content=b" " * 500_000),
        client.post(INFER, content=bomb, headers={"content-encoding": "gzip"}),
        client.get("/v2/nothing"),
        client.get(INFER),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 415, 413, 413, 404, 405]
    assert all(list(answer.json()) == ["error"] for answer in answers)


def test_photo_that_cannot_be_judged_is_named(client: TestClient) -> None:
    """With its place in the request, its code, and where it is on record."""
    photos = _element(grey_photo(51)) + _element(grey_photo(51)[:-30])
    body, header = _binary(photos, [2], "photo_bytes")
    answer = client.post(INFER, content=body, headers=header)

    assert answer.status_code == 400
    assert f"Photo 1 cannot be judged: {Code.PHOTO_DAMAGED}" in answer.json()["error"]


def test_body_in_chunks_is_read(client: TestClient) -> None:
    """As Triton's L0_sagemaker sends it: many small chunks."""
    chunks = (BYTES[place : place + 7] for place in range(0, len(BYTES), 7))
    answer = client.post(INFER, content=chunks, headers=HEADER)

    assert _outputs(answer.json())["verdict"]["data"] == ["OK"]
