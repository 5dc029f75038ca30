"""Starts containers of images and asks them, from within: they have no network but themselves."""

import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from building import Image
from roots import Base, Run, beside, start

LIMIT = 90.0
"""Seconds for a start, and for an end: machines of tests are busy."""
ASK = """
import sys, urllib.request
url, photo, key = sys.argv[1:]
body = open(photo, "rb").read() if photo else None
head = {"Content-Type": "application/octet-stream"}
if key:
    head["Authorization"] = "Bearer " + key
answer = urllib.request.urlopen(urllib.request.Request(url, body, head), timeout=60)
print(answer.status, answer.read().decode())
"""
TOUCH = """
import sys
from pathlib import Path
for place in sys.argv[1:]:
    try:
        Path(place, "written").touch()
        print(place)
    except OSError:
        pass
"""


def run_of(image: Image, data: Path, shown: dict[str, Path], env: dict[str, str]) -> Run:
    """How a container of an image runs, sealed: its volumes are folders of `data`."""
    volumes = {}
    for place in image.volumes:
        folder = data / place.lstrip("/").replace("/", "-")
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["chown", f"{image.user}:{image.user}", folder], check=True)
        volumes[place] = folder
    return Run(
        {**image.env, **env}, image.folder, image.user, sealed=True, writable=volumes, shown=shown
    )


@contextmanager
def container(
    image: Image, base: Base, run: Run, args: Sequence[str], log: Path
) -> "Iterator[subprocess.Popen[str]]":
    """A container that runs, until the block ends; then SIGTERM has to end it.

    Args:
        image: that it is of.
        base: of the image.
        run: how it runs.
        args: of `docker run`, in place of CMD; CMD if there are none.
        log: file for its output.

    Raises:
        SystemExit: it does not end, or not in good order.
    """
    command = [*image.entrypoint, *(args or image.cmd)]
    with log.open("w") as output:
        process = start(image.root, base, run, command, output)
        try:
            yield process
            process.send_signal(signal.SIGTERM)
            code = process.wait(LIMIT)
        except BaseException:
            print(log.read_text()[-3000:])
            raise
        finally:
            process.kill()
            process.wait()
    if code not in {0, -signal.SIGTERM, 128 + signal.SIGTERM}:
        raise SystemExit(f"ended with {code}\n{log.read_text()[-3000:]}")


def ready(process: "subprocess.Popen[str]", command: Sequence[str]) -> float:
    """Wait until a command in the container succeeds; seconds that it took.

    Raises:
        SystemExit: the container ended, or the time is over.
    """
    begun = time.monotonic()
    while time.monotonic() - begun < LIMIT:
        if process.poll() is not None:
            raise SystemExit(f"the container ended with {process.returncode}")
        try:
            beside(process, command)
        except subprocess.CalledProcessError:
            time.sleep(0.2)
        else:
            return time.monotonic() - begun
    raise SystemExit("the container is not ready in time")


def asked(process: "subprocess.Popen[str]", url: str, photo: str = "", key: str = "") -> str:
    """What the server in a container answers: status and body."""
    return beside(process, ["/opt/okng/bin/python", "-c", ASK, url, photo, key]).strip()


def writable(image: Image, base: Base, run: Run, places: Sequence[str], log: Path) -> list[str]:
    """Which of some folders a process of the container may write to."""
    with log.open("w") as output:
        start(image.root, base, run, ["python", "-c", TOUCH, *places], output).wait(LIMIT)
    return log.read_text().split()
