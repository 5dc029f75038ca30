"""Half the top load for half an hour: does the memory of the station grow?

    python benchmarks/server/soak.py MODEL PHOTOS [--minutes 30]
    python benchmarks/server/soak.py MODEL PHOTOS --leak     negative control: must grow

The control holds every photo in the process of the station, so that a measurement that cannot see
growth is noticed.
"""

import argparse
import tempfile
import time
from pathlib import Path

from load import closed_load, open_load, photos_of, station

LEAK = """
from okng.station import Station
held, judge_all = [], Station.judge_all
def holding(self, requests):
    held.extend(request.photo for request in requests)
    return judge_all(self, requests)
Station.judge_all = holding
"""
"""Runs in the process of the station before it starts, as negative control."""
SETTLE = 0.2
"""Share of the time after which the first reading counts: caches are full then."""


def main() -> None:
    """Print the memory over time, and its growth."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--leak", action="store_true")
    asked = parser.parse_args()
    photos = [path.read_bytes() for path in photos_of(asked.folder, asked.photos)]
    readings = []
    first = LEAK if asked.leak else ""
    with (
        tempfile.TemporaryDirectory() as folder,
        station(asked.model, Path(folder), first=first) as served,
    ):
        top = closed_load(served.port, photos, 16).verdicts_per_second
        begun = time.monotonic()
        while time.monotonic() - begun < 60 * asked.minutes:
            result = open_load(served.port, photos, top / 2, 3 * asked.minutes, 16)
            readings.append((time.monotonic() - begun, served.memory_mb))
            print(
                f"{readings[-1][0]:6.0f} s {readings[-1][1]:7.1f} MB {result.to_json()}", flush=True
            )
    settled = [memory for at, memory in readings if at >= SETTLE * 60 * asked.minutes]
    print(f"growth from {SETTLE:.0%} of the time to the end: {settled[-1] - settled[0]:+.1f} MB")


if __name__ == "__main__":
    main()
