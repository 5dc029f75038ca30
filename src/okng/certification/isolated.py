"""A judge in a process of its own: some kernels are chosen by a variable that is read once.

Parent and child talk over pipes: one line of JSON, then bytes. The child starts with `python -m
okng.certification.isolated`, so that no script of a user is imported again.
"""

import contextlib
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import IO, Any

import numpy as np

from okng.certification.judges import Answer, JudgeHere
from okng.certification.setups import Kernels, Setup
from okng.error_codes import Code
from okng.errors import ModelFileError, OkngError
from okng.inference import Frame
from okng.modelfile import Metadata, ModelFile

_VARIABLES = {Kernels.AVX2: {"ONEDNN_MAX_CPU_ISA": "AVX2"}}
"""Environment of the child, by set of kernels."""


class JudgeApart:
    """Judges in a child process.

    Args:
        file: read and checked.
        setups: of one runtime and one set of kernels.

    Raises:
        OkngError: the runtime is not installed, or refuses the graph.
    """

    def __init__(self, file: ModelFile, setups: Sequence[Setup]) -> None:
        self.setups = tuple(setups)
        self._child = subprocess.Popen(  # noqa: S603 - this program
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_VARIABLES[setups[0].kernels]},
        )
        document = {
            "setups": [setup.model_dump(mode="json") for setup in setups],
            "metadata": file.metadata.model_dump(mode="json"),
            "size": len(file.data),
        }
        try:
            self._ask(document, file.data)
        except BaseException:
            self.close()
            raise

    def judge(self, frames: Sequence[Frame]) -> list[list[Answer]]:
        """For each setup the answers on frames of one size, in their order.

        Raises:
            ModelFileError: the child has ended.
        """
        document = {"photos": len(frames), "shape": frames[0].pixels.shape}
        answers = self._ask(document, *(frame.pixels for frame in frames))
        return [[Answer(*answer) for answer in of_setup] for of_setup in answers]

    def close(self) -> None:
        """End the child."""
        with contextlib.suppress(OSError):
            self._pipes[0].close()  # it ends when there is nothing more to read
        self._pipes[1].close()
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    @property
    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        stdin, stdout = self._child.stdin, self._child.stdout
        assert stdin is not None  # noqa: S101 - PIPE was asked for
        assert stdout is not None  # noqa: S101
        return stdin, stdout

    def _ask(self, document: dict[str, object], *blocks: Any) -> list[list[list[Any]]]:
        """The fields of an answer, by setup and frame; empty where none was asked for."""
        stdin, stdout = self._pipes
        try:
            _send(stdin, document, *blocks)
            reply: dict[str, Any] = json.loads(stdout.readline())
        except (OSError, ValueError) as exc:
            setup = self.setups[0]
            raise ModelFileError(
                f"The process that judges with {setup.runtime} and the kernels {setup.kernels} "
                "has ended",
                hint="Check the memory of the machine.",
                code=Code.MODEL_NO_RESULTS,
            ) from exc
        if "error" in reply:
            raise OkngError(reply["error"], code=Code(reply["code"]))
        answers: list[list[list[Any]]] = reply.get("answers", [])
        return answers


def _send(stream: IO[bytes], document: dict[str, Any], *blocks: Any) -> None:
    stream.write(json.dumps(document).encode() + b"\n")
    for block in blocks:
        stream.write(np.ascontiguousarray(block).data if isinstance(block, np.ndarray) else block)
    stream.flush()


def _serve(source: IO[bytes], target: IO[bytes]) -> None:
    """The child: open the model, then answer photos until the parent closes the pipe."""
    document = json.loads(source.readline())
    data = source.read(document["size"])
    metadata = Metadata.model_validate(document["metadata"])
    setups = [Setup.model_validate(setup) for setup in document["setups"]]
    try:
        judge = JudgeHere(ModelFile(metadata, data, hashlib.sha256(data).hexdigest()), setups)
    except OkngError as exc:
        _send(target, {"error": exc.what, "code": exc.code.value})
        return
    _send(target, {})
    while line := source.readline():
        _send(target, {"answers": judge.judge(_frames(source, json.loads(line)))})


def _frames(source: IO[bytes], document: dict[str, Any]) -> list[Frame]:
    shape = tuple(document["shape"])
    size = int(np.prod(shape))
    return [
        Frame(np.frombuffer(source.read(size), np.uint8).reshape(shape))
        for _ in range(document["photos"])
    ]


def main() -> None:
    """Answer on the standard output, which no library may write to."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
