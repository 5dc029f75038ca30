"""Memory and lost verdicts while an MQTT broker is down for 100,000 verdicts.

Usage: python benchmarks/line/broker_down.py [--verdicts N]

A station in a process of its own appends verdicts while mosquitto is down; its memory is read all
the time. Then the broker comes back, and a subscriber counts what arrives. The same number of
verdicts is appended without any sink first, since the database takes memory, too.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from okng.connect.alarms import Alarms
from okng.connect.contracts import Around, SinkSettings
from okng.connect.delivering import Delivering
from okng.connect.sinks.mqtt import MqttSettings
from okng.inference.inspection import new_id
from okng.records import Records
from okng.testing.line.network.flaky_network import FlakyNetwork
from okng.testing.line.network.listener import Listener
from okng.testing.line.network.mosquitto import Mosquitto
from okng.testing.station.records import inspection_row

_GROUP = 200
_WARM = 5_000
_BROKER = ("allow_anonymous true", "max_queued_messages 0", "max_inflight_messages 0")


def main() -> None:
    """Run both and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--verdicts", type=int, default=100_000)
    parser.add_argument("--station", nargs=2, metavar=("DATABASE", "PORT"), help="internal")
    options = parser.parse_args()
    if options.station is not None:
        _station(Path(options.station[0]), int(options.station[1]), options.verdicts)
        return
    with tempfile.TemporaryDirectory() as scratch:
        _without_sink(Path(scratch), options.verdicts)
    with tempfile.TemporaryDirectory() as scratch:
        _with_broker(Path(scratch), options.verdicts)


def _without_sink(folder: Path, verdicts: int) -> None:
    with _started(folder, 0, verdicts) as process:
        _tell(process, "down")
        growth = _told(process)
        _tell(process, "end")
        _told(process)
    print(f"no sink: {verdicts:,} verdicts, memory grew by {growth} MB", flush=True)


def _with_broker(folder: Path, verdicts: int) -> None:
    broker = Mosquitto(folder, _BROKER)
    broker.start()
    with FlakyNetwork(broker.port) as network, _started(folder, network.port, verdicts) as process:
        network.refuses = True
        network.cut()
        broker.kill()
        _tell(process, "down")
        growth = _told(process)
        broker.start()
        with Listener(broker.port) as listener:
            network.refuses = False
            begin = time.perf_counter()
            # the verdicts of before were delivered before anybody listened
            wanted = set(range(_WARM + 1, _WARM + verdicts + 1))
            seen: list[int] = []
            while not wanted <= set(seen) and time.perf_counter() - begin < 1800:
                time.sleep(1)
                seen = [each.content["seq"] for each in listener.messages("/verdict")]
            seconds = time.perf_counter() - begin
            _tell(process, "end")
            after = _told(process)
        first = list(dict.fromkeys(seen))
        lost, twice = len(wanted - set(seen)), len(seen) - len(first)
        print(
            f"broker down for {verdicts:,} verdicts: {lost} lost, {twice} twice, "
            f"in order: {first == sorted(first)}; memory grew by {growth} MB while it was down, "
            f"{after} MB once all had arrived; {verdicts / seconds:,.0f} verdicts/s when it was "
            "back",
            flush=True,
        )
    broker.kill()


def _started(folder: Path, port: int, verdicts: int) -> "subprocess.Popen[str]":
    command = [sys.executable, __file__, "--verdicts", str(verdicts), "--station",
               str(folder / "r.sqlite"), str(port)]  # fmt: skip
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    _told(process)
    return process


def _tell(process: "subprocess.Popen[str]", word: str) -> None:
    assert process.stdin is not None  # noqa: S101 - for the type checker
    print(word, file=process.stdin, flush=True)


def _told(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None  # noqa: S101 - likewise
    return process.stdout.readline().strip()


def _station(database: Path, port: int, verdicts: int) -> None:
    """The process that is measured: it obeys the words on its standard input."""
    sinks: list[SinkSettings] = []
    if port:
        sinks.append(MqttSettings(host="127.0.0.1", port=port, retry_longest=2))
    around = Around("plant", "station-1")
    with Records(database) as records:
        with Delivering(records, around, sinks, Alarms(records, around.station)) as delivering:
            _append(records, _WARM)
            while any(state.waiting for state in delivering.states):
                time.sleep(0.05)
            before = _megabytes()
            print("ready", flush=True)
            sys.stdin.readline()
            most = _append(records, verdicts)
            print(f"{most - before:.1f}", flush=True)
            sys.stdin.readline()
        print(f"{_megabytes() - before:.1f}", flush=True)


def _append(records: Records, count: int) -> float:
    """Append verdicts; the largest memory meanwhile, in MB."""
    most = 0.0
    for begin in range(0, count, _GROUP):
        rows = [inspection_row(id=new_id()) for _ in range(_GROUP)]
        records.append(*rows).result()
        if begin % (10 * _GROUP) == 0:
            most = max(most, _megabytes())
    return max(most, _megabytes())


def _megabytes() -> float:
    """Resident memory of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmRSS"))
    return int(kilobytes) / 1024


if __name__ == "__main__":
    main()
