"""Inspections -> a table of one fixed schema: the columns of `okng predict`.

The schema is written down, since a file whose photos are all fine would otherwise have a column
`error` of no type, and could not be read together with the others.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from okng.inference.inspection import Inspection
from okng.inference.tables.rows import columns

if TYPE_CHECKING:
    import pyarrow as pa

_NUMBERS = frozenset({"defect_score", "threshold", "unfamiliarity", "latency_ms"})


def schema_of(classes: Iterable[str]) -> "pa.Schema":
    """The columns, in the order of `okng predict --format csv`.

    Args:
        classes: those of the model.
    """
    import pyarrow as pa  # noqa: PLC0415 - comes with an extra

    def kind(name: str) -> "pa.DataType":
        return pa.float64() if name in _NUMBERS or name.startswith("p_") else pa.string()

    return pa.schema([(name, kind(name)) for name in columns(classes, traced=True)])


def table_of(inspections: Sequence[Inspection], schema: "pa.Schema") -> "pa.Table":
    """One row per inspection; what an ERROR does not have is null."""
    import pyarrow as pa  # noqa: PLC0415 - comes with an extra

    rows = [inspection.to_row() for inspection in inspections]
    cells = {name: [row.get(name) for row in rows] for name in schema.names}
    return pa.table(cells, schema=schema)
