"""Groups: the photos known to show one part."""

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from okng.dataset.disjoint_sets import DisjointSets
from okng.dataset.records import Dataset, GroupSource, Photo, free_name, joined_source
from okng.error_codes import Code
from okng.errors import ConfigError

FOLDER = "folder"
Node = tuple[str, str]
"""A group ("group", name) or a photo without a group ("photo", path)."""


def group_by(
    dataset: Dataset, rule: str, columns: Mapping[str, Mapping[str, str]] | None = None
) -> Dataset:
    r"""Assign groups from a column of the manifest or from the paths of the photos.

    Args:
        dataset: photos; existing groups are kept, and merged with those of the rule.
        rule: the name of a column; `folder`, for the folder of the photo; or a regular expression,
            searched in the path, whose first capturing group (or whole match) identifies the part,
            as in `(part\d+)_`. Photos without a value or a match stay as they are.
        columns: columns of the manifest, if there is one: name -> path -> value.

    Raises:
        ConfigError: the expression is not valid, or no photo gets a group.
    """
    if columns and rule in columns:
        names = [columns[rule].get(photo.path, "") for photo in dataset.photos]
    elif rule == FOLDER:
        names = [str(PurePosixPath(photo.path).parent) for photo in dataset.photos]
    else:
        names = _matches(dataset, rule)
    if not any(names):
        known = f", a column of the manifest ({', '.join(columns)})" if columns else ""
        raise ConfigError(
            "The rule for groups matches no photo",
            where=f"`data.group_by` {rule}",
            allowed=f"folder{known}, or a regular expression that matches in the paths",
            hint=f"An example of a path is {dataset.photos[0].path!r}.",
            code=Code.GROUPS_RULE,
        )
    photos = tuple(
        replace(photo, group=photo.group or name, group_source=_given(photo, name))
        for photo, name in zip(dataset.photos, names, strict=True)
    )
    # Photos with an existing group keep its name; the rule then merges the groups.
    together: dict[str, list[str]] = defaultdict(list)
    for photo, name in zip(photos, names, strict=True):
        if name:
            together[name].append(photo.path)
    return join_groups(replace(dataset, photos=photos), together.values())


def join_groups(dataset: Dataset, parts: Iterable[Sequence[str]]) -> Dataset:
    """Merge the groups of photos that show one part.

    Args:
        dataset: photos with groups, or without.
        parts: for each part, the paths of its photos.

    Returns:
        The same photos. A group keeps its name; of several that are merged, the alphabetically
        first name stays; a new group is named after its first photo.
    """
    linked = DisjointSets[Node]()
    by_path = {photo.path: photo for photo in dataset.photos}
    for paths in parts:
        linked.merge(_node(by_path[path]) for path in paths if path in by_path)
    nodes = [linked.find(_node(photo)) for photo in dataset.photos]
    sizes = Counter(nodes)
    sources: dict[Node, list[GroupSource | None]] = defaultdict(list)
    for photo, node in zip(dataset.photos, nodes, strict=True):
        if photo.group:
            sources[node].append(photo.group_source)
    taken = {photo.group for photo in dataset.photos}
    names = {node: (_name(node, taken), _source(sources[node])) for node in set(nodes)}
    photos = (
        replace(photo, group=names[node][0], group_source=names[node][1])
        if sizes[node] > 1 or photo.group
        else photo
        for photo, node in zip(dataset.photos, nodes, strict=True)
    )
    return replace(dataset, photos=tuple(photos))


def _given(photo: Photo, name: str) -> GroupSource | None:
    """The source of a photo's group after a rule assigned it a name."""
    return GroupSource.GIVEN if name else photo.group_source


def _source(sources: list[GroupSource | None]) -> GroupSource:
    return joined_source(sources) if sources else GroupSource.NEAR


def _node(photo: Photo) -> Node:
    """Groups sort before single photos: a group represents its set, and its name survives."""
    return ("group", photo.group) if photo.group else ("photo", photo.path)


def _name(node: Node, taken: Container[str]) -> str:
    kind, name = node
    return name if kind == "group" else free_name(f"part:{name}", taken)


def _matches(dataset: Dataset, rule: str) -> list[str]:
    try:
        pattern = re.compile(rule)
    except re.error as exc:
        raise ConfigError(
            f"The regular expression for groups is not valid: {exc}",
            where=f"`data.group_by` {rule}",
            hint="Put it in quotes; `folder` takes the folder of each photo.",
            code=Code.GROUPS_RULE,
        ) from exc
    matches = (pattern.search(photo.path) for photo in dataset.photos)
    return [match.group(1 if pattern.groups else 0) or "" if match else "" for match in matches]
