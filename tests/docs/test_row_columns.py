"""The page on rows lists every column, in the order of the tables."""

import re
from pathlib import Path

from okng.inference.tables.rows import columns

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "inspect-in-your-program.md"


def test_page_lists_the_columns_of_the_rows() -> None:
    """None is missing, and none is listed that is not there."""
    listed = re.findall(r"^\| `(\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)

    assert listed == columns(("CLASS",), traced=True)
