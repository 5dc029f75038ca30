"""A picture of days under policies of autoscaling: photos, machines, and late photos."""

from collections.abc import Mapping
from pathlib import Path

import matplotlib as mpl
import numpy as np
from days import Day
from fleet import Floats

mpl.use("agg")
import matplotlib.pyplot as plt

SHOWN = ("SageMaker, target tracking", "SageMaker, tracking and schedule",
         "Fargate, target tracking")  # fmt: skip


def plot(shown: Mapping[str, tuple[Floats, list[Day]]], path: Path) -> None:
    """Draw a column for each trace: photos a second, machines, and the share of late photos."""
    figure, axes = plt.subplots(3, len(shown), figsize=(5 * len(shown), 8), squeeze=False)
    for column, (name, (rates, days)) in zip(axes.T, shown.items(), strict=True):
        hours = np.arange(len(rates)) / 60
        column[0].plot(hours, rates, color="black", linewidth=0.8)
        column[0].set(title=name, ylabel="photos a second", ylim=(0, None))
        for day in days:
            if day.policy in SHOWN and day.machines is not None:
                column[1].step(hours, day.machines, label=day.policy, linewidth=0.9)
        column[1].set(ylabel="machines, with those that start", ylim=(0, None), xlabel="hour")
        names = [day.policy for day in days]
        column[2].barh(names, [100 * day.late for day in days], color="tab:red")
        column[2].set(xlabel="photos over 1 s or refused, %")
    axes[1, -1].legend(fontsize=7)  # of the trace with the fewest lines
    figure.tight_layout()
    figure.savefig(path, dpi=100)
