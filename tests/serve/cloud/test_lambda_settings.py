"""What a function of AWS Lambda may be set to: nothing that needs a disk that lasts."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from okng.config import StationSettings
from okng.errors import ConfigError
from okng.records import Records
from okng.records.tables import inspections
from okng.serve.aws_lambda.function import Function, made_once
from okng.serve.aws_lambda.settings import lambda_model, lambda_settings
from okng.testing import BrightnessSession, grey_photo
from okng.testing.cloud.aws import BUCKET, stand_in
from okng.testing.cloud.lambda_events import direct_event


def _settings(**sections: dict[str, object]) -> StationSettings:
    return lambda_settings(StationSettings.model_validate(sections))


def test_records_are_off_where_no_database_is_named() -> None:
    """Verdicts are then only answered."""
    settings = _settings()

    assert settings.records.no_records
    assert not settings.drift.watch
    assert settings.station.folder.is_relative_to("/tmp")  # noqa: S108


@pytest.mark.parametrize("where", ["/tmp/r.sqlite", "sqlite:////mnt/efs/r.sqlite", "r.db"])  # noqa: S108
def test_sqlite_is_refused(where: str) -> None:
    """The error states why, and what is allowed."""
    with pytest.raises(ConfigError, match="no SQLite") as caught:
        _settings(records={"database": where})

    assert "postgresql://" in str(caught.value.allowed)


@pytest.mark.parametrize("store", [None, "/mnt/photos"])
def test_folder_for_photos_is_refused(store: str | None) -> None:
    """A bucket takes them, or nothing does."""
    database = {"database": "postgresql://okng@db/okng"}
    with pytest.raises(ConfigError, match="no folder for its photos"):
        _settings(records={**database, "photo_store": store})

    assert _settings(records={**database, "photos": "none"}).records.photos == "none"
    assert _settings(records={**database, "photo_store": "s3://b/p"}).records.photo_store


def test_verdicts_are_never_spooled_to_a_file() -> None:
    """A spool of a function would be lost."""
    records: dict[str, object] = {
        "database": "postgresql://okng@db/okng",
        "photos": "none",
        "on_failure": "spool",
    }

    assert _settings(records=records).records.on_failure == "refuse"


def test_function_follows_no_model() -> None:
    """It stands still between two requests."""
    with pytest.raises(ConfigError, match="cannot follow a model"):
        _settings(models={"follow": "s3://b/m.onnx"})


def test_model_must_be_named() -> None:
    """By the environment, which the error names."""
    with pytest.raises(ConfigError, match="OKNG_MODEL"):
        lambda_model({})

    assert lambda_model({"OKNG_MODEL": "/var/task/m.onnx"}) == Path("/var/task/m.onnx")


def test_handler_is_made_once_when_it_is_asked_for(
    exported: Path, session: BrightnessSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import loads nothing; the runtime asks for the name in the init phase."""
    import okng.serve.aws_lambda as module  # noqa: PLC0415

    before = list(session.batches)
    monkeypatch.setenv("OKNG_MODEL", str(exported))
    try:
        first, second = module.handler, module.handler
    finally:
        made_once().close()
        made_once.cache_clear()

    assert before == []
    assert first is second
    assert session.batches  # a first photo was judged, so that no request waits for it
    with pytest.raises(AttributeError, match="no attribute 'other'"):
        getattr(module, "other")  # noqa: B009


def test_function_imports_nothing_heavy() -> None:
    """Neither torch nor what draws and fits: a cold start waits for every import."""
    heavy = ("torch", "lightning", "matplotlib", "pandas", "sklearn", "scipy", "jinja2")
    code = (
        "import sys, okng.serve.aws_lambda.function\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "[]"


def test_two_functions_record_into_postgresql_and_s3(
    exported: Path, session: BrightnessSession, postgres_url: str, tmp_path: Path
) -> None:
    """Each in a folder of its own, as two environments of AWS have it; one chain, all photos."""
    with stand_in() as s3:
        for number in range(2):
            settings = _settings(
                station={"folder": tmp_path / str(number)},
                records={"database": postgres_url, "photo_store": f"s3://{BUCKET}/photos"},
            )
            function = Function(settings, exported)
            try:
                for level in (51, 230):
                    function(direct_event(grey_photo(level, mark=number), serial=f"{number}"))
            finally:
                function.close()
        stored = s3.list_objects_v2(Bucket=BUCKET, Prefix="photos/")["Contents"]
    with Records(postgres_url) as records:
        rows = records.read(select(inspections.c.seq, inspections.c.verdict))
        intact = records.verify([], frozenset()).chains[0].fault

    assert sorted(row.verdict for row in rows) == ["NG", "NG", "OK", "OK"]
    assert len({row.seq for row in rows}) == 4
    assert intact is None
    assert len(stored) == 4
