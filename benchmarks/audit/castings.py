"""What `okng audit` finds on the casting photos, whose truth is known (shared/data/README.md).

    python benchmarks/audit/castings.py [--seeds 3] [--no-both]

Exact pairs, leaking test photos, parts, wrong labels, pairs across classes; the same under other
seeds; then `casting_data` and `casting_512x512` as one. Five minutes for each seed on two busy
cores. Expected: 64 exact pairs; 700 of 715 test photos leak; 90 to 165 parts, within 5 % under all
seeds; 10 of the 16 wrong labels; at most 0.1 % of the accepted pairs across classes, those of the
wrongly labelled photos aside.
"""

import argparse
import shutil
from collections.abc import Iterable
from pathlib import Path

from bench import DATA, WORK, Run, audit

_KNOWN = ("4073", "1016", "9965", "6988", "8041", "7878")  # wrong labels that the README names
_LONELY = (1353, 2783, 3255, 3963, 5231, 6708, 7229, 7515, 8634)
_TEST = 715


def report(run: Run) -> None:
    """Print everything that the table of figures asks for."""
    found, summary = run.findings, run.findings["summary"]
    crossing = [p for p in found["exact_duplicates"] if _split(p["a"]) != _split(p["b"])]
    leaking = {pair["a"] for pair in found["leaks"] if _split(pair["a"]) == "test"}
    lonely = {f"test/def_front/new__0_{number}.jpeg" for number in _LONELY}
    wrong = {conflict["a"] for conflict in found["label_conflicts"]}
    named = sum(any(path.endswith(f"_{n}.jpeg") for path in wrong) for n in _KNOWN)
    pairs = found["near_duplicates"]
    across = [p for p in pairs if _class(p["a"]) != _class(p["b"])]
    odd = [p for p in across if not {p["a"], p["b"]} & wrong]
    print(f"  {run.speed()}")
    print(f"  exact pairs across splits {len(crossing)}, exact pairs in all "
          f"{len(found['exact_duplicates'])}")  # fmt: skip
    print(f"  test photos that leak {len(leaking)} of {_TEST}; of the nine known to be alone "
          f"{len(leaking & lonely)} leak")  # fmt: skip
    print(f"  parts {summary['parts']} {summary['parts_by_class']}, groups {summary['groups']}")
    print(f"  wrong labels {len(wrong)}, of the six named ones {named}")
    print(f"  pairs {len(pairs)}, across classes {len(across)}, without wrong labels {len(odd)}")
    print(f"  {summary['search']}", flush=True)


def both() -> Path:
    """One folder of links to the photos of both sets, by class."""
    folder = WORK / "both"
    shutil.rmtree(folder, ignore_errors=True)
    _link(folder, "300", (DATA / "casting_data").glob("*/*/*.jp*g"))
    _link(folder, "512", (DATA / "casting_512x512").glob("*/*.jp*g"))
    return folder


def shared(run: Run) -> None:
    """Print how many photos of the 512 set show a part that is in the other set, too."""
    groups = run.findings["groups"]
    mixed = [g for g in groups if {Path(p).name.split("-")[0] for p in g} == {"300", "512"}]
    photos = sum(Path(path).name.startswith("512-") for group in mixed for path in group)
    print(f"  {len(mixed)} parts are in both sets, with {photos} photos of the 512 set", flush=True)


def _link(folder: Path, prefix: str, paths: Iterable[Path]) -> None:
    for path in paths:
        target = folder / path.parent.name / f"{prefix}-{path.parent.parent.name}-{path.name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(path.resolve())


def _class(path: str) -> str:
    return Path(path).parent.name


def _split(path: str) -> str:
    return Path(path).parts[0]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--no-both", action="store_true")
    arguments = parser.parse_args()
    for number in range(arguments.seeds):
        print(f"casting_data, seed {number}")
        report(audit(DATA / "casting_data", name=f"castings-{number}", seed=number))
    if not arguments.no_both:
        print("casting_data and casting_512x512")
        joined = audit(both(), name="both")
        report(joined)
        shared(joined)
