"""Queueing and cost of a day under policies of autoscaling: simulated, not run at AWS.

    python benchmarks/cloud/autoscaling.py --speed 224 12.7 6.4 [--machines 3] [--plot days.png]

Its first options are those of `scale.py`. The peak of each day is what `--machines` instances
ml.c7i.large give at 60 % load; the fleets of Fargate have as many vCPUs. Assumed, since AWS
promises none of it: an instance of SageMaker takes photos five minutes after the order, a task of
Fargate one, an environment of Lambda three seconds (the goal of issue 23); the metric of a minute
is seen a minute later; requests go to the machine with the fewest waiting (of SageMaker that is an
option, `LEAST_OUTSTANDING_REQUESTS`).
"""

import argparse
from pathlib import Path

import traces
from days import Day, days, kinds_of
from fleet import MINUTE
from scale import add_speed, speed_asked

HEAD = (
    "| policy | wait p50, ms | p99, ms | over 1 s or refused | refused | machines: mean, most "
    "| $ a day |\n|---|---|---|---|---|---|---|"
)


def row(day: Day) -> str:
    """A row of the table."""
    used = f"{day.cold} cold starts"
    if day.machines is not None:
        used = f"{day.machines.mean():.2f}, {day.machines.max():.0f}"
    return (f"| {day.policy} | {1000 * day.percentile(50):.0f} | {1000 * day.percentile(99):.0f} "
            f"| {day.late:.2%} | {day.refused:.2%} | {used} | {day.dollars:.2f} |")  # fmt: skip


def main() -> None:
    """Print a table for each trace, and plot them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_speed(parser)
    parser.add_argument("--machines", type=int, default=3, help="instances that the peak needs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--plot", type=Path, help="picture of the days")
    asked = parser.parse_args()
    kinds = kinds_of(speed_asked(asked), asked.machines)
    print(f"peak {kinds.peak:.0f} photos/s")
    shown = {}
    for name, rates_of in traces.TRACES.items():
        rates = rates_of(kinds.peak)
        print(f"\n{name}: {rates.sum() * MINUTE / 1e6:.2f} million photos\n\n{HEAD}")
        shown[name] = (rates, list(days(kinds, rates, asked.seed)))
        print("\n".join(row(day) for day in shown[name][1]), flush=True)
    if asked.plot is not None:
        from plot_days import plot  # noqa: PLC0415 - matplotlib is heavy

        plot(shown, asked.plot)


if __name__ == "__main__":
    main()
