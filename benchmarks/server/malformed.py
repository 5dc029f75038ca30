"""Sends malformed requests to a station over raw sockets: no 5xx answer, and it lives afterwards.

After the cases of Triton's qa/L0_http, L0_http_fuzz, L0_sagemaker and L0_input_validation: broken
lines and headers, lengths that lie, chunks that end nowhere, bodies that are cut off, documents and
tensors with a fault, forms without an end.

    okng serve MODEL --no-auth --port 8000 &
    python benchmarks/server/malformed.py localhost 8000 --requests 10000

Prints the answers by status; the exit code is 1 after a 5xx answer or a crash.
"""

import argparse
import json
import random
import socket
import struct
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable
from urllib.request import urlopen

PATHS = (
    "/api/v1/inspections", "/api/v1/inspections/batch", "/api/v1/inspections/x/reviews",
    "/api/v1/models", "/api/v1/models/test/operating-point", "/api/v1/statistics",
    "/v2", "/v2/models/{model}/infer", "/v2/models/{model}/versions/9/infer", "/v2/health/ready",
    "/ping", "/invocations", "/healthz", "/metrics", "/", "/login", "//", "/%00", "/..%2f..%2f",
    "/api/v1/inspections?limit=-1", "/api/v1/inspections?cursor=%ff", "/" + "a" * 9000,
)  # fmt: skip
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "BREW", "g\x00t")
TYPES = (
    "application/json", "image/png", "image/jpeg", "application/octet-stream", "text/plain", "",
    "multipart/form-data", "multipart/form-data; boundary=x", "application/json; charset=nope",
    "application/vnd.sagemaker-triton.binary+json;json-header-size=99999999999",
    "application/vnd.sagemaker-triton.binary+json;json-header-size=-1",
)  # fmt: skip
HEADERS = (
    "Content-Length: -1", "Content-Length: 1e3", "Content-Length: 99999999999999999999",
    "Content-Length: 5\r\nContent-Length: 6", "Transfer-Encoding: chunked",
    "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked\r\nContent-Length: 3",
    "Content-Encoding: gzip", "Content-Encoding: deflate", "Content-Encoding: br",
    "Inference-Header-Content-Length: -1", "Inference-Header-Content-Length: nan",
    "Inference-Header-Content-Length: 0", "Inference-Header-Content-Length: 18446744073709551616",
    "Host: evil.example", "Host: a b", "Host:", "Authorization: Bearer x", "Authorization: \xff",
    "Idempotency-Key: " + "k" * 300, "Idempotency-Key:", "X-Request-Id: \x01", "Expect: magic",
    "Range: bytes=9-1", "X-Forwarded-For: 1.2.3.4", "Cookie: okng-session=" + "x" * 5000,
    "No colon here", " folded: line", "Accept-Encoding: gzip;q=x", "Connection: upgrade",
    "X-Amzn-SageMaker-Custom-Attributes: serial=\xe9;;;=,",
)  # fmt: skip


def tensor(draw: random.Random) -> bytes:
    """An inference request with a fault somewhere."""
    size = [draw.choice([1, 0, -1, 2, 8, 2**31, 2**63, 1.5, "1", None, True]) for _ in range(4)]
    given = {
        "name": draw.choice(["photo", "photo_bytes", "", "x" * 1000, 7, None]),
        "shape": draw.choice([size, [1, 2, 2, 3], [1], [], "4", {}]),
        "datatype": draw.choice(["UINT8", "BYTES", "FP32", "", 8, None]),
        "data": draw.choice([[1] * 12, [[1], [2, 3]], ["a"], [None], {}, [2**70], [-1] * 12, None]),
        "parameters": draw.choice(
            [{}, {"binary_data_size": draw.choice([12, -1, 2**64, "x"])}, [], 3]
        ),
    }
    for name in [name for name in given if draw.random() < 0.1]:
        del given[name]
    document: dict[str, object] = {"inputs": draw.choice([[given], [given, given], [], given, 5])}
    if draw.random() < 0.3:
        names = ["verdict", "x", 5, ""]
        document["outputs"] = [{"name": draw.choice(names)} for _ in range(draw.randint(0, 3))]
    if draw.random() < 0.2:
        document["id"] = draw.choice([7, "x" * 10_000, None, "\x00"])
    text = json.dumps(document).encode() + draw.choice([b"", b"", bytes(12), b"\xff" * 12])
    return text if draw.random() < 0.7 else text[: draw.randint(0, len(text))]


def noise(draw: random.Random) -> bytes:
    """Bytes without a meaning."""
    return draw.randbytes(draw.choice([0, 1, 7, 100, 5000]))


def photo(draw: random.Random) -> bytes:
    """The beginning of an image file, with a lie about its size or cut off."""
    starts = [
        b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"BM", b"II*\0", b"MM\0*", b"RIFF\0\0\0\0WEBP",
        b"P6\n99999999 99999999\n255\n", b"GIF89a", b"\0\0\0\x18ftypavif", b"\0\0\0\x18ftypheic",
    ]  # fmt: skip
    body = b"IHDR" + struct.pack(">IIBBBBB", draw.choice([1, 2**31 - 1, 0]), 2**20, 8, 2, 0, 0, 0)
    header = struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    return draw.choice(starts) + draw.choice([b"", header, noise(draw)])


def form(draw: random.Random) -> bytes:
    """A form with parts that are not whole."""
    names = ["photo", "serial", "x" * 2000, "", "\r\n"]
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{draw.choice(names)}"'
        f"{draw.choice(['', '; filename=a', '; filename='])}\r\n\r\n".encode()
        + noise(draw)
        + draw.choice([b"\r\n", b""])
        for _ in range(draw.randint(0, 4))
    ]
    return b"".join(parts) + draw.choice([b"--x--\r\n", b"", b"--y--", b"--x"])


def document(draw: random.Random) -> bytes:
    """JSON that goes too deep, is too large a number, or is of another kind."""
    return draw.choice(
        [b"[" * 50_000, b"{" * 2000, b"1" * 6000, b'{"a":' * 3000, b"NaN", b"null", b'"\\ud800"',
         b'{"agree": 5}', b'{"threshold": 1e999, "reason": "x"}', b'{"reason": "\\u0000"}', b"\xff"]
    )  # fmt: skip


BODIES: tuple[Callable[[random.Random], bytes], ...] = (tensor, noise, photo, form, document)


def request(draw: random.Random, model: str) -> bytes:
    """One malformed request."""
    if draw.random() < 0.05:
        return noise(draw) + b"\r\n\r\n"
    body = draw.choice(BODIES)(draw)
    path = draw.choice(PATHS).replace("{model}", model)
    protocol = draw.choice(["HTTP/1.1"] * 20 + ["HTTP/9.9", "HTTP/1.0", "", "HTP"])
    lines = [f"{draw.choice(METHODS[:2] * 5 + METHODS)} {path} {protocol}"]
    if draw.random() < 0.9:
        lines.append("Host: localhost")
    if kind := draw.choice(TYPES):
        lines.append(f"Content-Type: {kind}")
    lines += [draw.choice(HEADERS) for _ in range(draw.choice([0, 0, 1, 1, 2, 3]))]
    if draw.random() < 0.8:
        lines.append(f"Content-Length: {max(0, len(body) + draw.choice([0, 0, 0, 0, -1]))}")
    if draw.random() < 0.02:
        lines += [f"X-{number}: {'y' * 100}" for number in range(2000)]
    head = "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n"
    return head + body


def sent(host: str, port: int, data: bytes) -> str:
    """Send bytes, and read the status of the answer; a word where there is none."""
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            connection.settimeout(1.0)
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)  # so that nothing more is waited for
            answer = b""
            while len(answer) < 12 and (more := connection.recv(65536)):
                answer += more
    except TimeoutError:
        return "no answer in 1 s"
    except OSError:
        return "closed"
    if not answer.startswith(b"HTTP/1.1 "):
        return "closed" if not answer else "no HTTP"
    return answer[9:12].decode("latin-1")


def main() -> int:
    """Send them all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    base = f"http://{given.host}:{given.port}"
    with urlopen(f"{base}/v2/models") as answer:  # noqa: S310
        model = json.load(answer)["models"][0]
    draw, answers, begin = random.Random(given.seed), Counter[str](), time.monotonic()  # noqa: S311
    bad = 0
    for number in range(given.requests):
        data = request(draw, model)
        status = sent(given.host, given.port, data)
        answers[status] += 1
        if status.startswith("5"):
            bad += 1
            print(f"request {number}: {status} for {data[:300]!r}")
    with urlopen(f"{base}/healthz", timeout=10) as answer:  # noqa: S310
        lives = answer.status == 200
    print(f"{given.requests} requests in {time.monotonic() - begin:.0f} s: {dict(answers)}")
    print(f"5xx answers: {bad}; lives: {lives}")
    return 0 if lives and not bad else 1


if __name__ == "__main__":
    sys.exit(main())
