"""Files on disk -> verdicts, photos a second, beside what a user would take instead.

    python -m venv PEERS; PEERS/bin/pip install ultralytics onnxruntime torch timm
    python benchmarks/inspector/peers.py RUN PHOTOS --peers PEERS/bin/python

RUN is a run folder of okng (default recipe), PHOTOS a folder of photos. Each tool runs in a process
of its own, on all cores that this process may use, and judges the same photos twice; the second
time counts. Tools run in turn, so that a busy machine is busy for all; the median of the ratios
to okng counts.

okng          Inspector.judge over the paths, as `okng predict` does
ultralytics   YOLO("yolo11n-cls.onnx").predict at 224 px, for batches of 1, 8 and 32: best counts.
              Weights are random (a network's speed does not depend on them), ONNX with a free batch
loop_yolo     the shortest script: Pillow, then onnxruntime with yolo11n-cls, photo by photo
loop_okng     the same with the file of okng, which takes photos of any size
torch         DataLoader with two workers, the network of the run in torch, batches of 32
"""

# ruff: noqa: PLC0415 - each tool imports what it needs, in a process of its own
import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

SIZE = 224  # pixels: what yolo11n-cls is trained and exported for


def okng(run: Path, paths: list[str], _: Path) -> int:
    """Verdicts of `Inspector.judge`."""
    from okng import Inspector

    inspector = Inspector(run / "inspector.onnx")
    return timed(lambda: sum(1 for _ in inspector.judge(paths)))


def ultralytics(_: Path, paths: list[str], yolo: Path, batch: int) -> int:
    """Its own predict, quietly."""
    from ultralytics import YOLO

    model = YOLO(yolo, task="classify")
    options = {"imgsz": SIZE, "batch": batch, "stream": True, "verbose": False, "device": "cpu"}
    return timed(lambda: sum(1 for _ in model.predict(paths, **options)))


def loop_yolo(_: Path, paths: list[str], yolo: Path) -> int:
    """Pillow and onnxruntime, as tutorials have it."""
    import numpy as np
    import onnxruntime
    from PIL import Image

    session = onnxruntime.InferenceSession(yolo, providers=["CPUExecutionProvider"])

    def judge(path: str) -> None:
        photo = Image.open(path).convert("RGB").resize((SIZE, SIZE), Image.Resampling.BILINEAR)
        pixels = np.asarray(photo, np.float32).transpose(2, 0, 1)[None] / 255
        session.run(None, {"images": pixels})

    return timed(lambda: sum(judge(path) is None for path in paths))


def loop_okng(run: Path, paths: list[str], _: Path) -> int:
    """Pillow and onnxruntime with the file of okng; scores alone."""
    import numpy as np
    import onnxruntime
    from PIL import Image

    file = str(run / "inspector.onnx")
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    wanted = ["probabilities", "defect_score"]

    def judge(path: str) -> None:
        session.run(wanted, {"photo": np.asarray(Image.open(path).convert("RGB"))[None]})

    return timed(lambda: sum(judge(path) is None for path in paths))


def torch(run: Path, paths: list[str], _: Path) -> int:
    """DataLoader and the network of the run in torch."""
    import numpy as np
    import torch as pytorch
    from PIL import Image

    from okng.training import load_full

    model = load_full(run / "models" / "full_model.pth")
    size = model.rules.image_size

    class Photos(pytorch.utils.data.Dataset):
        def __len__(self) -> int:
            return len(paths)

        def __getitem__(self, index: int) -> "pytorch.Tensor":
            photo = Image.open(paths[index]).convert("RGB").resize((size, size))
            return pytorch.from_numpy(np.asarray(photo).copy()).permute(2, 0, 1).float() / 255

    network = model.network.to(memory_format=pytorch.channels_last)

    def judge() -> int:
        loader = pytorch.utils.data.DataLoader(Photos(), 32, num_workers=2)
        with pytorch.inference_mode():
            return sum(len(network(photos)) for photos in loader)

    return timed(judge)


def timed(judge) -> int:
    """Run twice, and print the photos a second of the second time."""
    judge()
    begun, cpu = time.perf_counter(), time.process_time()
    count = judge()
    wall, used = time.perf_counter() - begun, time.process_time() - cpu
    print(json.dumps({"photos_per_second": count / wall, "cpu_ms": 1000 * used / count}))
    return count


TOOLS = {
    "okng": ("own", okng),
    "loop_okng": ("own", loop_okng),
    "torch": ("own", torch),
    "loop_yolo": ("peers", loop_yolo),
    "ultralytics 1": ("peers", lambda *a: ultralytics(*a, 1)),
    "ultralytics 8": ("peers", lambda *a: ultralytics(*a, 8)),
    "ultralytics 32": ("peers", lambda *a: ultralytics(*a, 32)),
}


def export_yolo(python: str, folder: Path) -> Path:
    """The ONNX file of yolo11n-cls with a free batch."""
    file = folder / "yolo11n-cls.onnx"
    if not file.exists():
        script = (
            "from ultralytics import YOLO\n"
            f"YOLO('yolo11n-cls.yaml').export(format='onnx', imgsz={SIZE}, dynamic=True)"
        )
        subprocess.run([python, "-c", script], cwd=folder, check=True, stdout=sys.stderr)
        found = next(folder.rglob("yolo11n-cls*.onnx"))
        found.rename(file)
    return file


def main() -> None:
    """Run all tools in turn and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--tool")
    parser.add_argument("--yolo", type=Path)
    asked = parser.parse_args()
    paths = [str(p) for p in sorted(asked.photos.rglob("*")) if p.is_file()][: asked.count]
    if asked.tool:
        TOOLS[asked.tool][1](asked.run, paths, asked.yolo)
        return
    yolo = export_yolo(asked.peers, Path.home())
    found: dict[str, list[dict[str, float]]] = {name: [] for name in TOOLS}
    for number in range(asked.rounds):
        for name, (where, _) in TOOLS.items():
            python = sys.executable if where == "own" else asked.peers
            command = [python, __file__, str(asked.run), str(asked.photos), "--tool", name]
            command += ["--yolo", str(yolo), "--count", str(asked.count)]
            quiet = os.environ | {"YOLO_VERBOSE": "False"}
            done = subprocess.run(command, check=False, capture_output=True, text=True, env=quiet)
            lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
            if not lines:
                print(f"{name}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
                continue
            found[name].append(json.loads(lines[-1]))
            print(f"round {number + 1} {name}: {lines[-1]}", file=sys.stderr, flush=True)
    own = [each["photos_per_second"] for each in found["okng"]]
    print(f"{'tool':16s} photos/s (median)  CPU ms  okng is x times as fast (median of rounds)")
    for name, runs in found.items():
        if runs:
            rates = [each["photos_per_second"] for each in runs]
            times = median(a / b for a, b in zip(own, rates, strict=False))
            cpu = median(each["cpu_ms"] for each in runs)
            print(f"{name:16s} {median(rates):17.1f} {cpu:7.1f}  {times:.2f}")


if __name__ == "__main__":
    main()
