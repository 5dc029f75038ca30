"""`okng outbox` shows what sinks have and lets refused verdicts be sent again."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from okng.cli.main import app
from okng.inference.inspection import new_id
from okng.records import Records
from okng.records.outbox import Outbox, cursors, refused
from okng.testing.station.records import inspection_row


@pytest.fixture
def station(tmp_path: Path) -> Path:
    """A folder of a station whose sink `mqtt` refused the first of three verdicts."""
    folder = tmp_path / "station"
    folder.mkdir()
    with Records(folder / "records.sqlite") as records:
        outbox = Outbox(records, "mqtt", "station-1")
        records.append(*(inspection_row(id=new_id()) for _ in range(3))).result(10)
        page = outbox.page()
        assert page is not None
        outbox.refuse(page.rows[0], "connect.refused", "no such topic")
    return folder


def _run(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["outbox", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_list_names_sinks_and_refused_verdicts(station: Path) -> None:
    """How many rows wait, and why one was refused."""
    text = _run("list", "--data", station)

    assert "station-1 -> mqtt: 1 of 3 rows, 2 waiting" in text
    assert "no such topic" in text


def test_the_list_is_there_for_programs(station: Path) -> None:
    """As JSON."""
    document = json.loads(_run("list", "--json", "--data", station))

    assert [(each["sink"], each["waiting"]) for each in document["sinks"]] == [("mqtt", 2)]
    assert [each["seq"] for each in document["refused"]] == [1]


def test_what_was_refused_is_sent_again(station: Path) -> None:
    """The station takes it from there."""
    text = _run("send-again", "mqtt", "--data", station)
    with Records(station / "records.sqlite") as records:
        rows = refused(records.read)

    assert "1 will be sent again" in text
    assert [row.state for row in rows] == ["again"]


def test_a_sink_is_forgotten(station: Path) -> None:
    """Nothing of it is left."""
    _run("forget", "mqtt", "--data", station)
    with Records(station / "records.sqlite") as records:
        assert (list(cursors(records.read)), list(refused(records.read))) == ([], [])


def test_a_sink_that_is_not_there_is_an_error(station: Path) -> None:
    """With the verb that lists them."""
    result = CliRunner().invoke(app, ["outbox", "forget", "nobody", "--data", str(station)])

    assert result.exit_code == 3
    assert "okng outbox list" in result.output
