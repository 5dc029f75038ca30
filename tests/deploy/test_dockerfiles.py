"""The Dockerfiles are sound: pinned, without findings, without rights, and open to signals."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from building import allowed
from dockerfile import Stage, stages, words

from okng.config import StationSettings, all_settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
FILES = sorted(DEPLOY.rglob("Dockerfile"))
BAKE = json.loads((DEPLOY / "bake.json").read_text("utf-8"))["target"]
PINNED = re.compile(r"python:3\.11-slim-bookworm@sha256:[0-9a-f]{64}")


def _name(file: Path) -> str:
    return str(file.parent.relative_to(DEPLOY))


def _last(folder: str) -> Stage:
    return stages(DEPLOY / folder / "Dockerfile", {})[-1]


def _texts(stage: Stage, name: str) -> list[str]:
    return [step.text for step in stage.steps if step.name == name]


def test_there_is_one_for_each_way_to_run_a_station() -> None:
    """The tests below run over all of them."""
    assert [_name(file) for file in FILES] == ["aws/lambda", "aws/sagemaker", "station"]


@pytest.mark.parametrize("file", FILES, ids=_name)
def test_dockerfile_has_no_findings(file: Path) -> None:
    """Hadolint finds nothing but what a line above explains."""
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    assert hadolint is not None

    done = subprocess.run([hadolint, file], check=False, capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("file", FILES, ids=_name)
def test_ignored_findings_have_a_reason(file: Path) -> None:
    """The line before an exception says why."""
    lines = file.read_text("utf-8").splitlines()
    reasons = [lines[n - 1] for n, line in enumerate(lines) if line.startswith("# hadolint ignore")]

    assert all(len(reason) > 40 and reason.startswith("# ") for reason in reasons)


def test_base_image_is_pinned_by_digest() -> None:
    """Both stages of the station begin with it; the others begin with the station."""
    bases = [stage.base for stage in stages(DEPLOY / "station" / "Dockerfile", {})]

    assert len(bases) == 2
    assert all(PINNED.fullmatch(base) for base in bases)
    assert _last("aws/sagemaker").base == "okng-station"
    assert _last("aws/lambda").base == "okng-station:lambda"


@pytest.mark.parametrize("packages", ["serve", "lambda"])
def test_every_package_has_its_hash(packages: str) -> None:
    """Each file of requirements exists, and pip is told to check hashes and to build nothing."""
    build = stages(DEPLOY / "station" / "Dockerfile", {"PACKAGES": packages})[0]
    parts = [part for text in _texts(build, "RUN") for part in text.split("&&")]
    installs = [part for part in parts if re.search(r"pip .*install .*-r ", part)]

    assert (ROOT / "requirements" / f"{packages}.txt").exists()
    assert len(installs) == 2
    assert all("--require-hashes --only-binary :all:" in part for part in installs)


def test_lambda_installs_what_the_station_installs_and_its_runtime() -> None:
    """The same versions, so that verdicts are the same."""
    pins = [
        set(
            re.findall(
                r"^[a-z0-9][\w.-]*==\S+", (ROOT / "requirements" / name).read_text(), re.MULTILINE
            )
        )
        for name in ("serve.txt", "lambda.txt")
    ]

    assert pins[0] < pins[1]
    assert {pin.split("==")[0] for pin in pins[1] - pins[0]} >= {"awslambdaric", "mangum"}


def test_station_runs_without_rights() -> None:
    """A user by number, which Kubernetes can check, and a health check."""
    station = _last("station")

    assert _texts(station, "USER") == ["10001"]
    assert len(_texts(station, "HEALTHCHECK")) == 1
    assert _texts(station, "VOLUME") == ["/var/lib/okng"]


def test_sagemaker_runs_as_root_on_its_port() -> None:
    """As AWS expects it; `serve` takes the place of CMD."""
    sagemaker = _last("aws/sagemaker")

    assert _texts(sagemaker, "USER") == ["0"]
    assert _texts(sagemaker, "EXPOSE") == ["8080"]
    assert words(_texts(sagemaker, "ENTRYPOINT")[0]) == ["okng", "serve"]
    assert words(_texts(sagemaker, "CMD")[0]) == ["serve"]


def test_lambda_starts_the_client_of_the_runtime() -> None:
    """With the handler, and the model that is in the image."""
    function = _last("aws/lambda")

    assert words(_texts(function, "ENTRYPOINT")[0]) == ["python", "-m", "awslambdaric"]
    assert words(_texts(function, "CMD")[0]) == ["okng.serve.aws_lambda.handler"]
    copied = _texts(function, "COPY")[0].split()[-1]
    assert f"OKNG_MODEL={copied}" in _texts(function, "ENV")[0].split()


@pytest.mark.parametrize("file", FILES, ids=_name)
def test_signals_reach_the_process(file: Path) -> None:
    """Neither entry point nor command runs in a shell."""
    last = stages(file, {})[-1]

    for text in [*_texts(last, "ENTRYPOINT"), *_texts(last, "CMD")]:
        assert words(text)


@pytest.mark.parametrize("file", FILES, ids=_name)
def test_variables_are_settings(file: Path) -> None:
    """A variable that names no setting would be ignored."""
    known = {setting.variable for setting in all_settings(StationSettings)}
    used = set(re.findall(r"OKNG_[A-Z]+__[A-Z_]+", file.read_text("utf-8")))

    assert used
    assert used <= known


@pytest.mark.parametrize("packages", ["serve", "lambda"])
def test_context_lets_in_what_is_copied(packages: str) -> None:
    """.dockerignore leaves out everything else."""
    build = stages(DEPLOY / "station" / "Dockerfile", {})[0]
    sources = [each.replace("${PACKAGES}", packages) for text in _texts(build, "COPY")
               for each in text.split()[:-1]]  # fmt: skip

    assert len(sources) > 5
    assert [each for each in sources if not allowed(each, ROOT)] == []
    assert not allowed("tests", ROOT)
    assert not allowed(".git", ROOT)


@pytest.mark.parametrize("name", BAKE)
def test_bake_builds_from_files_that_are_there(name: str) -> None:
    """Contexts, Dockerfiles, and links to other targets."""
    target = {**BAKE.get(*BAKE[name].get("inherits", [""]), {}), **BAKE[name]}
    links = [each for each in target.get("contexts", {}).values() if each.startswith("target:")]
    file = Path(target["context"], "" if "/" in target.get("dockerfile", "") else "Dockerfile")

    assert (ROOT / target.get("dockerfile", file)).exists()
    assert all(link.removeprefix("target:") in BAKE for link in links)


def test_station_is_built_for_both_architectures() -> None:
    """`scripts/images/platforms` asks the package index whether every wheel is there."""
    assert BAKE["station"]["platforms"] == ["linux/amd64", "linux/arm64"]
