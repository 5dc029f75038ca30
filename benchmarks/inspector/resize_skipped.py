"""What the resize of a model file costs for photos that have the network's size already.

Scores by the graph with its resize and without, in turn, on one thread: the fastest run of each,
and whether every score is equal to the last bit.

Usage: resize_skipped.py MODEL PHOTO...
"""

import sys
import time

import numpy as np

from okng import modelfile
from okng.inference.frames import Frame, read
from okng.inference.score_graph import Part, part_of
from okng.onnx_runtime import open_graph

ROUNDS = 150


def main(model: str, *paths: str) -> None:
    """Print one line for each graph."""
    file = modelfile.read(model)
    frames = [read(path, file.metadata.input) for path in paths]
    photos = [frame.pixels[None] for frame in frames if isinstance(frame, Frame)]
    parts = {
        name: open_graph(part_of(file.data, Part(drawn=False, resize=resize)), 1)
        for name, resize in (("with resize", True), ("without", False))
    }
    scores = [[run.run(None, {"photo": photo}) for photo in photos] for run in parts.values()]
    equal = all(
        np.array_equal(one, other)
        for both in zip(*scores, strict=True)
        for one, other in zip(*both, strict=True)
    )
    best = dict.fromkeys(parts, float("inf"))
    for number in range(ROUNDS):
        feed = {"photo": photos[number % len(photos)]}
        for name, session in parts.items():
            begun = time.perf_counter()
            session.run(None, feed)
            best[name] = min(best[name], time.perf_counter() - begun)
    print(f"{len(photos)} photos; scores {'equal' if equal else 'DIFFER'}")
    for name, seconds in best.items():
        print(f"{name:<12} {1000 * seconds:.2f} ms")


if __name__ == "__main__":
    main(*sys.argv[1:])
