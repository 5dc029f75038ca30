"""Flips single bits of a model file and counts what `modelfile.read` does with each.

python benchmarks/line/flips.py inspector.onnx --flips 500
"""

import argparse
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from okng import modelfile
from okng.errors import ModelFileError


def main() -> None:
    """Print refusals by their sentence, and the time of one read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--flips", type=int, default=500)
    asked = parser.parse_args()
    data, draw = asked.model.read_bytes(), random.Random(7)  # noqa: S311 - any bits do
    begin = time.perf_counter()
    modelfile.read(asked.model)
    print(f"{len(data)} bytes, read and checked in {time.perf_counter() - begin:.3f} s")
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flipped.onnx"
        for _ in range(asked.flips):
            changed = bytearray(data)
            changed[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
            path.write_bytes(changed)
            outcomes[_outcome(path)] += 1
    for sentence, count in outcomes.most_common():
        print(f"{count:6} {sentence}")


def _outcome(path: Path) -> str:
    try:
        modelfile.read(path)
    except ModelFileError as error:
        return error.what
    return "ACCEPTED"


if __name__ == "__main__":
    main()
