"""How fast a hot folder is, and how it begins where very many photos wait.

    python benchmarks/line/hot_folder.py speed MODEL PHOTOS --parts 1000
    python benchmarks/line/hot_folder.py waiting MODEL PHOTO --files 200000

`speed` compares, in one process and after a warm-up, the verdicts a second of the engine on a
sequence of files (what `okng predict` does) with those of a line: hot folder, verdict on record in
SQLite, file moved; with `--mqtt HOST:PORT` also a sink of that broker. Rounds alternate, so that a
change of the machine's speed meets both. `waiting` starts `okng watch` on a folder of hard links of
one photo, and measures the time to the first verdict on record, from the start of the process and
from the moment at which its model is loaded, and the greatest memory of the process until some
thousands are judged.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from okng.config import StationSettings
from okng.connect.alarms import Alarms
from okng.connect.contracts import Around
from okng.connect.delivering import Delivering
from okng.connect.line import Line, around
from okng.connect.receiving import NamedSource
from okng.connect.sinks.mqtt import MqttSettings
from okng.connect.sources.folder import FolderSettings
from okng.inference.engine import InspectionEngine
from okng.modelfile import located
from okng.station import Station, opened

LINKS = 60_000
"""Hard links of one file; ext4 takes 65,000."""


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    verbs = parser.add_subparsers(required=True)
    speed_ = verbs.add_parser("speed")
    speed_.add_argument("model", type=Path)
    speed_.add_argument("photos", type=Path)
    speed_.add_argument("--parts", type=int, default=1000)
    speed_.add_argument("--rounds", type=int, default=3)
    speed_.add_argument("--store", default="none", choices=("none", "all"))
    speed_.add_argument("--mqtt", metavar="HOST:PORT", help="also to this broker, without TLS")
    speed_.set_defaults(run=lambda a: speed(a.model, a.photos, a.parts, a.rounds, a.store, a.mqtt))
    waiting_ = verbs.add_parser("waiting")
    waiting_.add_argument("model", type=Path)
    waiting_.add_argument("photo", type=Path)
    waiting_.add_argument("--files", type=int, default=200_000)
    waiting_.add_argument("--seconds", type=float, default=60)
    waiting_.set_defaults(run=lambda a: waiting(a.model, a.photo, a.files, a.seconds))
    arguments = parser.parse_args()
    arguments.run(arguments)


def speed(
    model: Path, photos: Path, parts: int, rounds: int, store: str, broker: str | None
) -> None:
    """Print parts a second of both, and the share."""
    with tempfile.TemporaryDirectory(dir=photos.parent) as folder:
        shares = []
        for number in range(rounds):
            files = copies(photos, Path(folder) / f"predict-{number}", parts)
            alone = predict(model, files)
            incoming = Path(folder) / f"line-{number}"
            copies(photos, incoming, parts)
            line = hot_folder(model, incoming, parts, store, broker)
            shares.append(line / alone)
            print(f"predict {alone:.0f}/s, line {line:.0f}/s: {line / alone:.2f}", flush=True)
    print(f"share, median of {rounds} rounds: {median(shares):.2f} (bar 0.6, goal 0.85)")


def copies(photos: Path, folder: Path, number: int) -> list[Path]:
    """So many photos in a folder, as hard links."""
    found = sorted(path for path in photos.rglob("*") if path.suffix in {".png", ".jpg"})
    folder.mkdir()
    made = []
    for index in range(number):
        target = folder / f"{index:06d}{found[index % len(found)].suffix}"
        os.link(found[index % len(found)], target)
        made.append(target)
    return made


def predict(model: Path, files: list[Path]) -> float:
    """Photos a second of the engine on a sequence, as `okng predict` has them."""
    with InspectionEngine(located(model)) as engine:
        engine.warm_up()
        begin = time.perf_counter()
        judged = sum(1 for _ in engine.inspect_all(files))
        return judged / (time.perf_counter() - begin)


def hot_folder(model: Path, incoming: Path, parts: int, store: str, broker: str | None) -> float:
    """Parts a second from the start of the source to the last verdict on record, and received."""
    station_folder = incoming.with_name(f"{incoming.name}-station")
    settings = StationSettings.model_validate({
        "station": {"folder": station_folder}, "records": {"photos": store},
        "server": {"no_auth": True},
    })  # fmt: skip
    done, judged = threading.Event(), [0]

    def seen(_part: object, _outcome: object) -> None:
        judged[0] += 1
        if judged[0] == parts:
            done.set()

    with opened(settings, [located(model)]) as station:
        alarms = Quiet()
        known = around(station, "bench", alarms)
        chosen = FolderSettings(path=incoming)
        source = NamedSource("folder", chosen, chosen.source(known))
        with sent(station, known, broker, parts) as received:
            begin = time.perf_counter()
            with Line(station, [source], alarms, seen):
                if not done.wait(600) or not received.wait(600):
                    sys.exit(f"Only {judged[0]} of {parts} parts are judged, or not all are sent")
                return parts / (time.perf_counter() - begin)


@contextmanager
def sent(
    station: Station, known: Around, broker: str | None, parts: int
) -> Iterator[threading.Event]:
    """A sink of the broker and a client of it; the event is set once it has all verdicts."""
    all_of_them, count = threading.Event(), [0]
    if broker is None or station.records is None:
        all_of_them.set()
        yield all_of_them
        return
    host, _, port = broker.rpartition(":")

    def received(_client: object, _data: object, message: MQTTMessage) -> None:
        count[0] += b'"verdict"' in message.payload
        if count[0] == parts:
            all_of_them.set()

    client = Client(CallbackAPIVersion.VERSION2)
    client.on_message = received
    client.connect(host, int(port))
    client.subscribe("#", qos=1)
    client.loop_start()
    sink = MqttSettings(host=host, port=int(port))
    delivering = Delivering(station.records, known, [sink], Alarms(None, station.name))
    station.watched += delivering.watched
    try:
        yield all_of_them
    finally:
        delivering.close(10)
        client.loop_stop()
        client.disconnect()


class Quiet:
    """Alarms that a benchmark has no use for."""

    def begin(self, code: object, where: str, values: object = None) -> bool:
        """An alarm means that the figures are of something else."""
        sys.exit(f"Alarm: {code} {where} {values}")

    def over(self, *_: object) -> bool:
        """Nothing begins."""
        return False


def waiting(model: Path, photo: Path, files: int, seconds: float) -> None:
    """Print time to the first verdict, and memory."""
    with many(photo, files) as folder:
        data = folder.parent / "station"
        command = [sys.executable, "-m", "okng", "watch", str(folder), "--model", str(model),
                   "--data", str(data), "--csv", str(folder.parent / "verdicts.csv")]  # fmt: skip
        begin = time.perf_counter()
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            _ = (
                process.stderr and process.stderr.readline()
            )  # "Watching ..." comes once the model is loaded
            loaded = time.perf_counter() - begin
            base = peak_mb(process.pid)
            while rows(folder.parent / "verdicts.csv") < 1:
                time.sleep(0.002)
            first = time.perf_counter() - begin
            time.sleep(seconds)
            peak, judged = peak_mb(process.pid), rows(folder.parent / "verdicts.csv")
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    print(
        f"{files} files wait: model loaded after {loaded:.1f} s, first verdict {first:.1f} s after "
        f"the start, {first - loaded:.2f} s after the model (bar 10 s, goal 2 s)"
    )
    print(
        f"memory: {base:.0f} MB with the model loaded, {peak:.0f} MB at most while {judged} were "
        f"judged in {seconds:.0f} s (bar 300 MB, goal 150 MB)"
    )


@contextmanager
def many(photo: Path, files: int) -> Iterator[Path]:
    """A folder of so many hard links."""
    with tempfile.TemporaryDirectory(dir="/tmp") as parent:
        folder = Path(parent) / "incoming"
        folder.mkdir()
        for number in range(files):
            if number % LINKS == 0:
                source = Path(parent) / f"source-{number}{photo.suffix}"
                shutil.copy(photo, source)
            os.link(source, folder / f"part-{number:06d}{photo.suffix}")
        yield folder


def rows(table: Path) -> int:
    """Rows below the header."""
    return max(0, table.read_bytes().count(b"\n") - 1) if table.exists() else 0


def peak_mb(process: int) -> float:
    """Greatest resident memory of a process, in MB."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1000
    return 0.0


if __name__ == "__main__":
    main()
