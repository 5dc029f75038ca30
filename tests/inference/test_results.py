"""Verdicts become a table in one call, in memory or in a file."""

from pathlib import Path

import openpyxl
import pytest

import okng
from okng.errors import ConfigError
from okng.verdict import Judgement, Verdict

VERDICTS = [
    Verdict(Judgement.OK, 0.1, "ok", {"ok": 0.9, "defective": 0.1}, path="a.jpg"),
    Verdict(Judgement.ERROR, float("nan"), "", path="b.jpg", error="cut off"),
]


def test_table_has_a_column_for_each_value_and_class() -> None:
    """Not one cell with a dict."""
    table = okng.to_frame(iter(VERDICTS))

    assert list(table["verdict"]) == ["OK", "ERROR"]
    assert table.loc[0, "p_defective"] == 0.1
    assert table["defect_score"].isna().tolist() == [False, True]
    assert len(okng.to_frame(VERDICTS[0])) == 1


@pytest.mark.parametrize("name", ["v.csv", "v.jsonl"])
def test_suffix_names_the_kind_of_file(tmp_path: Path, name: str) -> None:
    """As the command writes it; the folder is made."""
    path = okng.save(VERDICTS, tmp_path / "new" / name)

    lines = path.read_text().splitlines()
    assert len(lines) == (3 if name == "v.csv" else 2)
    assert "b.jpg" in lines[-1]


def test_workbook_of_verdicts(tmp_path: Path) -> None:
    """Opens in Excel."""
    path = okng.save(VERDICTS, tmp_path / "v.xlsx")

    assert openpyxl.load_workbook(path).active.max_row == 3


def test_other_suffix_is_refused_with_the_way_to_a_picture(tmp_path: Path) -> None:
    """A picture needs the photo, which the inspector reads."""
    with pytest.raises(ConfigError, match=r"ends in \.png") as caught:
        okng.save(VERDICTS[0], tmp_path / "v.png")

    assert "inspector.picture" in caught.value.message
