"""Calls a station by the clients of others: tritonclient (sync, asyncio) and kserve's.

Run it with the Python of an environment that has them; what is not installed is left out and named:

    uv venv /tmp/clients && uv pip install -p /tmp/clients 'tritonclient[http]' aiohttp pillow
    /tmp/clients/bin/python benchmarks/server/oip_clients.py localhost:8000 photo.png

Prints one line per call; the exit code is the number of calls that failed.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

ADDRESS, PHOTO = sys.argv[1], Path(sys.argv[2])
PACKED = (None, "gzip", "deflate")
failed: list[str] = []


def attempt(name: str, call: Callable[[], object]) -> None:
    """Make a call, and print whether it went well."""
    try:
        call()
    except Exception as exc:  # noqa: BLE001 - whatever a client raises is a failure
        failed.append(name)
        print(f"FAILED {name}: {exc!r}")
    else:
        print(f"ok     {name}")


def inputs(module: Any, binary: bool) -> Iterator[tuple[str, Any]]:
    """The two inputs, as objects of a tritonclient module."""
    pixels = np.asarray(Image.open(PHOTO).convert("RGB"))[None]
    photo = module.InferInput("photo", list(pixels.shape), "UINT8")
    photo.set_data_from_numpy(pixels, binary_data=binary)
    yield "photo", photo
    if binary:  # its JSON form is base64, which tritonclient does not write
        encoded = module.InferInput("photo_bytes", [1], "BYTES")
        encoded.set_data_from_numpy(np.array([PHOTO.read_bytes()], np.object_), binary_data=True)
        yield "photo_bytes", encoded


def check(result: Any) -> None:
    """The verdict and the score are there, as NumPy reads them."""
    verdict, score = result.as_numpy("verdict")[0], float(result.as_numpy("defect_score")[0])
    if verdict not in {b"OK", b"NG", b"REVIEW", "OK", "NG", "REVIEW"} or not 0 <= score <= 1:
        raise ValueError(f"{verdict!r}, {score}")


def outputs(module: Any) -> Iterator[tuple[str, Any]]:
    """None named, or two named: as bytes and in JSON."""
    yield "all outputs", None
    for binary in (True, False):
        names = ("verdict", "defect_score")
        wanted = [module.InferRequestedOutput(name, binary_data=binary) for name in names]
        yield f"outputs {'bytes' if binary else 'JSON'}", wanted


def triton() -> None:
    """Every call of the synchronous client."""
    import tritonclient.http as module  # noqa: PLC0415

    client = module.InferenceServerClient(ADDRESS)
    model = client.get_model_metadata(_model())["name"]
    attempt("triton: live", lambda: _is(client.is_server_live()))
    attempt("triton: ready", lambda: _is(client.is_server_ready()))
    attempt("triton: model ready", lambda: _is(client.is_model_ready(model)))
    attempt("triton: server metadata", lambda: client.get_server_metadata()["extensions"])
    version = client.get_model_metadata(model)["versions"][0]
    attempt("triton: version ready", lambda: _is(client.is_model_ready(model, version)))
    for binary, (wanted_name, wanted), packed in product((True, False), outputs(module), PACKED):
        for name, given in inputs(module, binary):
            options = {
                "outputs": wanted, "request_id": "7", "parameters": {"serial": "A-7"},
                "request_compression_algorithm": packed,
                "response_compression_algorithm": packed,
            }  # fmt: skip
            title = f"{name} {'bytes' if binary else 'JSON'}, {wanted_name}, {packed}"
            attempt(f"triton: {title}",
                    lambda g=given, o=options: check(client.infer(model, [g], **o)))  # fmt: skip
            attempt(f"triton async: {title}",
                    lambda g=given, o=options: check(
                        client.async_infer(model, [g], **o).get_result()))  # fmt: skip
    client.close()


async def triton_asyncio() -> None:
    """The calls of the client for asyncio."""
    import tritonclient.http.aio as module  # noqa: PLC0415

    async with module.InferenceServerClient(ADDRESS) as client:
        model = _model()
        for binary, (wanted_name, wanted), packed in product(
            (True, False), outputs(module), PACKED
        ):
            for name, given in inputs(module, binary):
                title = f"{name} {'bytes' if binary else 'JSON'}, {wanted_name}, {packed}"
                call = client.infer(
                    model, [given], outputs=wanted, request_compression_algorithm=packed,
                    response_compression_algorithm=packed,
                )  # fmt: skip
                await _attempt(f"triton asyncio: {title}", call)


async def kserve() -> None:
    """The calls of kserve's client."""
    from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig  # noqa: PLC0415

    client = InferenceRESTClient(RESTConfig(protocol="v2"))
    base, model = f"http://{ADDRESS}", _model()
    pixels = np.asarray(Image.open(PHOTO).convert("RGB"))[None]
    for binary in (True, False):
        given = InferInput("photo", list(pixels.shape), "UINT8")
        given.set_data_from_numpy(pixels, binary_data=binary)
        asked = InferRequest(model_name=model, infer_inputs=[given])
        call = client.infer(base, asked, model_name=model)
        await _attempt(f"kserve: photo {'bytes' if binary else 'JSON'}", call, checked=False)
    await _attempt("kserve: live", client.is_server_live(base), checked=False)
    await _attempt("kserve: ready", client.is_server_ready(base), checked=False)
    await _attempt("kserve: model ready", client.is_model_ready(base, model), checked=False)


async def _attempt(name: str, call: Awaitable[Any], *, checked: bool = True) -> None:
    try:
        result = await call
        if checked:
            check(result)
        else:
            _is(bool(result))
    except Exception as exc:  # noqa: BLE001
        failed.append(name)
        print(f"FAILED {name}: {exc!r}")
    else:
        print(f"ok     {name}")


def _is(value: object) -> None:
    if value is not True:
        raise ValueError(value)


def _model() -> str:
    import json  # noqa: PLC0415
    import urllib.request  # noqa: PLC0415

    with urllib.request.urlopen(f"http://{ADDRESS}/v2/models") as answer:
        return str(json.load(answer)["models"][0])


def main() -> int:
    """Make all calls."""
    for run in (triton, triton_asyncio, kserve):
        try:
            done = run()
            if done is not None:
                asyncio.run(done)
        except ModuleNotFoundError as exc:
            print(f"left out {run.__name__}: {exc.name} is not installed")
    print(f"{len(failed)} calls failed")
    return min(len(failed), 125)


if __name__ == "__main__":
    sys.exit(main())
