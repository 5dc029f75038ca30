"""A sentence in the plural forms of English."""

from typing import NamedTuple


class Plural(NamedTuple):
    """A sentence in both English plural forms; the value `by` decides."""

    one: str
    many: str
    by: str


Template = str | Plural
