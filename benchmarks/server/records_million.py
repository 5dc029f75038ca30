"""Questions to 1,000,000 inspections on record, on SQLite and PostgreSQL, and their verification.

Usage: python benchmarks/server/records_million.py [--rows N] [--only sqlite|postgresql] [--verify]

30 days of one station: 94 % OK, 3 % NG, 2 % REVIEW, 1 % ERROR; a shadow for every 50th; a review
for every 100th; a batch per hour; a new model every ten days; serials that rise with time. Each
question is asked 30 times, with other values each time. Printed are the median and the slowest in
milliseconds. Filling takes minutes and is not measured.
"""

import argparse
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import text

from okng.records import InspectionFilter, Kind, Records, Role
from okng.records.payloads import Review
from okng.records.rows import Row
from okng.records.writing.transaction import insert_rows
from okng.testing.station.postgres import postgres_server
from okng.testing.station.records import entry, inspection_row

DAY = 86_400_000_000
START = 1_700_006_400_000_000  # midnight, UTC
DAYS = 30
MODELS = ["a" * 64, "b" * 64, "c" * 64]
ASKED = 30


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--verify", action="store_true")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for kind in ("sqlite", "postgresql"):
            if options.only not in {None, kind}:
                continue
            if kind == "sqlite":
                url = str(folder / "r.sqlite")
            else:
                url = stack.enter_context(postgres_server()).new_database("million")
            with Records(url) as records:
                _fill(records, options.rows)
                print(f"{kind}, {options.rows:,} inspections: median and slowest of {ASKED}, ms")
                _ask(records, options.rows)
                if options.verify:
                    _verify(records)


def _fill(records: Records, rows: int) -> None:
    begin = time.perf_counter()
    rng = random.Random(0)  # noqa: S311 - draws of a benchmark
    with records.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.commit()
            driver = connection.connection.driver_connection
            driver.execute("PRAGMA synchronous=OFF")  # type: ignore[union-attr]
    for first in range(0, rows, 5000):
        chunk = [row for n in range(first, min(first + 5000, rows)) for row in _rows(n, rows, rng)]
        with records.engine.begin() as connection:
            insert_rows(connection, chunk)
    with records.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    print(f"filled in {time.perf_counter() - begin:.0f} s", flush=True)


def _rows(number: int, rows: int, rng: random.Random) -> Iterator[Row]:
    time_us = START + number * DAYS * DAY // rows
    row = inspection_row(
        time_us=time_us,
        verdict=rng.choices(("OK", "NG", "REVIEW", "ERROR"), (94, 3, 2, 1))[0],
        serial=f"{number // 10_000:03d}-{number:07d}",
        batch=f"batch-{number * DAYS * 24 // rows}",
        model_digest=MODELS[number * 3 // rows],
        score_e9=rng.randrange(10**9),
        unfamiliarity_e9=rng.randrange(10**9),
        latency_us=rng.randrange(5_000, 60_000),
        idempotency_key=f"key-{number}",
    )
    yield row
    if number % 50 == 0:
        yield inspection_row(role=Role.SHADOW, live_id=row.id, time_us=time_us, photo_digest=None)
    if number % 100 == 0:
        truth = "NG" if row.verdict != "OK" else "OK"
        payload = Review(truth=truth, label=f"dent-{number % 7}").text()  # type: ignore[arg-type]
        yield entry(Kind.REVIEW, subject=row.id, payload=payload, time_us=time_us)


def _ask(records: Records, rows: int) -> None:
    rng = random.Random(1)  # noqa: S311
    some = records.page(InspectionFilter(), 200).rows

    def page(**wanted: object) -> Callable[[], object]:
        return lambda: records.page(InspectionFilter(**wanted))  # type: ignore[arg-type]

    def moment() -> int:
        return START + rng.randrange(DAYS * DAY)

    def deep() -> object:
        wanted = InspectionFilter(until_us=moment())
        return records.page(wanted, cursor=records.page(wanted).next)

    def serial() -> str:
        number = rng.randrange(rows)
        return f"{number // 10_000:03d}-{number:07d}"

    def day() -> tuple[int, int]:
        begin = START + rng.randrange(DAYS - 1) * DAY
        return begin, begin + DAY

    questions: dict[str, Callable[[], object]] = {
        "first page": page(),
        "first page, one station": page(station="station-1"),
        "two pages from any time": deep,
        "NG and REVIEW": page(verdicts=frozenset({"NG", "REVIEW"})),
        "ERROR of any time": lambda: records.page(
            InspectionFilter(verdicts=frozenset({"ERROR"}), until_us=moment())
        ),
        "shadows": page(role=Role.SHADOW),
        "serial": lambda: records.page(InspectionFilter(serial=serial())),
        "serial that is not there": page(serial="missing"),
        "prefix of 100 serials": lambda: records.page(
            InspectionFilter(serial_prefix=serial()[:-2])
        ),
        "prefix of 10,000 serials": lambda: records.page(
            InspectionFilter(serial_prefix=serial()[:3])
        ),
        "prefix of all serials": page(serial_prefix="0"),
        "batch": lambda: records.page(InspectionFilter(batch=f"batch-{rng.randrange(DAYS * 24)}")),
        "oldest model": page(model_digest=MODELS[0]),
        "review queue": page(reviewed=False, verdicts=frozenset({"REVIEW"})),
        "unreviewed": page(reviewed=False),
        "reviewed": page(reviewed=True),
        "label of a review": page(label="dent-3"),
        "count, up to 10,000": lambda: records.count(InspectionFilter()),
        "count of a batch": lambda: records.count(
            InspectionFilter(batch=f"batch-{rng.randrange(DAYS * 24)}")
        ),
        "one inspection": lambda: records.detail(rng.choice(some).id),
        "idempotency key": lambda: records.inspection_of_key(
            "station-1", f"key-{rng.randrange(rows)}"
        ),
        "statistics of a day": lambda: records.statistics(*day()),
        "statistics of 8 hours from any time": lambda: records.statistics(
            begin := moment(), begin + DAY // 3
        ),
        "24 hours, one by one": lambda: records.series(*day(), DAY // 24),
        "30 days, one by one": lambda: records.series(START, START + DAYS * DAY, DAY),
        "errors of reviewed parts, a day": lambda: records.reviewed_rates(*day()),
        "errors of reviewed parts, 30 days": lambda: records.reviewed_rates(
            START, START + DAYS * DAY
        ),
        "audit log": records.entries_page,
    }
    for name, question in questions.items():
        question()
        times = []
        for _ in range(ASKED):
            begin = time.perf_counter()
            question()
            times.append((time.perf_counter() - begin) * 1000)
        print(f"{statistics.median(times):8.1f} {max(times):8.1f}  {name}", flush=True)


def _verify(records: Records) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    (chain,) = records.verify([], frozenset()).chains
    seconds = time.perf_counter() - begin
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"verified {chain.rows:,} rows in {seconds:.0f} s, fault {chain.fault}, "
          f"memory grew by {grown:.0f} MB", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
