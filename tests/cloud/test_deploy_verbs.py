"""`okng deploy aws`: plans, creates, checks and removes, in words and in JSON."""

import json
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest
import requests
from typer.testing import CliRunner, Result

from moto_stand_in import TakenTemplates, left_over
from okng.cli.main import app
from okng.deploy.aws.targets import Content

REGION = "us-east-1"
IMAGE = f"123456789012.dkr.ecr.{REGION}.amazonaws.com/okng/sagemaker:0.1"


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["deploy", "aws", *map(str, arguments)])


@pytest.fixture
def answered(moto: str, aws: TakenTemplates, content: Content) -> TakenTemplates:
    """The endpoint answers as this machine does."""
    here = content.here
    assert here is not None
    body = json.dumps({"verdict": here.verdict, "class": here.class_name,
                       "defect_score": here.defect_score,
                       "model_digest": here.model_digest})  # fmt: skip
    result = {"Body": body, "ContentType": "application/json"}
    url = f"{moto}/moto-api/static/sagemaker/endpoint-results"
    requests.post(url, json={"region": REGION, "results": [result]}, timeout=30)
    return aws


@pytest.mark.parametrize("target", ["sagemaker", "lambda", "ecs"])
def test_plan_shows_stacks_and_costs(
    target: str, exported: Path, photo: Path, aws: TakenTemplates
) -> None:
    """Resources by kind, dollars at rest and for 1,000 photos, and how old the prices are."""
    result = _run(target, exported, "--name", "castings", "--photo", photo, "--plan")

    assert result.exit_code == 0, result.output
    assert "stack okng-castings-store, of store.yaml: 3 resources" in result.output
    assert f"stack okng-castings, of {target}.yaml" in result.output
    assert "a month at rest: " in result.output
    assert "1,000 photos: " in result.output
    assert "2025-10-28: AWS Price List API" in result.output
    assert "Nothing was created" in result.output


@pytest.mark.parametrize("target", ["sagemaker", "lambda", "ecs"])
def test_plan_asks_nothing_of_aws(
    target: str, exported: Path, photo: Path, aws: TakenTemplates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It needs no credentials, and no network."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    result = _run(target, exported, "--name", "castings", "--photo", photo, "--plan")

    assert result.exit_code == 0, result.output


def test_plan_of_another_region_says_whose_prices_it_shows(
    exported: Path, aws: TakenTemplates
) -> None:
    """The price file has one region."""
    result = _run("sagemaker", exported, "--name", "castings", "--region", "eu-central-1", "--plan")

    assert "Prices of us-east-1" in result.output
    assert "those of eu-central-1 differ" in result.output


def test_plan_is_the_same_twice(exported: Path, aws: TakenTemplates) -> None:
    """The digest of the archive, above all."""
    first, second = (
        _run("sagemaker", exported, "--name", "castings", "--plan", "--json") for _ in range(2)
    )

    assert first.output == second.output
    document = json.loads(first.output)
    assert len(document["archive"]["digest"]) == 64
    assert document["usd_a_month_at_rest"] > 70


def test_plan_writes_what_the_command_of_aws_takes(
    exported: Path, aws: TakenTemplates, tmp_path: Path
) -> None:
    """For those whose stacks are created by others."""
    result = _run("sagemaker", exported, "--name", "castings", "--plan", "--out", tmp_path / "plan")

    assert result.exit_code == 0, result.output
    assert (tmp_path / "plan" / "model.tar.gz").exists()


def test_endpoint_comes_and_goes_by_two_commands(
    answered: TakenTemplates, exported: Path, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Created and compared by one, removed by the other; nothing is left."""
    monkeypatch.setattr("okng.deploy.aws.stacks.PAUSE", 0.0)
    before = left_over(REGION)
    common = ("--name", "castings")

    made = _run("sagemaker", exported, *common, "--photo", photo, "--image", IMAGE, "--quiet")
    gone = _run("sagemaker", *common, "--delete", "--quiet")

    assert made.exit_code == 0, made.output
    assert "The verdicts are equal." in made.output
    assert gone.exit_code == 0, gone.output
    assert "castings is removed." in gone.output
    assert "AWS deletes it after 7 days" in gone.output
    assert left_over(REGION) == before


def test_check_prints_both_verdicts_as_json(
    answered: TakenTemplates, exported: Path, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a job that runs it each night."""
    monkeypatch.setattr("okng.deploy.aws.stacks.PAUSE", 0.0)
    common = ("sagemaker", exported, "--name", "castings", "--photo", photo, "--quiet")
    _run(*common, "--image", IMAGE)

    result = _run(*common, "--check", "--json")

    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document["here"]["verdict"] == document["there"]["verdict"]


def test_error_of_aws_is_one_sentence(
    exported: Path, photo: Path, aws: TakenTemplates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its code in JSON, and exit code 5."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    result = _run("sagemaker", exported, "--name", "castings", "--photo", photo,
                  "--image", IMAGE, "--json", "--quiet")  # fmt: skip

    assert result.exit_code == 5
    assert json.loads(result.stdout)["error"]["code"] == "cloud.credentials"
    assert "aws sso login" in result.stderr


def test_stopped_command_says_that_nothing_is_left(
    exported: Path, photo: Path, aws: TakenTemplates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while AWS works: the message, exit code 130, and an empty account."""
    before = left_over(REGION)

    monkeypatch.setattr("okng.deploy.aws.targets.sagemaker.SageMaker.parameters", _stopping())

    result = _run("sagemaker", exported, "--name", "castings", "--photo", photo,
                  "--image", IMAGE, "--quiet")  # fmt: skip

    assert result.exit_code == 130
    assert "is removed again" in result.stderr
    assert left_over(REGION) == before


def test_stopped_comparison_leaves_the_deployment(
    exported: Path, photo: Path, aws: TakenTemplates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while the sample photo is judged: the message is another one, and the stack stays."""

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("okng.deploy.aws.targets.sagemaker.SageMaker.ask", stopped)
    result = _run("sagemaker", exported, "--name", "castings", "--photo", photo,
                  "--image", IMAGE, "--quiet")  # fmt: skip

    assert result.exit_code == 130
    assert "The deployment stays" in result.stderr
    assert "removed again" not in result.stderr
    stacks = boto3.client("cloudformation", region_name=REGION).describe_stacks()["Stacks"]
    assert {stack["StackStatus"] for stack in stacks} == {"CREATE_COMPLETE"}


def _stopping() -> Callable[..., dict[str, str]]:
    """Parameters of the first time, which only looks at them; the second time is stopped."""
    times: list[object] = []

    def parameters(_target: object, place: object) -> dict[str, str]:
        times.append(place)
        if len(times) > 1:
            raise KeyboardInterrupt
        return {}

    return parameters


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--plan", "--delete"), "exclude each other"),
        ((), "No model is given"),
        (("{model}",), "No sample photo is given"),
        (("{model}", "--photo", "{photo}"), "No image is given"),
        (("{model}", "--name", "Castings", "--plan"), "cannot name a deployment"),
    ],
)
def test_flags_that_do_not_fit_are_refused(
    flags: tuple[str, ...], words: str, exported: Path, photo: Path, aws: TakenTemplates
) -> None:
    """Exit code 2, before AWS is asked."""
    given = [flag.format(model=exported, photo=photo) for flag in flags]

    result = _run("sagemaker", "--name", "castings", *given)

    assert result.exit_code == 2, result.output
    assert words in result.output


def test_plan_speaks_german(
    exported: Path, aws: TakenTemplates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the environment asks for it."""
    monkeypatch.setenv("OKNG_LANGUAGE", "de")

    result = _run("sagemaker", exported, "--name", "castings", "--plan")

    assert "im Monat ohne Fotos" in result.output
