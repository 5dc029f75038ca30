"""A task of ECS Fargate: a station that has nothing but the environment of its process."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import select

from okng.records import Records
from okng.records.tables import inspections
from okng.testing import grey_photo
from okng.testing.cloud.aws import BUCKET, stand_in

_STOP_S = 30.0
"""`stopTimeout` of a task: SIGKILL follows."""
_FROM_OUTSIDE = ("PATH", "PYTHONPATH", "OMP_NUM_THREADS")


def test_task_is_set_by_its_environment_alone(
    exported: Path, postgres_url: str, tmp_path: Path
) -> None:
    """Model and photos in S3, records in PostgreSQL, keys by login; SIGTERM ends it in time."""
    with stand_in() as s3:
        s3.put_object(Bucket=BUCKET, Key="inspector.onnx", Body=exported.read_bytes())
        aws = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        env = {
            **{name: os.environ[name] for name in _FROM_OUTSIDE if name in os.environ}, **aws,
            "OKNG_MODELS__FOLLOW": f"s3://{BUCKET}/inspector.onnx",
            "OKNG_MODELS__FOLLOW_AS": "live",
            "OKNG_RECORDS__DATABASE": postgres_url,
            "OKNG_RECORDS__PHOTO_STORE": f"s3://{BUCKET}/photos",
            "OKNG_STATION__FOLDER": str(tmp_path / "station"),
            "OKNG_SERVER__PORT": "0", "OKNG_SERVER__NO_AUTH": "true",
            "OKNG_SERVER__STOP_TIMEOUT": "25", "HOME": str(tmp_path),
        }  # fmt: skip
        command = [sys.executable, "-m", "okng", "serve"]
        with subprocess.Popen(
            command, env=env, cwd=tmp_path, stdout=subprocess.PIPE, text=True
        ) as task:
            try:
                assert task.stdout is not None
                port = int(re.findall(r":(\d+)", task.stdout.readline())[-1])
                status, body = _judged(port, grey_photo(130, 64))
                begin = time.monotonic()
                task.send_signal(signal.SIGTERM)
                code = task.wait(_STOP_S)
                seconds = time.monotonic() - begin
            finally:
                task.kill()
        photos = s3.list_objects_v2(Bucket=BUCKET, Prefix="photos/")["Contents"]
    with Records(postgres_url) as records:
        rows = records.read(select(inspections.c.id))

    assert status == 201
    assert [row.id for row in rows] == [body["id"]]
    assert len(photos) == 1
    assert (code, seconds < _STOP_S) == (0, True)


def _judged(port: int, photo: bytes) -> tuple[int, dict[str, object]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", "/api/v1/inspections", photo, {"Content-Type": "image/png"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()
