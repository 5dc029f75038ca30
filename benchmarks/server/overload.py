"""Five times as many photos as the station can judge, for 60 seconds.

    python benchmarks/server/overload.py MODEL PHOTOS [--seconds 60] [--times 5]

Each answer must be a verdict, or 429 or 503 (with a time to wait); the memory of the station must
stay.
"""

import argparse
import tempfile
from pathlib import Path

from load import closed_load, open_load, photos_of, station

ALLOWED = frozenset({200, 201, 429, 503})
CLIENTS = 64


def main() -> None:
    """Print the answers by status, and the growth of memory."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--times", type=float, default=5)
    asked = parser.parse_args()
    photos = [path.read_bytes() for path in photos_of(asked.folder, asked.photos)]
    with tempfile.TemporaryDirectory() as folder, station(asked.model, Path(folder)) as served:
        top = closed_load(served.port, photos, 16).verdicts_per_second
        before = served.memory_mb
        result = open_load(served.port, photos, asked.times * top, asked.seconds, CLIENTS)
        growth = served.memory_mb - before
        after = closed_load(served.port, photos[:50], 4)
    others = sum(count for status, count in result.statuses.items() if status not in ALLOWED)
    print(f"capacity {top:.1f} photos/s; load {result.to_json()}")
    print(f"answers that are neither a verdict nor 429 or 503: {others}")
    print(f"memory: {before:.0f} MB before, {growth:+.1f} MB; after it: {after.to_json()}")


if __name__ == "__main__":
    main()
