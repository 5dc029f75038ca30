"""Groups: all photos of one part, as far as they are known."""

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from okng.dataset.records import Dataset, GroupSource, Photo, free_name, joined_source
from okng.errors import ConfigError

FOLDER = "folder"


def group_by(
    dataset: Dataset, rule: str, columns: Mapping[str, Mapping[str, str]] | None = None
) -> Dataset:
    r"""Give photos the groups that a column of the manifest, or their paths, tell.

    Args:
        dataset: photos; groups that they have are kept, and joined with those found here.
        rule: the name of a column; `folder`, for the folder that a photo lies in; or a regular
            expression whose first bracket (or the whole match) is the part, as in `(part\d+)_`; it
            is searched in the path. Photos without a value or a match stay as they are.
        columns: of the manifest, if there is one: name -> path -> value.

    Raises:
        ConfigError: the expression is not valid, or no photo gets a group.
    """
    if columns and rule in columns:
        found = [columns[rule].get(photo.path, "") for photo in dataset.photos]
    elif rule == FOLDER:
        found = [str(PurePosixPath(photo.path).parent) for photo in dataset.photos]
    else:
        found = _matches(dataset, rule)
    if not any(found):
        known = f", a column of the manifest ({', '.join(columns)})" if columns else ""
        raise ConfigError(
            "The rule for groups matches no photo",
            where=f"--group-by {rule}",
            allowed=f"folder{known}, or a regular expression that is found in the paths",
            hint=f"A path here is {dataset.photos[0].path!r}.",
        )
    photos = tuple(
        replace(photo, group=photo.group or name, group_source=_given(photo, name))
        for photo, name in zip(dataset.photos, found, strict=True)
    )
    together: dict[str, list[str]] = defaultdict(list)
    for photo, name in zip(photos, found, strict=True):
        if name:
            together[name].append(photo.path)
    return join_groups(replace(dataset, photos=photos), together.values())


def join_groups(dataset: Dataset, found: Iterable[Sequence[str]]) -> Dataset:
    """Make one group of photos that show one part.

    Args:
        dataset: photos with groups, or without.
        found: paths of photos of one part each.

    Returns:
        The same photos. A group keeps its name; of several that become one, the alphabetically
        first; a new group is named after its first photo.
    """
    parents: dict[tuple[str, str], tuple[str, str]] = {}

    def top(node: tuple[str, str]) -> tuple[str, str]:
        while (parent := parents.setdefault(node, node)) != node:
            parents[node] = node = parents[parent]
        return node

    by_path = {photo.path: photo for photo in dataset.photos}
    for paths in found:
        ends = {top(_node(by_path[path])) for path in paths if path in by_path}
        if ends:
            parents.update(dict.fromkeys(ends, min(ends)))
    tops = [top(_node(photo)) for photo in dataset.photos]
    sizes = Counter(tops)
    sources: dict[tuple[str, str], list[GroupSource | None]] = defaultdict(list)
    for photo, node in zip(dataset.photos, tops, strict=True):
        if photo.group:
            sources[node].append(photo.group_source)
    taken = {photo.group for photo in dataset.photos}
    names = {node: (_name(node, taken), _source(sources[node])) for node in set(tops)}
    photos = (
        replace(photo, group=names[node][0], group_source=names[node][1])
        if sizes[node] > 1 or photo.group
        else photo
        for photo, node in zip(dataset.photos, tops, strict=True)
    )
    return replace(dataset, photos=tuple(photos))


def _given(photo: Photo, name: str) -> GroupSource | None:
    """How the group of a photo is known once a rule gave it a name."""
    return GroupSource.GIVEN if name else photo.group_source


def _source(sources: list[GroupSource | None]) -> GroupSource:
    return joined_source(sources) if sources else GroupSource.NEAR


def _node(photo: Photo) -> tuple[str, str]:
    """Given groups sort before photos that are alone, so that their names survive."""
    return ("group", photo.group) if photo.group else ("photo", photo.path)


def _name(node: tuple[str, str], taken: Container[str]) -> str:
    kind, name = node
    return name if kind == "group" else free_name(f"part:{name}", taken)


def _matches(dataset: Dataset, rule: str) -> list[str]:
    try:
        pattern = re.compile(rule)
    except re.error as exc:
        raise ConfigError(
            f"The regular expression for groups is not valid: {exc}",
            where=f"--group-by {rule}",
            hint="Put it in quotes; `folder` takes the folder of each photo.",
        ) from exc
    found = (pattern.search(photo.path) for photo in dataset.photos)
    return [match.group(1 if pattern.groups else 0) or "" if match else "" for match in found]
