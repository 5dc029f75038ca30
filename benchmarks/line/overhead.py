"""What one photo costs beyond its session: `inspector(photo)` minus `session.run`, in ms.

    python benchmarks/line/overhead.py [--model inspector.onnx] [--photos 300]

Three forms of a photo of 300 x 300 pixels: decoded, the bytes of a JPEG, and its path. From the
last two the time to decode the bytes is taken off, too. All runs are made in turn, so that a busy
machine slows all of them alike; the figures are medians. Without a model a plain CNN of 64 pixels
with random weights is exported.
It also runs on commits before the engine (PYTHONPATH), which is how the log compares them.
"""

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from okng import Inspector, modelfile, preprocess
from okng.config import Runtime
from okng.inference.sessions import open_session
from okng.testing import draw_part, encode

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 300  # pixels of a side, as the castings have


def main() -> None:
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--photos", type=int, default=300)
    parser.add_argument("--runtime", type=Runtime, default=Runtime.ONNXRUNTIME)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = options.model or _exported(Path(folder) / "inspector.onnx")
        for name, milliseconds in measured(model, Path(folder), options.photos, options.runtime):
            print(f"{name:10s} {milliseconds:7.3f} ms")


def measured(model: Path, folder: Path, photos: int, runtime: Runtime) -> list[tuple[str, float]]:
    """Median ms of the session, of decoding, and the overhead for each form of a photo."""
    inspector = Inspector(model, runtime=runtime, threads=1)
    session = open_session(modelfile.read(model).data, runtime, 1)
    wanted = [name for name in session.outputs if name not in {"heatmap", "evidence"}]
    data = encode(draw_part(1, size=SIZE).photo, "JPEG")
    photo = preprocess.decode(data)
    path = folder / "part.jpg"
    path.write_bytes(data)
    steps: dict[str, Callable[[], object]] = {
        "session": lambda: session.run(photo[None], wanted),
        "decode": lambda: preprocess.decode(data),
        "pixels": lambda: inspector(photo),
        "bytes": lambda: inspector(data),
        "path": lambda: inspector(path),
    }
    taken: dict[str, list[float]] = {name: [] for name in steps}
    for turn in range(photos + 20):
        for name, step in steps.items():
            begun = time.perf_counter()
            step()
            if turn >= 20:  # the first ones warm up caches and memory
                taken[name].append(1000 * (time.perf_counter() - begun))
    medians = {name: float(median(values)) for name, values in taken.items()}
    overhead = [
        (f"+ {name}", medians[name] - medians["session"] - (name != "pixels") * medians["decode"])
        for name in ("pixels", "bytes", "path")
    ]
    return [("session", medians["session"]), ("decode", medians["decode"]), *overhead]


def _exported(path: Path) -> Path:
    import torch  # noqa: PLC0415 - not needed with --model

    from okng.config import ModelSettings  # noqa: PLC0415
    from okng.export import export  # noqa: PLC0415
    from okng.modelfile import InputRules  # noqa: PLC0415
    from okng.training.artifacts import TrainedModel  # noqa: PLC0415
    from okng.training.networks.architecture import Architecture, build  # noqa: PLC0415

    settings = ModelSettings(name="cnn", filters=8, depth=3)
    architecture = Architecture(settings=settings, classes=2, channels=3, image_size=64)
    torch.manual_seed(0)
    network = build(architecture).eval()
    rules = InputRules(image_size=64)
    model = TrainedModel(network, architecture, rules, ("ok", "dent"), "ok", "", "")
    export(model, path, name="overhead", dataset_digest="0" * 64)
    return path


if __name__ == "__main__":
    main()
