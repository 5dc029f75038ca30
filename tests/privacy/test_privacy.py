"""Nothing leaves the plant: no look-up, no connection, no device number, in any verb."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

Watched = Callable[[str], list[str]]
_JUDGE = """
import sys, time
from okng import Inspector
from okng.config import Runtime
inspector = Inspector({model!r}, runtime=Runtime({runtime!r}))
assert inspector({photo!r}).verdict != "ERROR"
time.sleep({seconds})
"""
_ALL = """
from pathlib import Path
import okng
from okng.testing import write_folder
if __name__ == "__main__":
    work = Path({work!r})
    photos = write_folder(work / "photos", good=14, defective=14, size=48)
    okng.audit(photos, out=work / "audit.json", no_near=True)
    small = dict(model="cnn", image_size=32, epochs=1, filters=4, depth=2, precision="float32")
    run = okng.train(photos, out=work / "run", no_near=True, **small)
    okng.evaluate(run.model_file, photos, out=work / "evaluation")
    okng.Inspector(run.model_file)(next(photos.rglob("*.jpg")))
"""


def _caches(home: Path) -> list[str]:
    files = (path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file())
    return [name for name in files if "matplotlib" not in name and "okng" not in name]


def test_the_watch_sees_names_and_addresses(watched: Watched) -> None:
    """The watch writes down what Python and native code try: it can fail."""
    code = (
        "import socket\n"
        "for call in (lambda: socket.getaddrinfo('example.com', 443),"
        " lambda: socket.create_connection(('192.0.2.1', 9), 1),"
        " lambda: socket.socket().connect(('192.0.2.1', 9))):\n"
        "    try: call()\n"
        "    except OSError: pass\n"
    )
    assert watched(code) == ["getaddrinfo example.com", "getaddrinfo 192.0.2.1", "connect ?"]


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
def test_judging_leaves_nothing_and_reaches_nobody(
    exported: Path, photos: Path, home: Path, watched: Watched, runtime: str
) -> None:
    """One photo judged where no CI hides it: no file in the home, no attempt to reach a host."""
    if importlib.util.find_spec(runtime) is None:
        pytest.skip(f"{runtime} is not installed")
    photo = next(photos.rglob("*.jpg"))
    code = _JUDGE.format(model=str(exported), runtime=runtime, photo=str(photo), seconds=1)
    assert watched(code) == []
    assert _caches(home) == []


@pytest.mark.slow
def test_a_service_of_a_minute_reaches_nobody(
    exported: Path, photos: Path, watched: Watched
) -> None:
    """A lasting one: onnxruntime sends its events in batches, the first after some ten seconds."""
    photo = next(photos.rglob("*.jpg"))
    code = _JUDGE.format(model=str(exported), runtime="onnxruntime", photo=str(photo), seconds=60)
    assert watched(code) == []


@pytest.mark.slow
def test_audit_train_evaluate_and_predict_reach_nobody(
    tmp_path: Path, home: Path, watched: Watched
) -> None:
    """The whole way from photos to verdicts, native libraries included."""
    assert watched(_ALL.format(work=str(tmp_path / "work"))) == []
    assert _caches(home) == []
