"""The shape of a run folder, which holds on every machine: files, columns, keys, counts.

Kept in `tests/golden/golden.json` for one run of each kind. After an intended change, write it
anew and look at its diff:

    OKNG_GOLDEN=write python -m pytest tests -k golden_shape
"""

import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

from okng import Run

GOLDEN = Path(__file__).parent / "golden/golden.json"
# Names with a score and a photo in them, and a figure that needs eight photos with a heatmap.
_DEPENDS = re.compile(r"^(gradcam/.*\.png|figures/heatmap_check\.png|traces/.*)$")
# Settings have a reference page of their own; what the check of the heatmaps computes follows from
# how many photos have one.
_LEFT_OUT = ("/settings/", "/heatmap_check/")
# The values of a sentence follow from its code, and which sentences there are from the run.
_MESSAGES = re.compile(r"/(\w+_)?messages\b")
Shape = dict[str, list[str]]


def shape_of(run: Run) -> Shape:
    """Files of a run folder, columns of its tables, photos by split and class, metrics keys."""
    files = [path.relative_to(run.folder) for path in run.folder.rglob("*") if path.is_file()]
    manifest, scores = pd.read_csv(run.manifest), pd.read_csv(run.scores)
    photos = Counter(f"{row.split} {row.label}" for row in manifest.itertuples())
    metrics = json.loads(run.metrics_file.read_text(encoding="utf-8"))
    return {
        "files": sorted(name for name in map(str, files) if not _DEPENDS.match(name)),
        "columns of manifest.csv": list(manifest.columns),
        "columns of scores.csv": list(scores.columns),
        "photos": sorted(f"{name}: {count}" for name, count in photos.items()),
        "keys of metrics.json": sorted(
            key
            for key in _keys(metrics)
            if not key.startswith(_LEFT_OUT) and not _MESSAGES.search(key)
        ),
    }


def shape_differences(name: str, run: Run) -> list[str]:
    """What a run has that the golden one of this name has not, and the other way round.

    A key below a value that is null or empty in one of the two is no difference.
    """
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    found = shape_of(run)
    if os.environ.get("OKNG_GOLDEN") == "write":
        golden[name] = found
        GOLDEN.write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    differences = []
    for part, expected in golden[name].items():
        differences += [f"{part}: {key} is gone" for key in _missing(expected, found[part])]
        differences += [f"{part}: {key} is new" for key in _missing(found[part], expected)]
        if part.startswith("columns") and expected != found[part]:
            differences.append(f"{part}: the order is {found[part]}")
    return differences


def _keys(value: Any, path: str = "") -> set[str]:
    """Paths of all leaves; the items of a list are one; a null or empty value ends with "?"."""
    if value in (None, [], {}):
        return {f"{path}?"}
    if isinstance(value, dict):
        return {key for name, item in value.items() for key in _keys(item, f"{path}/{name}")}
    if isinstance(value, list):
        return {key for item in value for key in _keys(item, f"{path}/[]")}
    return {path}


def _missing(wanted: list[str], there: list[str]) -> list[str]:
    """Keys of `wanted` that are not in `there`, nor below a value that is empty in it."""
    plain = {key.removesuffix("?") for key in there}
    empty = [key.removesuffix("?") for key in there if key.endswith("?")]
    return [
        key
        for key in (key.removesuffix("?") for key in wanted)
        if key not in plain
        and not any(key == other or key.startswith(f"{other}/") for other in empty)
        and not any(other.startswith(f"{key}/") for other in plain)
    ]
