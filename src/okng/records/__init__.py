"""Records of a station: every inspection and every decision about it, chained by hash.

It stores and reads; it does not judge photos, and it does not serve them. SQLAlchemy comes with
`okng[records]`.
"""

from okng.records.queries import InspectionFilter
from okng.records.records import Records
from okng.records.rows import Entry, InspectionRow, Kind, Link, Role, Row

__all__ = ["Entry", "InspectionFilter", "InspectionRow", "Kind", "Link", "Records", "Role", "Row"]
