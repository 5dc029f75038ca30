"""`--progress jsonl`: other programs watch a job by one JSON object per event."""

import json
import math
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import okng
from okng.cli.main import app
from okng.errors import DatasetError
from okng.events import Progress
from okng.events.json_lines import JsonLines


class Clock:
    """Seconds that a test moves on."""

    now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def _fields(lines: list[str], *names: str) -> list[tuple[Any, ...]]:
    events = [json.loads(line) for line in lines]
    return [tuple(event.get(name) for name in names) for event in events]


def test_photos_of_a_stage_are_written_twice_a_second() -> None:
    """And the whole count at its end."""
    lines: list[str] = []
    clock = Clock()
    with JsonLines(lines.append, clock).stage("near", 9) as advance:
        for _ in range(9):
            clock.now += 0.2
            advance()

    assert _fields(lines, "event", "done") == [
        ("stage_started", None),
        ("stage_advanced", 1),
        ("stage_advanced", 4),
        ("stage_advanced", 7),
        ("stage_finished", 9),
    ]


def test_numbers_that_json_lacks_are_null() -> None:
    """The loss of the network before its first epoch is not known."""
    lines: list[str] = []
    JsonLines(lines.append).epoch({"epoch": 0, "train_loss": math.nan, "lr": 0.1}, of=5)

    assert _fields(lines, "event", "epoch", "of", "figures") == [
        ("epoch_done", 0, 5, {"train_loss": None, "lr": 0.1})
    ]


def test_stream_of_an_audit_is_whole(photos: Any) -> None:
    """All of stderr is JSON: from job_started to job_ended, and every stage ends."""
    done = CliRunner().invoke(app, ["audit", str(photos), "--no-near", "--progress", "jsonl"])

    lines = done.stderr.splitlines()
    kinds = [kind for (kind,) in _fields(lines, "event")]
    started = [name for kind, name in _fields(lines, "event", "name") if kind == "stage_started"]
    finished = [name for kind, name in _fields(lines, "event", "name") if kind == "stage_finished"]
    assert done.exit_code == 0
    assert (kinds[0], kinds[-1]) == ("job_started", "job_ended")
    assert len(started) >= 2
    assert started == finished
    assert set(_fields(lines, "schema")) == {(1,)}


def test_stream_of_a_failure_ends_with_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stage that fails is finished, not completed; then comes the error."""

    def fails(*_: object, progress: Progress, **__: object) -> None:
        with progress.stage("read", 2) as advance:
            advance()
            raise DatasetError("No photos", where="`data.ok`")

    monkeypatch.setattr(okng, "audit", fails)
    done = CliRunner().invoke(app, ["audit", "photos", "--progress", "jsonl"])

    *_, finished, ended = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.exit_code == 3
    assert (finished["event"], finished["completed"], finished["done"]) == (
        "stage_finished", False, 1,
    )  # fmt: skip
    assert (ended["event"], ended["status"]) == ("job_ended", "failed")
    assert (ended["code"], ended["message"]) == ("photos.unusable", "No photos\n  where: --ok")


def test_every_verb_that_takes_long_writes_events() -> None:
    """The same option for all of them."""
    verbs = typer.main.get_command(app).commands  # type: ignore[attr-defined]

    for verb in ("train", "tune", "audit", "evaluate", "compare"):
        assert any("--progress" in parameter.opts for parameter in verbs[verb].params), verb
