"""A whole line on this machine: simulated camera, station with its page, OPC UA, MQTT if there.

Usage: python -m okng.testing.line.simulation [FOLDER] [--every SECONDS] [--seconds SECONDS]

In the folder a model of the simulated parts is trained at the first start (a minute), and the
records stay. Everything listens on this machine only, without login.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Timer

from okng.connect.contracts import SinkSettings, SourceSettings
from okng.connect.sinks.mqtt import MqttSettings
from okng.connect.sinks.opcua_server import OpcUaServerSettings
from okng.connect.sources.camera import CameraSourceSettings
from okng.connect.station_file import StationFile
from okng.connect.station_file.settings import LineSettings
from okng.connect.triggers.timer import TimerTriggerSettings
from okng.serve.lines import OnLine, run
from okng.testing.folders import write_folder
from okng.testing.line.cameras import SimulatedCameraSettings
from okng.testing.line.network.broker_process import MOSQUITTO, Broker

SIZE = 128
PAGE, OPC_UA = 8000, 4840


def model_of(folder: Path) -> Path:
    """The model of the simulated parts, trained where there is none."""
    match = folder / "run"
    if not list(match.glob("models/*.onnx")):
        photos = write_folder(folder / "photos", good=80, defective=80, size=SIZE, seed=50_000)
        command = [sys.executable, "-m", "okng", "train", str(photos), "--out", str(match)]
        command += ["--precision", "float32"]  # without the trial that INT8 needs
        subprocess.run(command, check=True)  # noqa: S603 - our own command
    return match


def sources(every_s: float) -> list[SourceSettings]:
    """A camera whose light gets brighter by a third in an hour, triggered by a timer."""
    camera = SimulatedCameraSettings(size=SIZE, defective=0.1, light_per_hour=1.0)
    trigger = TimerTriggerSettings(every=every_s)
    return [CameraSourceSettings(name="camera", camera=camera, trigger=trigger)]


def sinks(folder: Path, broker_port: int | None) -> list[SinkSettings]:
    """An OPC UA server, and the broker where there is one."""
    brokers = [] if broker_port is None else [MqttSettings(host="127.0.0.1", port=broker_port)]
    return [
        *brokers,
        OpcUaServerSettings(
            host="127.0.0.1",
            port=OPC_UA,
            insecure=True,
            certificate_folder=folder / "opcua-server",
        ),
    ]


def station_of(
    folder: Path, model: Path, every_s: float, broker_port: int | None = None
) -> StationFile:
    """The station, as a `station.toml` would describe it."""
    settings = LineSettings.model_validate(
        {
            "station": {"name": "line-sim", "site": "laptop", "folder": folder / "station"},
            "models": {"files": [model]},
            "server": {"host": "127.0.0.1", "port": PAGE, "no_auth": True},
        }
    )
    return StationFile(
        settings=settings,
        sources=sources(every_s),
        sinks=sinks(folder, broker_port),
        serves=True,
        where=folder / "station.toml",
    )


@contextmanager
def broker_if_there(folder: Path) -> Iterator[int | None]:
    """The port of a broker on loopback; None where mosquitto is not installed."""
    if MOSQUITTO is None:
        yield None
        return
    broker = Broker(folder)
    broker.start()
    try:
        yield broker.port
    finally:
        broker.stop()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the line until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("runs/line-sim"))
    parser.add_argument("--every", type=float, default=1.0, help="Seconds between two parts.")
    parser.add_argument("--seconds", type=float, default=0.0, help="End after; 0 for never.")
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    model = model_of(given.folder)
    with ExitStack() as stack:
        port = stack.enter_context(broker_if_there(given.folder))
        if given.seconds:
            end = Timer(given.seconds, _interrupt)
            end.daemon = True
            end.start()

        def announce(_running: OnLine) -> None:
            print(f"Page     http://127.0.0.1:{PAGE}")
            print(f"OPC UA   opc.tcp://127.0.0.1:{OPC_UA}/okng (without encryption)")
            print(f"MQTT     {'mosquitto is not installed' if port is None else _topics(port)}")
            print("Ctrl-C ends it.", flush=True)

        run([station_of(given.folder, model, given.every, port)], announce)


def _topics(port: int) -> str:
    return f"mosquitto_sub -h 127.0.0.1 -p {port} -t 'okng/#' -v"


def _interrupt() -> None:
    import _thread  # noqa: PLC0415 - for this alone

    _thread.interrupt_main()


if __name__ == "__main__":
    main()
