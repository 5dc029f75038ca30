"""Whether `--time-budget` keeps its promise: the time from the end of the audit to the network.

    python benchmarks/training/budgets.py PHOTOS [--budgets 2min 5min]

Runs `okng train PHOTOS --time-budget B` for each budget up to the export and prints the plan, the
seconds it took and their share of the budget. A budget is kept where that is at most 1.2; the exit
code is 1 where it is not. Quiet machine; as long as the budgets, and the audit once.
"""

import argparse
import re
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

import okng
from okng.config import duration
from okng.events import Silent
from okng.events.kinds import Event
from okng.events.wording import sentence

MOST = 1.2


class Trained(Exception):  # noqa: N818 - what is to come is of no interest here
    """The network is trained."""


class Watch(Silent):
    """Remembers when the trial of the machine began, and what was planned; ends at the export."""

    begun = 0.0
    plan = ""

    def handle(self, event: Event) -> None:
        """Read what a terminal would show."""
        text = sentence(event) or ""
        if text.startswith("trial of"):
            self.begun = time.monotonic()
        if text.startswith("plan for"):
            self.plan = re.sub(r"plan for \d+ s: (.*?) after a trial.*", r"\1", text)
        if "export" in text:
            raise Trained


def kept(photos: Path, budget: str) -> bool:
    """Train within a budget; whether it was kept."""
    watch = Watch()
    try:
        okng.train(
            photos, out=mkdtemp(prefix="budget-") + "/run", time_budget=budget, progress=watch
        )
    except Trained:
        seconds = time.monotonic() - watch.begun
    share = seconds / duration(budget, "--budgets")
    print(f"{budget}: {watch.plan}; took {seconds:.0f} s, {share:.2f} of the budget", flush=True)
    return share <= MOST


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--budgets", nargs="+", default=["2min", "5min"])
    options = parser.parse_args()
    late = [budget for budget in options.budgets if not kept(options.photos, budget)]
    sys.exit(f"not kept: {', '.join(late)}" if late else 0)


if __name__ == "__main__":
    main()
