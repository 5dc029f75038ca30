"""Builds the images of okng in fresh roots and runs them; see scripts/image-test."""

import argparse
import subprocess
import tempfile
from pathlib import Path

from building import Image, Source, build
from containers import ASK, asked, container, ready, run_of, writable
from content import BASE_MB, GOAL_MB, MOST_MB, SBOM, faults, megabytes
from roots import Base, Run, check

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SAGEMAKER_PORT = 8080


class Bench:
    """The folders of a test of images.

    Attributes:
        base: stands for the base image.
        work: for everything that is made.
        models: with model file and photo, as containers are shown it.
    """

    def __init__(self, base: Base, work: Path, dev: Path) -> None:
        self.base, self.work, self.models = base, work, work / "models"
        self.models.mkdir()
        with (work / "made.log").open("w") as log:
            subprocess.run([dev, ROOT / "tests/line/make_model.py", work / "made"], check=True,
                           stdout=log, stderr=log)  # fmt: skip
        made = work / "made"
        for source, name in (
            (next((made / "run").rglob("inspector.onnx")), "inspector.onnx"),
            (next((made / "photos").rglob("*.jpg")), "photo.jpg"),
        ):
            (self.models / name).write_bytes(source.read_bytes())

    def station(self, packages: str) -> Image:
        """The station's image, with the packages of one file of requirements."""
        folder = self.work / packages
        folder.mkdir()
        source = Source(DEPLOY / "station/Dockerfile", ROOT, {"PACKAGES": packages})
        return build(source, self.base, folder)

    def variant(self, name: str, station: str, of: Image) -> Image:
        """An image of `deploy/aws`, on one of the station's."""
        folder = self.work / f"{name}-variant"
        folder.mkdir()
        context = DEPLOY / "aws" / name
        images = {station: of}
        contexts = {"model": self.models}
        source = Source(context / "Dockerfile", context, {}, contexts, images)
        return build(source, self.base, folder)

    def run(self, image: Image, shown: str, **env: str) -> Run:
        """How a container runs that is shown the models."""
        return run_of(image, self.work / "data", {shown: self.models}, env)


def check_content(bench: Bench, image: Image, packages: str) -> None:
    """Size, list of packages and licences are right, and the list is the same when made again."""
    own, whole = megabytes(image.root / "opt/okng"), megabytes(image.root)
    total = whole if bench.base.folder else own + BASE_MB
    print(
        f"{packages}: {total:.0f} MB, of them /opt/okng {own:.0f} (goal {GOAL_MB}, bar {MOST_MB})"
    )
    if wrong := faults(image.root):
        raise SystemExit("\n".join(wrong))
    if total > MOST_MB:
        raise SystemExit(f"the image is larger than {MOST_MB} MB")
    made = bench.work / packages / "stage-0"
    again = ["/opt/tools/bin/cyclonedx-py", "environment", "--output-reproducible", "--pyproject",
             "/src/pyproject.toml", "--output-format", "JSON", "/opt/okng/bin/python"]  # fmt: skip
    if check(made, bench.base, Run(image.env), again).strip() != (made / SBOM).read_text().strip():
        raise SystemExit("the list of packages differs when it is made again")
    print(f"{packages}: packages and licences complete, the list is reproducible")


def check_station(bench: Bench, image: Image) -> None:
    """It starts without rights on a read-only root, judges a photo, stops, and leaves records."""
    run = bench.run(image, "/models")
    places = ["/", "/opt/okng", "/etc", "/models", "/tmp", "/var/lib/okng"]  # noqa: S108
    may = writable(image, bench.base, run, places, bench.work / "writable.log")
    if may != ["/tmp", "/var/lib/okng"]:  # noqa: S108
        raise SystemExit(f"the station may write to {may}")
    with container(image, bench.base, run, [], bench.work / "station.log") as process:
        seconds = ready(process, image.health)
        added = check(
            image.root, bench.base, run, ["okng", "api-keys", "add", "line", "--scope", "judge"]
        )
        key = next(word for word in added.split() if word.startswith("okng_") and len(word) > 20)
        answer = asked(
            process, "http://127.0.0.1:8000/api/v1/inspections", "/models/photo.jpg", key
        )
    if not answer.startswith(("200", "201")) or '"verdict"' not in answer:
        raise SystemExit(f"the station answered {answer}")
    if not (run.writable["/var/lib/okng"] / "records.sqlite").exists():
        raise SystemExit("the station left no records")
    print(f"station: ready after {seconds:.1f} s, judged a photo, ended in good order")


def check_sagemaker(bench: Bench, image: Image) -> None:
    """It starts as SageMaker starts it: the argument `serve`, root, port 8080."""
    run = bench.run(image, "/opt/ml/model")
    ping = f"http://127.0.0.1:{SAGEMAKER_PORT}/ping"
    with container(image, bench.base, run, ["serve"], bench.work / "sagemaker.log") as process:
        seconds = ready(process, ["/opt/okng/bin/python", "-c", ASK, ping, "", ""])
        url = f"http://127.0.0.1:{SAGEMAKER_PORT}/invocations"
        answer = asked(process, url, "/opt/ml/model/photo.jpg")
    if not answer.startswith("200") or '"verdict"' not in answer:
        raise SystemExit(f"/invocations answered {answer}")
    print(f"sagemaker: /ping after {seconds:.1f} s, judged a photo, ended in good order")


JUDGE = """
import base64, importlib, json, sys
import awslambdaric.bootstrap
module, _, name = sys.argv[1].rpartition(".")
photo = base64.b64encode(open("/mnt/photo.jpg", "rb").read()).decode()
print(json.dumps(getattr(importlib.import_module(module), name)({"photo": photo}, None)))
"""


def check_lambda(bench: Bench, image: Image) -> None:
    """The handler of its command judges a photo with the model in the image; /tmp alone is open."""
    run = bench.run(image, "/mnt")
    told = check(image.root, bench.base, run, ["python", "-c", JUDGE, *image.cmd])
    if '"verdict"' not in told:
        raise SystemExit(f"the handler answered {told}")
    print("lambda: the handler judged a photo with the model of the image")


def main() -> None:
    """Run the test."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, help="a system made by debootstrap")
    parser.add_argument("--python", type=Path, default=ROOT / ".venv/bin/python", help="with torch")
    parser.add_argument("--lambda", action="store_true", dest="function", help="that image, too")
    parser.add_argument("--work", type=Path, help="an empty folder; what is made stays there")
    asked_for = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="okng-images-") as made:
        work = asked_for.work or Path(made)
        work.chmod(0o755)
        bench = Bench(Base(asked_for.base), work, asked_for.python)
        station = bench.station("serve")
        check_content(bench, station, "serve")
        check_station(bench, station)
        check_sagemaker(bench, bench.variant("sagemaker", "okng-station", station))
        if asked_for.function:
            packages = bench.station("lambda")
            check_content(bench, packages, "lambda")
            check_lambda(bench, bench.variant("lambda", "okng-station:lambda", packages))


if __name__ == "__main__":
    main()
