"""okng as a function in AWS's own runtime interface emulator, with AWS's own runtime client."""

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

import pytest
from sqlalchemy import select

from okng.inference import InspectionEngine
from okng.records import Records
from okng.records.tables import inspections
from okng.serve.aws_lambda.settings import PHOTO_BYTES
from okng.testing import grey_photo
from okng.testing.cloud.lambda_emulator import Emulated, emulated, emulator
from okng.testing.cloud.lambda_events import balancer_event, direct_event, url_event
from okng.testing.services import services_or_skip

PHOTO = grey_photo(130, 64)


@pytest.fixture(autouse=True, scope="module")
def _has_emulator() -> None:
    with services_or_skip():
        emulator()


@pytest.fixture(scope="module")
def emulated_function(
    exported: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Emulated]:
    """One process for all tests of this file, as AWS keeps one warm."""
    with emulated(tmp_path_factory.mktemp("lambda"), {"OKNG_MODEL": str(exported)}) as running:
        yield running


@pytest.fixture(scope="module")
def score(exported: Path) -> float:
    """Of the photo by the engine alone."""
    with InspectionEngine(exported) as engine:
        return engine.inspect(PHOTO).verdict.defect_score


def test_emulated_url_gives_the_verdict_of_the_engine(
    emulated_function: Emulated, score: float
) -> None:
    """The first event starts the runtime; score and verdict are those of the engine."""
    answer = emulated_function.invoke(url_event(PHOTO))

    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["defect_score"] == pytest.approx(score, abs=1e-9)


def test_emulated_balancer_and_direct_call_agree(emulated_function: Emulated, score: float) -> None:
    """Every form of event ends at the same station."""
    balancer = json.loads(
        emulated_function.invoke(balancer_event(PHOTO, "/api/v1/inspections"))["body"]
    )
    direct = emulated_function.invoke(direct_event(PHOTO, serial="A-7"))

    assert [balancer["defect_score"], direct["defect_score"]] == [
        pytest.approx(score, abs=1e-9)
    ] * 2
    assert (balancer["serial"], direct["serial"]) == ("A/7", "A-7")


def test_emulated_limits_are_told(emulated_function: Emulated) -> None:
    """Too much, and base64 twice; the function lives on."""
    large = emulated_function.invoke(url_event(bytes(PHOTO_BYTES + 1)))
    twice = emulated_function.invoke(url_event(base64.b64encode(PHOTO)))
    whole = emulated_function.invoke(url_event(PHOTO + bytes(PHOTO_BYTES - len(PHOTO))))

    assert [large["statusCode"], twice["statusCode"], whole["statusCode"]] == [413, 415, 200]


def test_emulated_wrong_event_is_an_error_of_the_function(emulated_function: Emulated) -> None:
    """With type and message; the next event is answered."""
    wrong = emulated_function.invoke({"picture": "x"})

    assert wrong["errorType"] == "StationError"
    assert "neither a request by HTTP nor an object with a photo" in wrong["errorMessage"]
    assert emulated_function.invoke(direct_event(PHOTO))["verdict"]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "No model is given"),
        ({"OKNG_MODEL": "/nowhere/m.onnx"}, "cannot be read"),
        ({"OKNG_RECORDS__DATABASE": "/tmp/r.sqlite"}, "no SQLite"),  # noqa: S108
    ],
)
def test_emulated_function_that_cannot_start_states_why(
    exported: Path, tmp_path: Path, variables: dict[str, str], message: str
) -> None:
    """In the log and in the answer of the init phase."""
    if "OKNG_RECORDS__DATABASE" in variables:
        variables = {**variables, "OKNG_MODEL": str(exported)}
    with emulated(tmp_path, variables) as running:
        answer = running.invoke(direct_event(PHOTO))
        log = running.log.read_text(errors="replace")

    assert message in json.dumps(answer) + log


def test_emulated_function_writes_to_tmp_alone(exported: Path, tmp_path: Path) -> None:
    """As AWS mounts everything else read-only: its own folder stays as it was."""
    with emulated(tmp_path, {"OKNG_MODEL": str(exported)}) as running:
        running.invoke(direct_event(PHOTO))

    assert [path.name for path in tmp_path.iterdir()] == ["lambda.log"]


def test_two_emulated_functions_write_one_chain_at_once(
    exported: Path, postgres_url: str, tmp_path: Path
) -> None:
    """AWS runs as many as there are requests: no row is lost, and each has a place of its own."""
    variables = {
        "OKNG_MODEL": str(exported),
        "OKNG_RECORDS__DATABASE": postgres_url,
        "OKNG_RECORDS__PHOTOS": "none",
    }
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        functions = [
            stack.enter_context(
                emulated(folder, {**variables, "OKNG_STATION__FOLDER": str(folder / "station")})
            )
            for folder in folders
        ]

        def judge(number: int) -> list[str]:
            events = [direct_event(PHOTO, serial=f"{number}-{part}") for part in range(12)]
            return [str(functions[number].invoke(event)["id"]) for event in events]

        answered = [*chain.from_iterable(pool.map(judge, range(2)))]
    with Records(postgres_url) as records:
        rows = records.read(select(inspections.c.id, inspections.c.seq))
        checked = records.verify([], frozenset())

    assert sorted(answered) == sorted(row.id for row in rows)
    assert len({row.seq for row in rows}) == 24
    assert [each.fault for each in checked.chains] == [None]
