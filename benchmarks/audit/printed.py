"""Planted copies among parts of one print: how many are found, and what is joined wrongly.

    python benchmarks/audit/printed.py [NAME ...] [--seeds 3] [--parts 300] [--copies 100]

Each name is a kind of print and a balance of print, grain, scratches and noise (`LOOKS`). Copies
are turned by any angle, mirrored or not, sheared, zoomed, relit, of other gamma and encoded anew.
Only the search runs, in this process; 400 photos take about 25 seconds of a core to draw and 25 to
search. Expected: 95 % found, no pair across parts.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from bench import load

from okng.auditing.near.features import local_features
from okng.auditing.near.search import NearDuplicates, find_near_duplicates
from okng.auditing.near.store import Store
from okng.testing import Planted, Print, PrintLook, write_printed_folder

_CLEAN = {"grain": 0.015, "marks": 2.0, "noise": 0.01}
_BARE = {"grain": 0.008, "marks": 2.0, "noise": 0.01}
LOOKS = {
    "text": (Print.TEXT, PrintLook()),
    "text-dense": (Print.TEXT, PrintLook(contrast=0.9, density=1.8)),
    "text-clean": (Print.TEXT, PrintLook(contrast=0.9, **_CLEAN)),
    "text-bare": (Print.TEXT, PrintLook(contrast=0.9, **_BARE)),
    "text-faint": (Print.TEXT, PrintLook(contrast=0.3, density=0.6)),
    "text-turned": (Print.TEXT, PrintLook(contrast=0.9, grain=0.03, turned=True)),
    "logo": (Print.LOGO, PrintLook()),
    "logo-clean": (Print.LOGO, PrintLook(contrast=1, density=2, grain=0.01, marks=0.5)),
    "ring": (Print.RING, PrintLook()),
    "ring-clean": (Print.RING, PrintLook(contrast=1, **_CLEAN)),
    "ring-bare": (Print.RING, PrintLook(contrast=1, **_BARE)),
    "ring-turned": (Print.RING, PrintLook(contrast=1, grain=0.01, turned=True)),
    "screen": (Print.SCREEN, PrintLook()),
    "screen-dense": (Print.SCREEN, PrintLook(contrast=1, density=2, grain=0.02)),
    "screen-noisy": (Print.SCREEN, PrintLook(noise=0.03, grain=0.03)),
}


def measure(name: str, seed: int, parts: int, copies: int, size: int) -> None:
    """Plant, search, score, print."""
    kind, look = LOOKS[name]
    with tempfile.TemporaryDirectory() as folder:
        planted = write_printed_folder(
            Path(folder), kind, parts=parts, copies=copies, style=look, size=size, seed=seed
        )
        begin = time.perf_counter()
        found = _search(planted)
    seconds = time.perf_counter() - begin
    paths = list(planted.parts)
    groups = {paths[n]: place for place, group in enumerate(found.groups) for n in group}
    share = np.mean([groups.get(c, c) == groups.get(s, s) for c, s in planted.sources.items()])
    across = sum(planted.parts[paths[p.a]] != planted.parts[paths[p.b]] for p in found.pairs)
    own = "not needed" if found.own_agreement is None else f"{found.own_agreement:.2f}"
    print(f"{name:13s} {size} px, seed {seed}: found {share:.3f}, pairs {len(found.pairs)}, across "
          f"parts {across}, line {found.threshold.matches} features, own marks {own}, "
          f"{seconds:.0f} s", flush=True)  # fmt: skip


def _search(planted: Planted) -> NearDuplicates:
    paths = list(planted.parts)
    with Store(None) as store:
        for path in paths:
            store.add(path, "{}", local_features(load(planted.root / path)))
        labels = [Path(path).parent.name for path in paths]
        return find_near_duplicates(paths, labels, store, advance=_ignored)


def _ignored(steps: int = 1, facts: str = "") -> None:
    """Nobody watches."""


def _asked(arguments: argparse.Namespace) -> Iterator[tuple[str, int]]:
    for name in arguments.names or LOOKS:
        for seed in range(arguments.seeds):
            yield name, seed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--parts", type=int, default=300)
    parser.add_argument("--copies", type=int, default=100)
    parser.add_argument("--size", type=int, default=256)
    given = parser.parse_args()
    for one, number in _asked(given):
        measure(one, number, given.parts, given.copies, given.size)
