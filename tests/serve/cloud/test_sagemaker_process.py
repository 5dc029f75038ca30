"""The container as SageMaker starts it: a process, pings, photos, SIGTERM under load."""

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from okng.testing import grey_photo
from okng.testing.cloud.container import GRACE_S, Reply, sagemaker_container

PNG = {"Content-Type": "image/png"}
_PING_S = 2.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_container_answers_from_start_to_sigterm(exported: Path, tmp_path: Path) -> None:
    """Pings in time, each photo one verdict, and nothing that was accepted is lost at the end."""
    replies: list[Reply] = []
    ended = threading.Event()
    with sagemaker_container(exported.parent, tmp_path, _free_port()) as container:
        ping = container.ask("/ping")
        first = container.ask("/invocations", grey_photo(130, 64), PNG)
        large = container.ask("/invocations", bytes(6_291_457), PNG)

        def load(number: int) -> None:
            while not ended.is_set():
                photo = grey_photo(130, 64, mark=number)
                replies.append(container.ask("/invocations", photo, PNG))
                if not replies[-1].status:  # nobody listens: leave the processor to what ends
                    ended.wait(0.1)

        threads = [threading.Thread(target=load, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        while len(replies) < 20:
            ended.wait(0.01)
        code, seconds = container.end()
        ended.set()
        for thread in threads:
            thread.join(60)

    assert (ping.status, ping.body) == (200, b"")
    assert ping.seconds < _PING_S
    assert json.loads(first.body)["verdict"] in {"OK", "NG", "REVIEW"}
    assert large.status == 413
    assert {reply.status for reply in replies} <= {200, 503, 0}  # 0: nobody listens any more
    assert code == 0
    assert seconds < GRACE_S


@pytest.mark.parametrize("arguments", [["serve", "serve"], ["serve"]])
def test_foreign_model_ends_the_start_with_its_reason(arguments: list[str], tmp_path: Path) -> None:
    """In the log of the container, as one error without a traceback."""
    (tmp_path / "model.onnx").write_bytes(b"a model of somebody else")
    ended = subprocess.run(
        [sys.executable, "-m", "okng", *arguments], capture_output=True, text=True, cwd=tmp_path,
        timeout=120, check=False,
        env={**_environment(), "OKNG_MODEL": str(tmp_path / "model.onnx"),
             "SAGEMAKER_BIND_TO_PORT": str(_free_port()), "OKNG_SERVER__PORT": "0"},
    )  # fmt: skip

    assert ended.returncode == 4
    assert "not a model file of okng" in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
