"""Settings of an adapter by the name of its kind: built in, or from another package."""

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import TypeVar

from pydantic import BaseModel

S = TypeVar("S", bound=BaseModel)


def settings_class(kind: str, group: str, base: type[S], built_in: Mapping[str, str]) -> type[S]:
    """The settings class of a kind; the module of no other kind is loaded.

    Args:
        kind: as the table of `station.toml` has it.
        group: of entry points, such as `okng.cameras`.
        base: what the class must be derived from.
        built_in: kinds of okng itself, as `module:Class`.

    Raises:
        ValueError: there is no such kind, or it is none; pydantic shows it with its place.
    """
    others = {each.name: each.value for each in entry_points(group=group)}
    place = {**others, **built_in}.get(kind)
    if place is None:
        known = ", ".join(sorted({*others, *built_in}))
        raise ValueError(f"there is no kind {kind!r}; there are: {known}")
    module, _, name = place.partition(":")
    try:
        loaded = getattr(import_module(module), name)
    except ImportError as exc:
        raise ValueError(f"the kind {kind!r} needs a package that is missing: {exc.name}") from exc
    if not (isinstance(loaded, type) and issubclass(loaded, base)):
        raise ValueError(f"the kind {kind!r} has no settings: {place}")  # noqa: TRY004
    return loaded
