"""How many verdicts a second tasks, instances and functions of AWS give: derived, not measured.

    okng bench MODEL PHOTOS --runtime onnxruntime --threads 1 --json > one.json
    okng bench MODEL PHOTOS --runtime onnxruntime --threads 2 --json > two.json
    python benchmarks/cloud/scale.py --bench one.json two.json

Where the machine is busy, take figures of a quiet one from the logs:
`--speed PHOTOS-PER-SECOND ONE-THREAD-MS TWO-THREADS-MS`.

Assumptions, none of which was tried at AWS:

1. A vCPU there is a thread of a core, as each of the two CPUs of the measured machine is, and
   equally fast. The CPUs of AWS differ by tens of percent, and Fargate does not say which it gives.
2. Verdicts grow with vCPUs: a station under load judges a batch on each.
3. A station spends `STATION` seconds of a vCPU on each photo beside the engine: HTTP, photo store,
   row and commit (benchmarks/server/LOG.md, 2026-11-29).
4. Lambda gives one vCPU at 1,769 MB and in proportion to memory; one photo at a time; `HANDLER`
   seconds beside the engine (4.6 ms under the emulator).
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import prices

from okng.benchmark import Benchmark

STATION = 0.007
HANDLER = 0.005
LAMBDA_MB_PER_VCPU = 1769


class Scale(NamedTuple):
    """What one machine or environment gives.

    Attributes:
        name: of the kind.
        slots: photos that are judged at once.
        seconds: that a photo takes one slot.
        dollars_hour: price of an hour; of Lambda, of an hour in which it judges all the time.
        memory_mb: of Lambda; 0 for others, which are paid for when they wait, too.
    """

    name: str
    slots: int
    seconds: float
    dollars_hour: float
    memory_mb: int = 0

    @property
    def verdicts_per_second(self) -> float:
        """At most, when every slot is busy."""
        return self.slots / self.seconds

    @property
    def dollars_per_million(self) -> float:
        """Price of a million verdicts at full load."""
        return self.dollars_hour / 3600 / self.verdicts_per_second * 1e6


class Speed(NamedTuple):
    """What the benchmark measured.

    Attributes:
        vcpu_seconds: of one vCPU for a photo, when both are busy.
        latency: seconds of a photo alone, by threads.
    """

    vcpu_seconds: float
    latency: dict[int, float]


def speed(one: Benchmark, two: Benchmark) -> Speed:
    """Speed of the first model of each benchmark.

    Raises:
        SystemExit: they were not run with one and two threads.
    """
    threads = (one.rows[0].threads, two.rows[0].threads)
    if threads != (1, 2):
        raise SystemExit(f"okng bench with --threads 1 and 2 is needed, not {threads}")
    latency = {row.threads: row.latency.p50 / 1000 for row in (one.rows[0], two.rows[0])}
    return Speed(2 / two.rows[0].photos_per_second, latency)


def task(vcpu: int, memory_gb: int, of: Speed) -> Scale:
    """A station as a task of Fargate."""
    hour = prices.fargate_hour(vcpu, memory_gb)
    return Scale(f"Fargate {vcpu} vCPU, {memory_gb} GB", vcpu, of.vcpu_seconds + STATION, hour)


def instance(of: Speed) -> Scale:
    """A station on SageMaker's ml.c7i.large: two vCPUs, 4 GB."""
    return Scale("ml.c7i.large", 2, of.vcpu_seconds + STATION, prices.ML_C7I_LARGE_HOUR)


def environment(vcpu: int, of: Speed) -> Scale:
    """An execution environment of Lambda."""
    memory = vcpu * LAMBDA_MB_PER_VCPU
    seconds = of.latency[vcpu] + HANDLER
    hour = prices.lambda_cost(3600, memory, round(3600 / seconds))
    return Scale(f"Lambda {memory} MB", 1, seconds, hour, memory)


def scales(of: Speed) -> list[Scale]:
    """All kinds."""
    tasks = [task(vcpu, 2 * vcpu, of) for vcpu in (1, 2, 4)]
    return [*tasks, instance(of), environment(1, of), environment(2, of)]


def add_speed(parser: argparse.ArgumentParser) -> None:
    """Options by which a script is told what was measured."""
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument("--bench", type=Path, nargs=2, help="okng bench --json, 1 and 2 threads")
    given.add_argument("--speed", type=float, nargs=3, help="photos a second on both CPUs; ms of a "
                       "photo alone on one thread, and on two")  # fmt: skip


def speed_asked(asked: argparse.Namespace) -> Speed:
    """The speed that the options give."""
    if asked.bench:
        one, two = (Benchmark.model_validate_json(path.read_text("utf-8")) for path in asked.bench)
        return speed(one, two)
    per_second, one_ms, two_ms = asked.speed
    return Speed(2 / per_second, {1: one_ms / 1000, 2: two_ms / 1000})


def main() -> None:
    """Print a row for each kind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_speed(parser)
    measured = speed_asked(parser.parse_args())
    print("| kind | verdicts/s, derived | ms a photo | $ a month | $ per million at full load |")
    print("|---|---|---|---|---|")
    for each in scales(measured):
        month = (
            "by use" if each.memory_mb else (f"{each.dollars_hour * prices.HOURS_PER_MONTH:.0f}")
        )
        print(f"| {each.name} | {each.verdicts_per_second:.0f} | {1000 * each.seconds:.1f} | "
              f"{month} | {each.dollars_per_million:.2f} |")  # fmt: skip


if __name__ == "__main__":
    main()
