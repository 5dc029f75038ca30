"""Settings and arguments, as texts of the library name them -> flags of the command line.

The library writes a setting as `training.epochs` and an argument of a verb as `out`, both in
backticks: a Python user, a page and the command line each show them in their own way.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

_of_verb: ContextVar[Mapping[str, str]] = ContextVar("_of_verb", default=MappingProxyType({}))


def with_flags(text: str) -> str:
    """The text with flags in place of names: --epochs, --out. Other code stays as it is."""
    if "`" not in text:
        return text
    from okng import config  # noqa: PLC0415 - pydantic is heavy

    return config.with_flags(text, _of_verb.get())


@contextmanager
def flags_of(options: Mapping[str, str]) -> Iterator[None]:
    """Name the arguments of a verb by its flags while the context lasts.

    Args:
        options: flag by the name of the Python argument.
    """
    before = _of_verb.set(options)
    try:
        yield
    finally:
        _of_verb.reset(before)
