"""OPC UA tags: their node ids and types, and how values are packed for a PLC."""

from collections.abc import Mapping
from typing import NamedTuple

from asyncua import ua

from okng.connect.plc.layout import INPUTS, OUTPUTS, Field, Kind
from okng.connect.plc.signals import Outputs
from okng.errors import ConfigError

TYPES = {
    Kind.UINT16: ua.VariantType.UInt16,
    Kind.UINT32: ua.VariantType.UInt32,
    Kind.TEXT: ua.VariantType.String,
}


class Tag(NamedTuple):
    """One tag.

    Attributes:
        field: of the table.
        node: its node id.
        written: the station writes it.
    """

    field: Field
    node: ua.NodeId
    written: bool

    @property
    def type(self) -> ua.VariantType:
        """Built-in type of its value."""
        return TYPES[self.field.kind]


class Tags(NamedTuple):
    """All tags, in the order of the table."""

    inputs: tuple[Tag, ...]
    outputs: tuple[Tag, ...]


def input_name(name: str) -> str:
    """Name of an input's tag; `product_index` is an input and an output."""
    return f"in.{name}"


def output_name(name: str) -> str:
    """Name of an output's tag."""
    return f"out.{name}"


def tags_of(prefix: str, nodes: Mapping[str, str]) -> Tags:
    """Tags by a common beginning of their node ids, or by node ids of their own.

    Args:
        prefix: `ns=2;s=okng.`; the names `in.control`, `out.status` follow it.
        nodes: name -> node id, where it differs.

    Raises:
        ConfigError: a node id is none, or a name is not in the table.
    """
    inputs = {input_name(item.name): item for item in INPUTS}
    outputs = {output_name(item.name): item for item in OUTPUTS}
    unknown = sorted(set(nodes) - {*inputs, *outputs})
    if unknown:
        raise ConfigError(
            f"There are no tags {', '.join(unknown)}",
            where="nodes", allowed=", ".join([*inputs, *outputs]),
        )  # fmt: skip
    return Tags(
        tuple(_tag(item, nodes.get(name, prefix + name), False) for name, item in inputs.items()),
        tuple(_tag(item, nodes.get(name, prefix + name), True) for name, item in outputs.items()),
    )


def _tag(item: Field, node: str, written: bool) -> Tag:
    try:
        return Tag(item, ua.NodeId.from_string(node), written)
    except (ua.UaError, ValueError) as error:
        raise ConfigError(
            f"{node!r} is no node id of OPC UA", where="nodes", allowed="ns=2;s=okng.in.control"
        ) from error


def packed(tag: Tag, outputs: Outputs) -> ua.DataValue:
    """The value of an output. It has no time stamp: many PLCs refuse values with one."""
    return ua.DataValue(ua.Variant(int(getattr(outputs, tag.field.name)), tag.type))
